// A cuBLASLt without a card: it computes what it is asked for, from the descriptors as they are at the call, on the stream of the fake
// driver. So a leading dimension, a transposition, a batch or an epilogue that is wrong shows as wrong numbers, and what the real one
// refuses is refused: matrices that overlap themselves, an algorithm of another product, too little workspace, addresses that are not
// aligned as was promised.
//
// Sums are made in double precision and rounded once, so its bits are not those of our own kernels.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "cuda/libraries/cublaslt.h"
#include "test/cuda/fake_libraries.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using namespace nabla::cuda::cublaslt;

constexpr Status kInvalidValue = 7, kExecutionFailed = 13;
constexpr int kLayoutType = 0;
/** From this depth on parts are added up in a workspace. */
constexpr uint64_t kDeep = 256;

struct FakeOperation {
  int compute, type;
  int32_t transposed[2] = {kAsItLies, kAsItLies};
  uint32_t epilogue = kEpilogueNone;
  const void* bias = nullptr;
};

struct FakeLayout {
  int type;
  uint64_t rows, columns;
  int64_t to_next;
  int32_t batches = 1;
  int64_t stride = 0;
};

struct FakePreference {
  uint64_t workspace = 0;
  uint32_t reductions = 7;
  uint32_t alignments[4] = {256, 256, 256, 256};
};

int calls = 0;

template <class T>
Status put_in(T& field, const void* value, size_t bytes) {
  if (bytes != sizeof field) return kInvalidValue;
  std::memcpy(&field, value, bytes);
  return kSuccess;
}

uint64_t mix(uint64_t hash, uint64_t value) { return (hash ^ value) * 1099511628211u; }

uint64_t hash_of(const FakeOperation& o, const FakeLayout& a, const FakeLayout& b, const FakeLayout& c) {
  uint64_t hash = mix(mix(mix(mix(mix(14695981039346656037u, o.compute), o.type), o.transposed[0]), o.transposed[1]), o.epilogue);
  for (const FakeLayout* l : {&a, &b, &c}) hash = mix(mix(mix(mix(mix(mix(hash, l->type), l->rows), l->columns), l->to_next), l->batches), l->stride);
  return hash;
}

/** Rows and columns of a factor as it is multiplied. */
uint64_t rows_of(const FakeLayout& l, int32_t transposed) { return transposed != kAsItLies ? l.columns : l.rows; }
uint64_t columns_of(const FakeLayout& l, int32_t transposed) { return transposed != kAsItLies ? l.rows : l.columns; }

bool fits(const FakeOperation& o, const FakeLayout& a, const FakeLayout& b, const FakeLayout& c) {
  const bool types = a.type == b.type && c.type == o.type &&
                     (o.compute == kComputeFloat64 ? a.type == kFloat64 && c.type == kFloat64
                      : o.compute == kComputeTf32  ? a.type == kFloat32 && c.type == kFloat32
                                                   : o.compute == kComputeFloat32 && (a.type == kFloat32 || a.type == kBFloat16) && c.type == kFloat32);
  for (const FakeLayout* l : {&a, &b, &c}) {
    if (l->rows == 0 || l->columns == 0 || l->to_next < static_cast<int64_t>(l->rows) || l->batches != c.batches) return false;
  }
  return types && rows_of(a, o.transposed[0]) == c.rows && columns_of(b, o.transposed[1]) == c.columns &&
         columns_of(a, o.transposed[0]) == rows_of(b, o.transposed[1]);
}

double rounded(float value, int compute) {
  if (compute != kComputeTf32 || !std::isfinite(value)) return value;
  // To eleven bits, to the nearest; of two to the even one.
  const auto bits = std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>((bits + 0xfff + (bits >> 13 & 1)) & ~uint32_t{0x1fff});
}

double read(const void* data, int type, int64_t at, int compute) {
  if (type == kFloat64) return static_cast<const double*>(data)[at];
  if (type == kFloat32) return rounded(static_cast<const float*>(data)[at], compute);
  return std::bit_cast<float>(static_cast<uint32_t>(static_cast<const uint16_t*>(data)[at]) << 16);
}

