#include "cuda/libraries/matrix_products.h"

namespace nabla::cuda {
namespace {

constexpr double kOneTwice = 1, kZeroTwice = 0;
constexpr float kOne = 1, kZero = 0;

}  // namespace

void MatrixLibrary::forget(MatrixPlan& plan) {
  for (cublaslt::Layout layout : {plan.a, plan.b, plan.c}) {
    if (layout != nullptr) library_.layout_destroy(layout);
  }
  if (plan.operation != nullptr) library_.operation_destroy(plan.operation);
}

bool MatrixLibrary::describe(const MatrixProduct& p, MatrixPlan& plan) {
  using namespace cublaslt;
  bool well = library_.operation_create(&plan.operation, p.compute, p.sums) == kSuccess;
  const auto set = [&](int attribute, const auto& value) {
    well = well && library_.operation_set(plan.operation, attribute, &value, sizeof value) == kSuccess;
  };
  set(kTransposeA, p.a_transposed);
  set(kTransposeB, p.b_transposed);
  set(kEpilogue, p.biased != 0 ? kEpilogueBias : kEpilogueNone);
  // It is not read before the product is started: the choice of an algorithm looks at how it is aligned.
  if (p.biased != 0) set(kBiasPointer, reinterpret_cast<const void*>(static_cast<uintptr_t>(p.bias_alignment)));
  const auto lay = [&](Layout& layout, int type, int64_t rows, int64_t columns, int64_t to_next, int64_t batches) {
    well = well && library_.layout_create(&layout, type, static_cast<uint64_t>(rows), static_cast<uint64_t>(columns), to_next) == kSuccess;
    if (!well || p.batches == 1) return;
    const auto count = static_cast<int32_t>(p.batches);
    well = library_.layout_set(layout, kBatchCount, &count, sizeof count) == kSuccess &&
           library_.layout_set(layout, kBatchStride, &batches, sizeof batches) == kSuccess;
  };
  const bool a_turned = p.a_transposed != kAsItLies, b_turned = p.b_transposed != kAsItLies;
  lay(plan.a, p.factors, a_turned ? p.k : p.m, a_turned ? p.m : p.k, p.a_columns, p.a_batches);
  lay(plan.b, p.factors, b_turned ? p.n : p.k, b_turned ? p.k : p.n, p.b_columns, p.b_batches);
  lay(plan.c, p.sums, p.m, p.n, p.c_columns, p.c_batches);
  return well;
}

bool MatrixLibrary::choose(const MatrixProduct& p, size_t most_workspace, MatrixPlan& plan) {
  using namespace cublaslt;
  Preference preference = nullptr;
  if (library_.preference_create(&preference) != kSuccess) return false;
  bool well = true;
  const auto prefer = [&](int attribute, const auto& value) {
    well = well && library_.preference_set(preference, attribute, &value, sizeof value) == kSuccess;
  };
  prefer(kMostWorkspaceBytes, static_cast<uint64_t>(most_workspace));
  prefer(kReductionSchemes, uint32_t{kReductionInWorkspace});
  prefer(kAlignmentOfA, static_cast<uint32_t>(p.a_alignment));
  prefer(kAlignmentOfB, static_cast<uint32_t>(p.b_alignment));
  prefer(kAlignmentOfC, static_cast<uint32_t>(p.c_alignment));
  prefer(kAlignmentOfD, static_cast<uint32_t>(p.c_alignment));
  Heuristic best{};
  int found = 0;
  well = well && library_.heuristic(handle_, plan.operation, plan.a, plan.b, plan.c, plan.c, preference, 1, &best, &found) == kSuccess;
  library_.preference_destroy(preference);
  if (!well || found == 0 || best.state != kSuccess || best.workspace_bytes > most_workspace) return false;
  plan.algorithm = best.algorithm;
  plan.workspace_bytes = best.workspace_bytes;
  return true;
}

bool MatrixLibrary::multiply(const MatrixProduct& p, const MatrixPlan& plan, const MatrixAddresses& at, Stream stream) {
  using namespace cublaslt;
  const bool twice = p.sums == kFloat64;
  const void* one = twice ? static_cast<const void*>(&kOneTwice) : &kOne;
  const void* zero = twice ? static_cast<const void*>(&kZeroTwice) : &kZero;
  const std::lock_guard lock(mutex_);
  if (failed()) return false;
  Status status = kSuccess;
  if (p.biased != 0) status = library_.operation_set(plan.operation, kBiasPointer, &at.bias, sizeof at.bias);
  if (status == kSuccess) {
    status = library_.matmul(handle_, plan.operation, one, at.a, plan.a, at.b, plan.b, zero, at.c, plan.c, at.c, plan.c, &plan.algorithm, at.workspace,
                             plan.workspace_bytes, stream);
  }
  if (status == kSuccess) return true;
  return fail(std::string("cublasLtMatmul: ") + library_.status_name(status));
}

}  // namespace nabla::cuda
