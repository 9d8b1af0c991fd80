#include "cuda/fused/reduction.h"

#include <bit>

#include "core/op_codes.h"

namespace nabla::cuda {
namespace {

constexpr int kThreads = 256, kWarp = 32;
/** From twice as many on kernels/reductions.cu may have several blocks add up a result. */
constexpr int64_t kSmallestPart = 16384;

/** How many threads share a result there (reductions.cpp). */
int lanes_for(int64_t elements) { return elements <= kWarp ? 1 : elements <= 4 * kThreads ? kWarp : kThreads; }

}  // namespace

bool can_reduce(const std::string& op, DType input, DType output) {
  return (op == "sum" || op == "mean") && input == DType::Float32 && output == DType::Float32;
}

std::optional<Reduction> reduction_of(const TileGroup& group) {
  if (group.calls.empty()) return std::nullopt;
  const TileCall& last = group.calls.back();
  const OpCall& op = last.resolved.call;
  const std::string name = kOpNames[last.resolved.op];
  if (op.input_count != 1 || op.output_count != 1 || !can_reduce(name, op.input(0).dtype, op.output(0).dtype)) return std::nullopt;
  // The result does not move along what is added up.
  const int64_t* const strides = last.operands[1].strides;
  int64_t results = 1, elements = 1;
  int changes = 0;
  for (int d = 0; d < group.rank; ++d) {
    (strides[d] == 0 ? elements : results) *= group.sizes[d];
    changes += d > 0 && (strides[d] == 0) != (strides[d - 1] == 0);
  }
  if (changes > 1 || elements >= 2 * kSmallestPart || results * elements >= int64_t{1} << 31) return std::nullopt;
  return Reduction{name == "mean", static_cast<uint32_t>(results), static_cast<uint32_t>(elements), lanes_for(elements), changes == 1 && strides[0] == 0};
}

std::string memory_of(const Reduction& reduction) {
  return reduction.lanes == 1 ? "" : "  .shared .align 8 .b8 met[" + std::to_string(kThreads * sizeof(double)) + "];\n";
}

void write_reduction(Writer& to, const Reduction& reduction, const std::string& results, const std::string& elements,
                     const std::function<std::string(const std::string&)>& value,
                     const std::function<void(const std::string&, const std::string&)>& store) {
  const auto whole = [&] { return to.fresh(Word::I32); };
  const auto leave = [&](const std::string& test, const std::string& a, const std::string& b, const std::string& label) {
    const std::string p = to.predicate();
    to.line("setp." + test + " " + p + ", " + a + ", " + b + ";");
    to.line("@" + p + " bra " + label + ";");
  };
  const int lanes = reduction.lanes;
  const std::string thread = whole(), block = whole(), blocks = whole(), lane = whole(), own = whole(), first = whole(), step = whole();
  const std::string result = whole(), i = whole(), number = whole(), kept = to.fresh(Word::F64), wide = to.fresh(Word::F64);
  const std::string at_once = std::to_string(kThreads / lanes);
  to.line("mov.u32 " + thread + ", %tid.x;");
  to.line("mov.u32 " + block + ", %ctaid.x;");
  to.line("mov.u32 " + blocks + ", %nctaid.x;");
  to.line("and.b32 " + lane + ", " + thread + ", " + std::to_string(lanes - 1) + ";");
  to.line("shr.u32 " + own + ", " + thread + ", " + std::to_string(std::countr_zero(static_cast<unsigned>(lanes))) + ";");
  to.line("mul.lo.s32 " + first + ", " + block + ", " + at_once + ";");
  to.line("mul.lo.s32 " + step + ", " + blocks + ", " + at_once + ";");
  to.label("RESULTS");
  leave("ge.u32", first, results, "DONE");
  to.line("add.s32 " + result + ", " + first + ", " + own + ";");
  to.line("mov.f64 " + kept + ", 0d0000000000000000;");
  leave("ge.u32", result, results, "MEET");
  to.line("mov.b32 " + i + ", " + lane + ";");
  to.label("ELEMENTS");
  leave("ge.u32", i, elements, "MEET");
  if (reduction.leading) to.line("mad.lo.s32 " + number + ", " + i + ", " + results + ", " + result + ";");
  else to.line("mad.lo.s32 " + number + ", " + result + ", " + elements + ", " + i + ";");
  to.line("cvt.f64.f32 " + wide + ", " + value(number) + ";");
  to.line("add.rn.f64 " + kept + ", " + kept + ", " + wide + ";");
  to.line("add.s32 " + i + ", " + i + ", " + std::to_string(lanes) + ";");
  to.line("bra ELEMENTS;");
  to.label("MEET");
  if (lanes > 1) {
    const std::string begin = to.address(), offset = to.address(), place = to.address(), other = to.fresh(Word::F64);
    to.line("mov.u64 " + begin + ", met;");
    to.line("mul.wide.u32 " + offset + ", " + thread + ", " + std::to_string(sizeof(double)) + ";");
    to.line("add.s64 " + place + ", " + begin + ", " + offset + ";");
    to.line("st.shared.f64 [" + place + "], " + kept + ";");
    to.line("bar.sync 0;");
    for (int distance = lanes / 2; distance > 0; distance /= 2) {
      const std::string met = "MET_" + std::to_string(distance);
      leave("ge.u32", lane, std::to_string(distance), met);
      to.line("ld.shared.f64 " + other + ", [" + place + "+" + std::to_string(static_cast<size_t>(distance) * sizeof(double)) + "];");
      to.line("add.rn.f64 " + kept + ", " + kept + ", " + other + ";");
      to.line("st.shared.f64 [" + place + "], " + kept + ";");
      to.label(met);
      to.line("bar.sync 0;");
    }
    leave("ne.s32", lane, "0", "NEXT");
  }
  leave("ge.u32", result, results, "NEXT");
  if (reduction.mean) {
    to.line("cvt.rn.f64.u32 " + wide + ", " + elements + ";");
    to.line("div.rn.f64 " + kept + ", " + kept + ", " + wide + ";");
  }
  const std::string rounded = to.fresh(Word::F32);
  to.line("cvt.rn.f32.f64 " + rounded + ", " + kept + ";");
  store(result, rounded);
  to.label("NEXT");
  to.line("add.s32 " + first + ", " + first + ", " + step + ";");
  to.line("bra RESULTS;");
  to.label("DONE");
}

}  // namespace nabla::cuda