double element(const void* data, const FakeLayout& l, int32_t transposed, int64_t batch, uint64_t row, uint64_t column, int compute) {
  if (transposed != kAsItLies) std::swap(row, column);
  return read(data, l.type, batch * l.stride + static_cast<int64_t>(column) * l.to_next + static_cast<int64_t>(row), compute);
}

void multiply(const FakeOperation& o, const void* a, const FakeLayout& la, const void* b, const FakeLayout& lb, void* c, const FakeLayout& lc) {
  const uint64_t depth = columns_of(la, o.transposed[0]);
  for (int64_t batch = 0; batch < lc.batches; ++batch) {
    for (uint64_t column = 0; column < lc.columns; ++column) {
      for (uint64_t row = 0; row < lc.rows; ++row) {
        double sum = 0;
        for (uint64_t k = 0; k < depth; ++k) {
          sum += element(a, la, o.transposed[0], batch, row, k, o.compute) * element(b, lb, o.transposed[1], batch, k, column, o.compute);
        }
        if (o.epilogue == kEpilogueBias) sum += read(o.bias, lc.type, static_cast<int64_t>(row), 0);
        const int64_t at = batch * lc.stride + static_cast<int64_t>(column) * lc.to_next + static_cast<int64_t>(row);
        if (lc.type == kFloat64) static_cast<double*>(c)[at] = sum;
        else static_cast<float*>(c)[at] = static_cast<float>(sum);
      }
    }
  }
}

bool aligned(const void* address, uint64_t bytes) { return bytes != 0 && reinterpret_cast<uintptr_t>(address) % bytes == 0; }

}  // namespace

/** How many products were put into streams, for tests. */
EXPORT int nabla_fake_products() { return calls; }

EXPORT Status cublasLtCreate(void** handle) {
  if (nabla::fake::call_fails("cublasLtCreate")) return 1;
  *handle = &calls;
  return kSuccess;
}
EXPORT Status cublasLtDestroy(void*) { return kSuccess; }
EXPORT size_t cublasLtGetVersion() { return 130200; }
EXPORT const char* cublasLtGetStatusName(Status status) {
  return status == 1 ? "CUBLAS_STATUS_NOT_INITIALIZED" : status == kExecutionFailed ? "CUBLAS_STATUS_EXECUTION_FAILED" : "CUBLAS_STATUS_INVALID_VALUE";
}

EXPORT Status cublasLtMatmulDescCreate(void** operation, int compute, int type) {
  *operation = new FakeOperation{compute, type};
  return kSuccess;
}
EXPORT Status cublasLtMatmulDescDestroy(void* operation) {
  delete static_cast<FakeOperation*>(operation);
  return kSuccess;
}
EXPORT Status cublasLtMatmulDescSetAttribute(void* operation, int attribute, const void* value, size_t bytes) {
  auto& o = *static_cast<FakeOperation*>(operation);
  switch (attribute) {
    case kTransposeA: return put_in(o.transposed[0], value, bytes);
    case kTransposeB: return put_in(o.transposed[1], value, bytes);
    case kEpilogue: return put_in(o.epilogue, value, bytes);
    case kBiasPointer: return put_in(o.bias, value, bytes);
    default: return kInvalidValue;
  }
}

EXPORT Status cublasLtMatrixLayoutCreate(void** layout, int type, uint64_t rows, uint64_t columns, int64_t to_next) {
  *layout = new FakeLayout{type, rows, columns, to_next};
  return kSuccess;
}
EXPORT Status cublasLtMatrixLayoutDestroy(void* layout) {
  delete static_cast<FakeLayout*>(layout);
  return kSuccess;
}
EXPORT Status cublasLtMatrixLayoutSetAttribute(void* layout, int attribute, const void* value, size_t bytes) {
  auto& l = *static_cast<FakeLayout*>(layout);
  switch (attribute) {
    case kLayoutType: return put_in(l.type, value, bytes);
    case kBatchCount: return put_in(l.batches, value, bytes);
    case kBatchStride: return put_in(l.stride, value, bytes);
    default: return kInvalidValue;
  }
}

