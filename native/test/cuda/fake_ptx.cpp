#include "test/cuda/fake_ptx.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cuda/fused/function_names.h"
#include "cuda/shim/block.h"

namespace nabla::fused {
namespace {

std::map<std::string, void*>& known_functions() {
  static auto& known = *new std::map<std::string, void*>;
  return known;
}

}  // namespace

HostFunction::HostFunction(const char* name, void* function) { known_functions()[name] = function; }

void* find_function(const char* name) {
  const auto found = known_functions().find(name);
  return found == known_functions().end() ? nullptr : found->second;
}

}  // namespace nabla::fused

namespace nabla::fake {
namespace {

struct Value {
  uint64_t bits = 0;

  template <class T>
  T as() const {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  template <class T>
  static Value of(T value) {
    Value made;
    std::memcpy(&made.bits, &value, sizeof value);
    return made;
  }
};

/** An operand: a register (or parameter of a call) by number, or a literal. */
struct Operand {
  int place = -1;
  Value literal;
  int64_t offset = 0;
};

struct Instruction {
  /** The parts between the dots: add, rn, f32. */
  std::vector<std::string> words;
  std::vector<Operand> operands;
  int guard = -1;
  size_t target = 0;
  void* function = nullptr;
  std::string text;
};

[[noreturn]] void unknown(const std::string& text) {
  std::fprintf(stderr, "fake driver: PTX that is not known here: %s\n", text.c_str());
  std::abort();
}

}  // namespace

struct PtxModule {
  std::string kernel;
  size_t parameter_bytes = 0;
  /** Of threads that wait for one another each is a fiber (cuda/shim); the others run one after the other, which is quicker. */
  bool has_barriers = false;
  std::map<std::string, int> places;
  std::vector<Instruction> instructions;

  int place(const std::string& name) { return places.try_emplace(name, static_cast<int>(places.size())).first->second; }

  Operand operand(std::string word) {
    Operand result;
    const size_t plus = word.find('+');
    if (plus != std::string::npos) {
      result.offset = std::atoll(word.c_str() + plus + 1);
      word.resize(plus);
    }
    if (word.rfind("0f", 0) == 0) result.literal.bits = std::strtoull(word.c_str() + 2, nullptr, 16);
    else if (word.rfind("0d", 0) == 0) result.literal.bits = std::strtoull(word.c_str() + 2, nullptr, 16);
    else if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) result.literal.bits = std::strtoull(word.c_str(), nullptr, 10);
    else result.place = place(word);
    return result;
  }

