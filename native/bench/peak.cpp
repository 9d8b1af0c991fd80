// What this machine can do now, for a benchmark that asks between its own measurements: peak
//
// A question a line on standard input, a number a line as the answer, until the input ends:
//   fma           float32 fused multiply-adds on all threads, in GFLOP/s (0 where the processor has none that we know)
//   copy BYTES    memcpy on all threads with so many bytes moved in all, half read and half written, in GB/s
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>

#include "multiply_add_peak.h"

using namespace nabla;
using namespace nabla::bench;

namespace {

/** Bytes a second, read and written, of a copy between two buffers that are kept from question to question. */
double copy_rate(int64_t bytes) {
  static std::vector<char> from, to;
  const int64_t half = bytes / 2;
  if (static_cast<int64_t>(from.size()) != half) {
    from.assign(static_cast<size_t>(half), 'x');
    to.assign(static_cast<size_t>(half), 'y');
  }
  constexpr int64_t kPieces = 16;
  const double seconds = seconds_per_call([&] {
    parallel_for(kPieces, [&](int64_t piece) {
      const int64_t begin = half * piece / kPieces, end = half * (piece + 1) / kPieces;
      std::memcpy(to.data() + begin, from.data() + begin, static_cast<size_t>(end - begin));
    });
  });
  return static_cast<double>(2 * half) / seconds / 1e9;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string question;
    int64_t bytes = 0;
    words >> question;
    if (question == "fma") {
      std::printf("%.3f\n", peak_gflops(isa_choice().isa, thread_count()));
    } else if (question == "copy" && words >> bytes && bytes >= 2) {
      std::printf("%.3f\n", copy_rate(bytes));
    } else {
      std::fprintf(stderr, "peak: \"%s\" is neither \"fma\" nor \"copy BYTES\"\n", line.c_str());
      return 2;
    }
    std::fflush(stdout);
  }
}
