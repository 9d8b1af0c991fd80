// Every op of the table has a kernel, on every instruction set, for the same dtypes.
#include "build_call.h"
#include "check.h"

namespace nabla::test {
namespace {

TEST_THAT("every op has a kernel for at least one dtype") {
  for (Isa isa : supported_isas()) {
    std::string missing;
    for (int op = 0; op < kOpCount; ++op) {
      bool found = false;
      for (int dtype = 0; dtype < kDTypeCount; ++dtype) {
        found |= kernel_table(isa).get(static_cast<OpCode>(op), static_cast<DType>(dtype)) != nullptr;
      }
      if (!found) missing += std::string(" ") + kOpNames[op];
    }
    CHECK_MESSAGE(missing.empty(), std::string(isa_name(isa)) + " lacks" + missing);
  }
}

TEST_THAT("all instruction sets have kernels for the same ops and dtypes") {
  for (Isa isa : supported_isas()) {
    for (int op = 0; op < kOpCount; ++op) {
      for (int dtype = 0; dtype < kDTypeCount; ++dtype) {
        const bool here = kernel_table(isa).get(static_cast<OpCode>(op), static_cast<DType>(dtype)) != nullptr;
        const bool portable = kernel_table(Isa::portable).get(static_cast<OpCode>(op), static_cast<DType>(dtype)) != nullptr;
        CHECK_MESSAGE(here == portable, std::string(isa_name(isa)) + " " + kOpNames[op] + " dtype " + std::to_string(dtype));
      }
    }
  }
}

TEST_THAT("an op with a kernel for one floating type has one for the other") {
  for (int op = 0; op < kOpCount; ++op) {
    const bool single = kernel_for(static_cast<OpCode>(op), DType::Float32) != nullptr;
    const bool twice = kernel_for(static_cast<OpCode>(op), DType::Float64) != nullptr;
    CHECK_MESSAGE(single == twice, std::string(kOpNames[op]) + " lacks " + (single ? "float64" : "float32"));
  }
}

TEST_THAT("a dtype without a kernel is a null pointer") {
  CHECK(kernel_for(OpCode::matmul, DType::Bool) == nullptr);
  CHECK(kernel_for(OpCode::exp, DType::Bool) == nullptr);
  CHECK(kernel_for(OpCode::matmul, DType::Float32) != nullptr);
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