  void add(const std::string& line, std::map<std::string, size_t>& labels, std::vector<std::pair<size_t, std::string>>& jumps) {
    std::string spaced;
    for (const char c : line) spaced += std::strchr(",;[]{}()", c) != nullptr ? ' ' : c;
    std::istringstream words(spaced);
    std::string word;
    if (!(words >> word)) return;
    if (word.back() == ':') {
      labels[word.substr(0, word.size() - 1)] = instructions.size();
      return;
    }
    if (word[0] == '.') return;  // declarations
    Instruction made;
    made.text = line;
    if (word[0] == '@') {
      made.guard = place(word.substr(1));
      words >> word;
    }
    std::istringstream parts(word);
    for (std::string part; std::getline(parts, part, '.');) made.words.push_back(part);
    has_barriers |= made.words[0] == "bar";
    while (words >> word) {
      if (made.words[0] == "bra") jumps.emplace_back(instructions.size(), word);
      else if (made.words[0] == "call" && made.operands.size() == 1 && made.function == nullptr) {
        made.function = fused::find_function(word.c_str());
        if (made.function == nullptr) unknown(line);
      } else made.operands.push_back(operand(word));
    }
    instructions.push_back(std::move(made));
  }
};

PtxModule* load_ptx(const char* text) {
  const std::string all = text;
  const size_t entry = all.find(".entry ");
  if (all.rfind(".version", 0) != 0 || entry == std::string::npos) return nullptr;
  auto module = std::make_unique<PtxModule>();
  const size_t open = all.find('(', entry), body = all.find("{\n", open);
  module->kernel = all.substr(entry + 7, open - entry - 7);
  module->parameter_bytes = static_cast<size_t>(std::atoll(all.c_str() + all.find('[', open) + 1));
  std::map<std::string, size_t> labels;
  std::vector<std::pair<size_t, std::string>> jumps;
  std::istringstream lines(all.substr(body + 2, all.rfind('}') - body - 2));
  for (std::string line; std::getline(lines, line);) module->add(line, labels, jumps);
  for (const auto& [at, label] : jumps) {
    if (!labels.contains(label)) return nullptr;
    module->instructions[at].target = labels[label];
  }
  return module.release();
}

namespace {

/** What the threads of a block share; blocks run one after the other. */
alignas(8) char shared_memory[2048];

/** The registers of one thread. */
class Thread {
 public:
  Thread(const PtxModule& module, const char* parameters, const Value (&special)[4])
      : module_(module), parameters_(parameters), values_(module.places.size()) {
    constexpr const char* kSpecial[] = {"%ctaid.x", "%ntid.x", "%tid.x", "%nctaid.x"};
    for (int i = 0; i < 4; ++i) {
      const auto found = module.places.find(kSpecial[i]);
      if (found != module.places.end()) values_[static_cast<size_t>(found->second)] = special[i];
    }
    const auto shared = module.places.find("met");
    if (shared != module.places.end()) values_[static_cast<size_t>(shared->second)] = Value::of(&shared_memory[0]);
  }

  void run() {
    for (size_t at = 0; at < module_.instructions.size(); ++at) {
      const Instruction& i = module_.instructions[at];
      if (i.guard >= 0 && values_[static_cast<size_t>(i.guard)].bits == 0) continue;
      if (i.words[0] == "ret") return;
      if (i.words[0] == "bra") at = i.target - 1;
      else if (i.words[0] == "bar") shim::wait_for_block();
      else step(i);
    }
  }

 private:
  Value get(const Operand& operand) const { return operand.place < 0 ? operand.literal : values_[static_cast<size_t>(operand.place)]; }
  Value& target(const Instruction& i) { return values_[static_cast<size_t>(i.operands[0].place)]; }

  void step(const Instruction& i) {
    const std::string& what = i.words[0];
    const std::string& type = i.words.back();
    if (what == "ld" || what == "st") return move(i);
    if (what == "call") return call(i);
    if (what == "cvta") {
      target(i) = get(i.operands[1]);
      return;
    }
    if (what == "cvt") return convert(i);
    if (type == "f32") return compute<float>(i);
    if (type == "f64") return compute<double>(i);
    if (type == "pred") {
      target(i).bits = get(i.operands[1]).bits | get(i.operands[2]).bits;
      return;
    }
    if (type == "s64") return compute<int64_t>(i);
    if (type == "u32" && (what == "mul" || what == "shr" || what == "setp" || what == "mov" || what == "add")) return compute<uint32_t>(i);
    if (type == "u64" && (what == "shr" || what == "mov")) return compute<uint64_t>(i);
    if (type == "s32" || type == "b32") return compute<int32_t>(i);
    unknown(i.text);
  }

