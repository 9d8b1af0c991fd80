// What a card does alone, without Node: cuda_bench [--small] [--json FILE] [part of a row's name]
//
// Before anything is timed, every row's small form is computed on the card and by the CPU's kernels and compared. Then each row is
// measured in rounds: many starts and one wait at the end, with a look at how fast the card copies before them. It takes the
// machine's driver, or the one that NABLA_CUDA_LIBRARY names; --small measures the small forms, to see that all of it runs.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>

#include "bench/cuda/rows.h"
#include "bench/timing.h"
#include "cuda/card_memory.h"
#include "cuda/libraries/matrix_products.h"

using namespace nabla;
using namespace nabla::bench;

namespace {

struct Measured {
  const Row* row;
  /** Of doing the work once: in all, and what the process spent on starting it. */
  std::vector<double> seconds, starting;
  /** Bytes a second, as a part of what a copy reached in the same round. */
  std::vector<double> of_copy;
};

[[noreturn]] void fail(const std::string& what, const std::string& why) {
  std::fprintf(stderr, "cuda_bench: %s: %s\n", what.c_str(), why.c_str());
  std::exit(1);
}

/** A row's work, planned, with its program where it has one. */
class Prepared {
 public:
  Prepared(cuda::Card& card, const Row& row, bool on_cpu) : row_(row), workload_(card, on_cpu) {
    row.plan(workload_);
    std::string why;
    if (workload_.lack().empty() && row.manner != Manner::OneByOne && !workload_.make_program(row.manner == Manner::Chain, why)) fail(row.name, why);
  }

  Workload& workload() { return workload_; }

  void start() {
    std::string why = workload_.lack();
    if (!why.empty()) fail(row_.name, why);
    if (!(row_.manner == Manner::OneByOne ? workload_.start(why) : workload_.run_program(why))) fail(row_.name, why);
  }

  void finish() {
    std::string why;
    if (!workload_.finish(why)) fail(row_.name, why);
  }

  /** Seconds of so many runs; `starting` receives those until the last one was started. */
  double seconds(int times, double& starting) {
    finish();
    const double begin = seconds_now();
    for (int i = 0; i < times; ++i) start();
    starting = seconds_now() - begin;
    finish();
    return seconds_now() - begin;
  }

 private:
  const Row& row_;
  Workload workload_;
};

void compare_with_cpu(cuda::Card& card, const Row& row) {
  Prepared prepared(card, row, true);
  Workload& workload = prepared.workload();
  prepared.start();
  workload.run_on_cpu();
  std::string difference = workload.disagreement(row.tolerance);
  if (!difference.empty()) fail(row.name + ", small", difference);
  // Once more from the beginning: the second run of a program is the first that replays its graph.
  if (!workload.begin_again(difference)) fail(row.name + ", small", difference);
  prepared.start();
  workload.run_on_cpu();
  difference = workload.disagreement(row.tolerance);
  if (!difference.empty()) fail(row.name + ", small, again", difference);
}

/** Nothing where the card has no room for the row, which is told. */
std::optional<Measured> measure(cuda::Card& card, const Row& row, Prepared& copy, double copied_bytes, bool small) {
  const int rounds = small ? 2 : 9;
  const double warm_up = small ? 0 : 0.2, batch = small ? 0 : 0.02;
  Prepared prepared(card, row, false);
  if (!prepared.workload().lack().empty()) {
    std::printf("%-16s is left out: %s\n", row.name.c_str(), prepared.workload().lack().c_str());
    return std::nullopt;
  }
  double starting = 0, once = 0;
  int runs = 0;
  for (double worked = 0; runs < 2 || worked < warm_up; ++runs) worked += once = prepared.seconds(1, starting);
  const int times = std::max(1, static_cast<int>(batch / once));
  Measured measured{&row, {}, {}, {}};
  for (int round = 0; round < rounds; ++round) {
    const double rate = copied_bytes / copy.seconds(1, starting);
    const double seconds = prepared.seconds(times, starting) / times;
    measured.seconds.push_back(seconds / row.repeats);
    measured.starting.push_back(starting / times / row.repeats);
    measured.of_copy.push_back(row.bytes / seconds / rate);
  }
  return measured;
}

void print(const Measured& measured) {
  const Row& row = *measured.row;
  const double best = smallest(measured.seconds), middle = median(measured.seconds);
  std::printf("%-16s best %10.2f us  median %10.2f us  starting it %8.2f us", row.name.c_str(), best * 1e6, middle * 1e6, median(measured.starting) * 1e6);
  if (row.bytes > 0) std::printf("  %8.1f GB/s  %3.0f %% of a copy (median)", row.bytes / middle / 1e9, 100 * median(measured.of_copy));
  if (row.operations > 0) std::printf("  %9.1f GFLOP/s", row.operations / middle / 1e9);
  std::printf("  %s\n", row.work.c_str());
  std::fflush(stdout);
}

/** Who has computed the products: cuBLASLt, or our own kernels, and why. */
std::string products_by() {
  const cuda::LibraryState state = cuda::MatrixLibrary::state();
  if (state.kind == cuda::LibraryState::Kind::InUse) return "cuBLASLt where it suits, " + state.details;
  return "kernels of our own" + (state.details.empty() ? "" : " (" + state.details + ")");
}

/** A text between quotes; names and descriptions have no other signs that JSON minds. */
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char sign : text) {
    if (sign == '"' || sign == '\\') result += '\\';
    result += sign;
  }
  return result + "\"";
}

