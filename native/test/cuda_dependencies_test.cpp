// Which kernels of a graph wait for which: by what they read and write, and by the addresses among their parameters.
#include <cstring>

#include "check.h"
#include "cuda/dependencies.h"

using namespace nabla;
using namespace nabla::cuda;

namespace {

char memory[4096];

Window window(size_t begin, size_t end, bool written, Origin origin = Origin::Program, DType dtype = DType::Float32) {
  return {memory + begin, memory + end, dtype, origin, written};
}

using Edges = std::vector<std::vector<size_t>>;

}  // namespace

TEST_THAT("a kernel waits for the last one that wrote what it reads, and for those that read what it writes") {
  const Windows make{window(0, 64, true)}, read{window(32, 96, false)}, other{window(64, 128, false)}, overwrite{window(40, 48, true)};
  CHECK((dependencies({make, read, other, overwrite}) == Edges{{}, {0}, {}, {1}}));
  CHECK((dependencies({overwrite, make, overwrite}) == Edges{{}, {0}, {1}}));
}

TEST_THAT("a kernel does not name those that another it waits for has waited for") {
  const Windows a{window(0, 8, true)}, b{window(0, 8, false), window(8, 16, true)}, c{window(0, 8, false), window(8, 16, false)};
  const Edges edges = dependencies({a, b, c});
  CHECK((edges == Edges{{}, {0}, {1}}));
  CHECK(longest_chain(edges) == 3);
  CHECK(longest_chain(dependencies({a, Windows{window(8, 16, true)}})) == 1);
}

TEST_THAT("what touches an end lies beside, and what is empty lies nowhere") {
  CHECK((dependencies({{window(0, 8, true)}, {window(8, 16, true)}, {window(4, 4, true)}}) == Edges{{}, {}, {}}));
}

TEST_THAT("an argument may be any memory from outside of its type, captured memory only itself, and temporaries neither") {
  const auto at = [](Origin origin, size_t begin, bool written, DType dtype = DType::Float32) { return Windows{window(begin, begin + 8, written, origin, dtype)}; };
  CHECK((dependencies({at(Origin::Argument, 0, true), at(Origin::Argument, 8, false)}) == Edges{{}, {0}}));
  CHECK((dependencies({at(Origin::Argument, 0, false), at(Origin::Captured, 8, true)}) == Edges{{}, {0}}));
  CHECK((dependencies({at(Origin::Captured, 0, true), at(Origin::Captured, 8, true)}) == Edges{{}, {}}));
  CHECK((dependencies({at(Origin::Argument, 0, true), at(Origin::Program, 8, true)}) == Edges{{}, {}}));
  CHECK((dependencies({at(Origin::Argument, 0, true), at(Origin::Captured, 8, false, DType::Int32)}) == Edges{{}, {}}));
}

TEST_THAT("of a call's windows a kernel has those to which its parameters point, and all kernels those to which none does") {
  const auto pointing = [](std::initializer_list<size_t> offsets) {
    Launch launch;
    for (const size_t offset : offsets) {
      const char* address = memory + offset;
      launch.parameters.insert(launch.parameters.end(), reinterpret_cast<const char*>(&address), reinterpret_cast<const char*>(&address) + sizeof address);
    }
    launch.parameters.resize(launch.parameters.size() + 4);  // the end of a struct
    return launch;
  };
  const Windows windows{window(0, 64, false), window(64, 128, true), window(256, 320, true)};
  const auto touched = windows_of_kernels({pointing({0, 64}), pointing({100})}, windows);
  CHECK(touched[0].size() == 3 && touched[1].size() == 2);
  CHECK(touched[1][0].begin == memory + 64 && touched[1][1].begin == memory + 256);
}

TEST_MAIN