  /** Loads and stores: of one value or several, from parameters of the kernel or of a call, and from memory. */
  void move(const Instruction& i) {
    const bool load = i.words[0] == "ld";
    const size_t bytes = i.words.back() == "u8" ? 1 : i.words.back().ends_with("64") ? 8 : 4;
    const size_t count = i.operands.size() - 1;
    const Operand& memory = i.operands[load ? count : 0];
    if (i.words[1] == "param" && (!load || memory.place != module_.places.at("p"))) {
      const Operand& other = i.operands[load ? 0 : 1];
      if (load) values_[static_cast<size_t>(other.place)] = get(memory);
      else values_[static_cast<size_t>(memory.place)] = get(other);
      return;
    }
    char* at = i.words[1] == "param" ? const_cast<char*>(parameters_) : reinterpret_cast<char*>(get(memory).bits);
    at += memory.offset;
    if (reinterpret_cast<uintptr_t>(at) % (bytes * count) != 0) unknown(i.text + " (not aligned)");
    for (size_t k = 0; k < count; ++k) {
      const Operand& reg = i.operands[load ? k : k + 1];
      if (load) {
        Value value;
        std::memcpy(&value.bits, at + k * bytes, bytes);
        values_[static_cast<size_t>(reg.place)] = value;
      } else {
        const Value value = get(reg);
        std::memcpy(at + k * bytes, &value.bits, bytes);
      }
    }
  }

  void call(const Instruction& i) {
    // The type of the elements is the end of the function's name; tests give a whole number.
    const std::string name = i.text.substr(i.text.find("nabla_"), i.text.find(',', i.text.find("nabla_")) - i.text.find("nabla_"));
    const double a = get(i.operands[1]).as<double>(), b = get(i.operands[2]).as<double>();
    const bool two = i.operands.size() == 5;
    const Value x = get(i.operands[3]), y = two ? get(i.operands[4]) : Value{};
    const bool test = name.find("_eq_") != std::string::npos || name.find("_ne_") != std::string::npos || name.find("_lt_") != std::string::npos ||
                      name.find("_le_") != std::string::npos || name.find("_gt_") != std::string::npos || name.find("_ge_") != std::string::npos ||
                      name.find("_logical") != std::string::npos;
    const auto apply = [&]<class R, class T>(R, T) {
      return two ? Value::of(reinterpret_cast<R (*)(double, double, T, T)>(i.function)(a, b, x.as<T>(), y.as<T>()))
                 : Value::of(reinterpret_cast<R (*)(double, double, T)>(i.function)(a, b, x.as<T>()));
    };
    if (name.find("_normal") != std::string::npos) {
      // Of two words of the random stream.
      target(i) = Value::of(reinterpret_cast<float (*)(double, double, int32_t, int32_t)>(i.function)(a, b, x.as<int32_t>(), y.as<int32_t>()));
    } else if (name.ends_with("f32")) target(i) = test ? apply(int32_t{}, float{}) : apply(float{}, float{});
    else if (name.ends_with("f64")) target(i) = test ? apply(int32_t{}, double{}) : apply(double{}, double{});
    else target(i) = apply(int32_t{}, int32_t{});
  }

  void convert(const Instruction& i) {
    const std::string to = i.words[i.words.size() - 2], from = i.words.back();
    const Value x = get(i.operands[1]);
    const double value = from == "f32" ? x.as<float>() : from == "f64" ? x.as<double>() : from == "s32" ? x.as<int32_t>() : x.as<uint32_t>();
    // To the nearest where a fraction is kept, and towards 0 where it is not: the only roundings in use.
    const bool well = i.words.size() == 3 || i.words[1] == (to[0] == 'f' ? "rn" : "rzi");
    if (!well) unknown(i.text);
    if (from == "u64") {
      if (to != "u32") unknown(i.text);
      target(i) = Value::of(static_cast<uint32_t>(x.as<uint64_t>()));
    } else if (to == "f32") target(i) = from == "s32" ? Value::of(static_cast<float>(x.as<int32_t>())) : Value::of(static_cast<float>(value));
    else if (to == "f64") target(i) = Value::of(value);
    else if (to == "s32") target(i) = Value::of(static_cast<int32_t>(value));
    else if (to == "u32") target(i) = Value::of(static_cast<uint32_t>(value));
    else if (to == "u64") target(i) = Value::of(static_cast<uint64_t>(value));
    else unknown(i.text);
  }