void write_json(const char* file, const cuda::CardInfo& info, const std::vector<Measured>& all) {
  std::ofstream out(file);
  out << "{\n  \"card\": " << quoted(info.name) << ",\n  \"computeCapability\": \"" << info.compute_major << "." << info.compute_minor
      << "\",\n  \"multiprocessors\": " << info.multiprocessors << ",\n  \"driverVersion\": " << info.driver_version << ",\n  \"productsBy\": " << quoted(products_by()) << ",\n  \"rows\": [";
  const char* between = "\n";
  for (const Measured& each : all) {
    const double middle = median(each.seconds);
    out << between << "    {\"name\": " << quoted(each.row->name) << ", \"work\": " << quoted(each.row->work) << ", \"bestMs\": " << smallest(each.seconds) * 1e3
        << ", \"medianMs\": " << middle * 1e3 << ", \"startingMs\": " << median(each.starting) * 1e3;
    if (each.row->bytes > 0) out << ", \"gigabytesPerSecond\": " << each.row->bytes / middle / 1e9 << ", \"ofCopy\": " << median(each.of_copy);
    if (each.row->operations > 0) out << ", \"gigaflops\": " << each.row->operations / middle / 1e9;
    out << "}";
    between = ",\n";
  }
  out << "\n  ]\n}\n";
  if (!out.flush()) fail(file, "could not be written");
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  const char *json = nullptr, *part = "";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--small") == 0) small = true;
    else if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) json = argv[++i];
    else if (argv[i][0] != '-' && *part == '\0') part = argv[i];
    else fail(argv[i], "it is written cuda_bench [--small] [--json FILE] [part of a row's name]");
  }
  cuda::Card* card = cuda::Card::open();
  if (card == nullptr) fail("there is no card", cuda::Card::why_not());
  const cuda::CardInfo& info = card->info();
  std::printf("%s, compute capability %d.%d, %d multiprocessors, driver %d.%d, %zu MiB\n", info.name.c_str(), info.compute_major, info.compute_minor, info.multiprocessors,
              info.driver_version / 1000, info.driver_version % 1000 / 10, info.total_bytes >> 20);
  card->use();

  const std::vector<Row> small_rows = rows(true), large_rows = rows(false);
  for (const Row& row : small_rows) compare_with_cpu(*card, row);
  std::printf("small forms of %zu rows are on the card what they are on the CPU\n", small_rows.size());

  const std::vector<Row>& chosen = small ? small_rows : large_rows;
  Prepared copy(*card, chosen.front(), false);
  std::vector<Measured> all;
  for (const Row& row : chosen) {
    if (row.name.find(part) == std::string::npos) continue;
    const std::optional<Measured> measured = measure(*card, row, copy, chosen.front().bytes, small);
    if (!measured) continue;
    print(*measured);
    all.push_back(*measured);
  }
  if (all.empty()) fail(*part == '\0' ? "all rows" : part, "nothing was measured");
  std::printf("products by %s\n", products_by().c_str());
  if (json != nullptr) write_json(json, info, all);
}
