#include "cuda/fused/library.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

namespace nabla::cuda {
namespace {

/** A function, a declaration of one, or a table: what stands at the outermost level of PTX. */
struct Item {
  std::string name;
  std::string_view text;
};

bool part_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

/** The name that a directive gives: the word before a "(" that is no list of results, or before a "[" or the end. */
std::string name_in(std::string_view directive) {
  std::string name, word;
  bool in_results = false;
  for (const char c : directive) {
    if (c == '(' && word.empty() && name.empty()) in_results = true;
    if (part_of_name(c) || c == '.') {
      word += c;
      continue;
    }
    if (!word.empty() && word[0] != '.' && !in_results && !std::isdigit(static_cast<unsigned char>(word[0]))) name = word;
    word.clear();
    if (c == ')') in_results = false;
    if (!name.empty()) return name;
  }
  return name;
}

struct Library {
  std::string head;
  std::vector<Item> items;
  std::multimap<std::string, size_t> by_name;

  Library() {
    const std::string_view all = fused_functions();
    size_t at = 0;
    while (at < all.size()) {
      const size_t end = std::min(all.find('\n', at), all.size() - 1) + 1;
      const std::string_view line = all.substr(at, end - at);
      if (line.starts_with(".version") || line.starts_with(".target") || line.starts_with(".address_size")) {
        head += line;
        at = end;
      } else if (line.starts_with(".visible") || line.starts_with(".func") || line.starts_with(".global") || line.starts_with(".const")) {
        // A table ends with its line, a declaration with a line of ";", a function with one of "}".
        size_t last = end;
        if (line.find(';') == std::string_view::npos) {
          const size_t body = all.find("\n}", at), nothing = all.find("\n;", at);
          last = std::min(std::min(body, nothing) + 3, all.size());
        }
        add(all.substr(at, last - at));
        at = last;
      } else {
        at = end;
      }
    }
  }

  void add(std::string_view text) {
    const std::string name = name_in(text);
    by_name.emplace(name, items.size());
    items.push_back({name, text});
  }

  static const Library& get() {
    static const Library library;
    return library;
  }
};

}  // namespace

std::string_view fused_functions() {
  static const std::string from_file = [] {
    const char* file = std::getenv("NABLA_CUDA_FUNCTIONS");
    std::ifstream stream(file == nullptr ? "" : file);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }();
  return from_file.empty() ? kFusedFunctions : from_file;
}

std::string ptx_head() {
  const std::string& head = Library::get().head;
  return head.empty() ? ".version 7.0\n.target sm_75\n.address_size 64\n" : head;
}

std::string definitions_of(const std::set<std::string>& functions) {
  const Library& library = Library::get();
  std::set<size_t> wanted;
  std::vector<std::string> open(functions.begin(), functions.end());
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const auto [first, last] = library.by_name.equal_range(name);
    for (auto it = first; it != last; ++it) {
      if (!wanted.insert(it->second).second) continue;
      std::string word;
      for (const char c : library.items[it->second].text) {
        if (part_of_name(c)) {
          word += c;
          continue;
        }
        if (word.size() > 2 && library.by_name.contains(word)) open.push_back(word);
        word.clear();
      }
    }
  }
  std::string text;
  for (const size_t i : wanted) text += std::string(library.items[i].text) + "\n";
  return text;
}

}  // namespace nabla::cuda