  template <class T>
  void compute(const Instruction& i) {
    const std::string& what = i.words[0];
    const T a = get(i.operands[1]).as<T>(), b = i.operands.size() > 2 ? get(i.operands[2]).as<T>() : T(0);
    const T c = i.operands.size() > 3 ? get(i.operands[3]).as<T>() : T(0);
    if (what == "setp") target(i).bits = test(i.words[1], a, b, i.text) ? 1 : 0;
    else if (what == "selp") target(i) = get(i.operands[3]).bits != 0 ? Value::of(a) : Value::of(b);
    else if (what == "mov") target(i) = Value::of(a);
    else target(i) = Value::of(arithmetic(what, i, a, b, c));
    if constexpr (std::is_same_v<T, uint32_t>) {
      if (what == "mul" && i.words[1] == "wide") target(i) = Value::of(uint64_t{a} * b);
    }
  }

  template <class T>
  static bool test(const std::string& how, T a, T b, const std::string& text) {
    if (how == "lt") return a < b;
    if (how == "le") return a <= b;
    if (how == "gt") return a > b;
    if (how == "ge") return a >= b;
    if (how == "eq") return a == b;
    // "ne" is false where one is no number, "neu" is true.
    if (how == "neu") return a != b;
    if (how == "ne") return a == a && b == b && a != b;
    if (how == "nan") return a != a || b != b;
    unknown(text);
  }

  template <class T>
  static T arithmetic(const std::string& what, const Instruction& i, T a, T b, T c) {
    // Whole numbers wrap around.
    if constexpr (std::is_integral_v<T>) {
      const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b), z = static_cast<uint64_t>(c);
      if (what == "add") return static_cast<T>(x + y);
      if (what == "sub") return static_cast<T>(x - y);
      if (what == "mad" && i.words[1] == "lo") return static_cast<T>(x * y + z);
      if (what == "mul" && i.words[1] == "hi") return static_cast<T>(x * y >> 32);
      if (what == "mul") return static_cast<T>(x * y);
      if (what == "shr") return static_cast<T>(y > 8 * sizeof(T) - 1 ? 0 : x >> y);
      if (what == "and") return static_cast<T>(x & y);
      if (what == "xor") return static_cast<T>(x ^ y);
    } else {
      const bool rounded = i.words.size() == 3 && i.words[1] == "rn";
      if (what == "neg") return -a;
      if (what == "abs") return std::fabs(a);
      if (rounded && what == "add") return a + b;
      if (rounded && what == "sub") return a - b;
      if (rounded && what == "mul") return a * b;
      if (rounded && what == "div") return a / b;
      if (rounded && what == "sqrt") return std::sqrt(a);
      if (rounded && what == "rcp") return T(1) / a;
    }
    unknown(i.text);
  }

  const PtxModule& module_;
  const char* parameters_;
  std::vector<Value> values_;
};

struct Launched {
  PtxModule* module;
  const void* parameters;
};

/** One thread of a block whose threads wait for one another. */
void run_fiber(const void* given) {
  const auto& [module, parameters] = *static_cast<const Launched*>(given);
  Thread(*module, static_cast<const char*>(parameters),
         {Value::of(blockIdx.x), Value::of(blockDim.x), Value::of(threadIdx.x), Value::of(gridDim.x)}).run();
}

}  // namespace

FakeFunction* ptx_kernel(PtxModule* module, const char* name) {
  if (module->kernel != name) return nullptr;
  return new FakeFunction{module->parameter_bytes, [module](const void* parameters, ThreadIndex grid, unsigned threads) {
                            if (module->has_barriers) {
                              const Launched launched{module, parameters};
                              shim::run(run_fiber, &launched, grid, threads);
                              return;
                            }
                            for (unsigned block = 0; block < grid.x; ++block) {
                              for (unsigned thread = 0; thread < threads; ++thread) {
                                Thread(*module, static_cast<const char*>(parameters),
                                       {Value::of(block), Value::of(threads), Value::of(thread), Value::of(grid.x)}).run();
                              }
                            }
                          }};
}

}  // namespace nabla::fake
