#include "cuda/dependencies.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace nabla::cuda {
namespace {

/** The table of who waits for whom grows with the square: longer programs run in a row. */
constexpr size_t kMostKernels = 8192;

Window window_of(const void* data, DType dtype, int rank, const int64_t* sizes, const int64_t* strides, Origin origin, bool written) {
  int64_t low = 0, high = 0;
  bool empty = false;
  for (int d = 0; d < rank; ++d) {
    empty |= sizes[d] == 0;
    const int64_t reach = (sizes[d] - 1) * strides[d];
    (reach < 0 ? low : high) += reach;
  }
  const auto item = static_cast<int64_t>(byte_size(dtype));
  const auto* at = static_cast<const char*>(data);
  return {at + low * item, empty ? at + low * item : at + (high + 1) * item, dtype, origin, written};
}

Origin origin_of(const ResolvedCall& call, int operand) {
  if ((call.arguments >> operand & 1) != 0) return Origin::Argument;
  return (call.captured >> operand & 1) != 0 ? Origin::Captured : Origin::Program;
}

/** Memory from outside is of one type, so what has another one is other memory. */
bool may_be_the_same(const Window& a, const Window& b) {
  if (a.origin == Origin::Program || b.origin == Origin::Program || a.dtype != b.dtype) return false;
  return a.origin == Origin::Argument || b.origin == Origin::Argument;
}

bool in_conflict(const Window& a, const Window& b) {
  return (a.written || b.written) && (std::max(a.begin, b.begin) < std::min(a.end, b.end) || may_be_the_same(a, b));
}

/** Addresses are aligned to their size wherever they stand among a kernel's parameters. */
bool mentions(const Launch& launch, const Window& window) {
  for (size_t at = 0; at + sizeof(uintptr_t) <= launch.parameters.size(); at += sizeof(uintptr_t)) {
    uintptr_t word = 0;
    std::memcpy(&word, launch.parameters.data() + at, sizeof word);
    if (word >= reinterpret_cast<uintptr_t>(window.begin) && word < reinterpret_cast<uintptr_t>(window.end)) return true;
  }
  return false;
}

}  // namespace

void add_windows(const ResolvedCall& call, Windows& windows) {
  const OpCall& op = call.call;
  for (int i = 0; i < op.input_count + op.output_count; ++i) {
    if ((call.immediates >> i & 1) != 0) continue;
    const Operand& operand = op.operands[i];
    windows.push_back(window_of(operand.data, operand.dtype, operand.rank, operand.sizes, operand.strides, origin_of(call, i), i >= op.input_count));
  }
}

void add_windows(const TileGroup& group, Windows& windows) {
  for (const TileCall& call : group.calls) {
    const OpCall& op = call.resolved.call;
    for (int i = 0; i < op.input_count + op.output_count; ++i) {
      if (call.operands[i].place < 0) continue;
      windows.push_back(window_of(op.operands[i].data, op.operands[i].dtype, group.rank, group.sizes, call.operands[i].strides,
                                  origin_of(call.resolved, i), i >= op.input_count));
    }
  }
}

void add_windows(const PositionsCheck& check, Windows& windows) {
  const Operand& at = check.positions;
  const Origin origin = check.argument ? Origin::Argument : check.captured ? Origin::Captured : Origin::Program;
  windows.push_back(window_of(at.data, at.dtype, at.rank, at.sizes, at.strides, origin, false));
  // A byte that nothing else has stands for where they all write.
  static const char answer = 0;
  windows.push_back({&answer, &answer + 1, DType::UInt8, Origin::Program, true});
}

std::vector<Windows> windows_of_kernels(const std::vector<Launch>& launches, const Windows& windows) {
  std::vector<Windows> touched(launches.size());
  for (const Window& window : windows) {
    bool mentioned = false;
    for (size_t i = 0; i < launches.size(); ++i) {
      if (!mentions(launches[i], window)) continue;
      touched[i].push_back(window);
      mentioned = true;
    }
    // An address that is hidden from here may be in each of them.
    if (mentioned) continue;
    for (Windows& each : touched) each.push_back(window);
  }
  return touched;
}

bool independent(const Windows& a, const Windows& b) {
  return std::none_of(a.begin(), a.end(), [&](const Window& one) {
    return std::any_of(b.begin(), b.end(), [&](const Window& other) { return in_conflict(one, other); });
  });
}

std::vector<std::vector<size_t>> dependencies(const std::vector<Windows>& kernels) {
  const size_t count = kernels.size(), words = (count + 63) / 64;
  std::vector<std::vector<size_t>> after(count);
  if (count > kMostKernels) {
    for (size_t i = 1; i < count; ++i) after[i] = {i - 1};
    return after;
  }
  // Of each kernel all that end before it begins, a bit each.
  std::vector<std::vector<uint64_t>> before(count, std::vector<uint64_t>(words));
  for (size_t i = 0; i < count; ++i) {
    for (size_t k = i; k-- > 0;) {
      if ((before[i][k / 64] >> (k % 64) & 1) != 0 || independent(kernels[k], kernels[i])) continue;
      after[i].push_back(k);
      before[i][k / 64] |= uint64_t{1} << (k % 64);
      for (size_t w = 0; w < words; ++w) before[i][w] |= before[k][w];
    }
  }
  return after;
}

int longest_chain(const std::vector<std::vector<size_t>>& after) {
  std::vector<int> length(after.size(), 1);
  int longest = 0;
  for (size_t i = 0; i < after.size(); ++i) {
    for (const size_t k : after[i]) length[i] = std::max(length[i], length[k] + 1);
    longest = std::max(longest, length[i]);
  }
  return longest;
}

}  // namespace nabla::cuda