EXPORT Status cublasLtMatmulPreferenceCreate(void** preference) {
  *preference = new FakePreference;
  return kSuccess;
}
EXPORT Status cublasLtMatmulPreferenceDestroy(void* preference) {
  delete static_cast<FakePreference*>(preference);
  return kSuccess;
}
EXPORT Status cublasLtMatmulPreferenceSetAttribute(void* preference, int attribute, const void* value, size_t bytes) {
  auto& p = *static_cast<FakePreference*>(preference);
  switch (attribute) {
    case kMostWorkspaceBytes: return put_in(p.workspace, value, bytes);
    case kReductionSchemes: return put_in(p.reductions, value, bytes);
    case kAlignmentOfA:
    case kAlignmentOfB:
    case kAlignmentOfC:
    case kAlignmentOfD: return put_in(p.alignments[attribute - kAlignmentOfA], value, bytes);
    default: return kInvalidValue;
  }
}

EXPORT Status cublasLtMatmulAlgoGetHeuristic(void*, void* operation, void* a, void* b, void* c, void*, void* preference, int wanted, Heuristic* found, int* count) {
  const auto& o = *static_cast<FakeOperation*>(operation);
  const auto &la = *static_cast<FakeLayout*>(a), &lb = *static_cast<FakeLayout*>(b), &lc = *static_cast<FakeLayout*>(c);
  const auto& p = *static_cast<FakePreference*>(preference);
  *count = 0;
  if (wanted < 1) return kInvalidValue;
  if (!fits(o, la, lb, lc)) return kInvalidValue;
  if (nabla::fake::call_fails("cublasLtMatmulAlgoGetHeuristic")) return kNotSupported;
  *found = {};
  found->algorithm.data[0] = hash_of(o, la, lb, lc);
  for (int i = 0; i < 3; ++i) found->algorithm.data[1 + i] = p.alignments[i];
  const uint64_t parts = lc.rows * lc.columns * static_cast<uint64_t>(lc.batches) * sizeof(double);
  const bool deep = columns_of(la, o.transposed[0]) >= kDeep && (p.reductions & kReductionInWorkspace) != 0 && parts <= p.workspace;
  found->workspace_bytes = found->algorithm.data[4] = deep ? parts : 0;
  *count = 1;
  return kSuccess;
}

EXPORT Status cublasLtMatmul(void*, void* operation, const void* alpha, const void* a, void* a_layout, const void* b, void* b_layout, const void* beta, const void* c,
                             void* c_layout, void* d, void* d_layout, const Algorithm* algorithm, void* workspace, size_t workspace_bytes, void* stream) {
  const FakeOperation o = *static_cast<FakeOperation*>(operation);
  const FakeLayout la = *static_cast<FakeLayout*>(a_layout), lb = *static_cast<FakeLayout*>(b_layout), lc = *static_cast<FakeLayout*>(c_layout);
  const bool twice = o.type == kFloat64;
  const double factor = twice ? *static_cast<const double*>(alpha) : *static_cast<const float*>(alpha);
  const double kept = twice ? *static_cast<const double*>(beta) : *static_cast<const float*>(beta);
  if (nabla::fake::call_fails("cublasLtMatmul")) {
    // What a library does in its need may spoil a capture.
    nabla::fake::of_driver<int (*)(void*)>("cuStreamSynchronize")(stream);
    return kExecutionFailed;
  }
  const uint64_t* promised = algorithm->data;
  if (!fits(o, la, lb, lc) || promised[0] != hash_of(o, la, lb, lc) || factor != 1 || kept != 0 || c != d || c_layout != d_layout) return kInvalidValue;
  if (!aligned(a, promised[1]) || !aligned(b, promised[2]) || !aligned(d, promised[3])) return kInvalidValue;
  if (workspace_bytes < promised[4] || (promised[4] > 0 && workspace == nullptr)) return kInvalidValue;
  if (o.epilogue == kEpilogueBias && o.bias == nullptr) return kInvalidValue;
  ++calls;
  const size_t used = promised[4];
  nabla::fake::put(stream, [=] {
    if (used > 0) std::memset(workspace, 0xff, used);
    multiply(o, a, la, b, lb, d, lc);
  });
  return kSuccess;
}
