#include "cuda/library_convolutions.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "cuda/borrowed.h"
#include "cuda/convolution.h"
#include "cuda/libraries/convolutions.h"
#include "cuda/precision.h"

namespace nabla::cuda {
namespace {

/** What a convolution may take for tables and for parts of its sums. A guess: it has not been measured. */
constexpr size_t kMostWorkspace = size_t{64} << 20;
constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
/** What the library's kernels load at once. */
constexpr uintptr_t kAlignment = 16;

/** What the library is told, and what our kernel is if it fails. */
struct LibraryConvolution {
  ConvolutionShape shape;
  const ConvolutionPlan* plan;
  ConvolutionAddresses at;
  ConvolutionParameters own;
};

/** Whether the map is as large as the library holds it to be: that of a transposed convolution may be smaller, by what is added to its image. */
bool follows(const ConvolutionAxis& axis) {
  return axis.map == (int64_t{axis.image} + 2 * int64_t{axis.padding} - int64_t{axis.dilation} * (axis.taps - 1) - 1) / axis.stride + 1;
}

bool aligned(const void* address) { return reinterpret_cast<uintptr_t>(address) % kAlignment == 0; }

/** A convolution as the library takes it; nothing where it does not. */
std::optional<ConvolutionShape> as_the_library_takes_it(Convolved result, DType dtype, Precision precision, const ConvolutionParameters& p) {
  // Our own kernels round factors to bfloat16 on their way; for the library they would have to be copied.
  if (precision == Precision::Medium || !follows(p.rows) || !follows(p.columns)) return std::nullopt;
  if (!aligned(p.image) || !aligned(p.map) || !aligned(p.weight) || !aligned(p.to)) return std::nullopt;
  const double images = static_cast<double>(p.images * p.groups);
  const double image = images * static_cast<double>(p.channels) * p.rows.image * p.columns.image;
  const double map = images * static_cast<double>(p.maps) * p.rows.map * p.columns.map;
  const double weight = static_cast<double>(p.groups * p.maps * p.channels) * p.rows.taps * p.columns.taps;
  if (std::max({image, map, weight}) > static_cast<double>(kLargest)) return std::nullopt;
  const auto both = [&](int32_t ConvolutionAxis::* member) { return std::array{p.rows.*member, p.columns.*member}; };
  ConvolutionShape s{};
  s.result = result;
  s.type = dtype == DType::Float64 ? cudnn::kFloat64 : cudnn::kFloat32;
  s.math = precision == Precision::High ? cudnn::kTensorMath : cudnn::kExactMath;
  s.images = static_cast<int32_t>(p.images);
  s.groups = static_cast<int32_t>(p.groups);
  s.channels = static_cast<int32_t>(p.channels);
  s.maps = static_cast<int32_t>(p.maps);
  s.image = both(&ConvolutionAxis::image);
  s.map = both(&ConvolutionAxis::map);
  s.taps = both(&ConvolutionAxis::taps);
  s.stride = both(&ConvolutionAxis::stride);
  s.padding = both(&ConvolutionAxis::padding);
  s.dilation = both(&ConvolutionAxis::dilation);
  s.biased = p.bias != nullptr;
  return s;
}

bool put(Card& card, Stream stream, const void* parameters) {
  const auto& wanted = *static_cast<const LibraryConvolution*>(parameters);
  ConvolutionLibrary* library = ConvolutionLibrary::find(card);
  if (library != nullptr) return library->convolve(wanted.shape, *wanted.plan, wanted.at, stream);
  const DType dtype = wanted.shape.type == cudnn::kFloat64 ? DType::Float64 : DType::Float32;
  start_convolution(card, stream, wanted.shape.result, dtype, wanted.shape.math == cudnn::kExactMath ? Precision::Highest : Precision::High, wanted.own);
  return true;
}

}  // namespace

bool convolve_by_library(Card& card, Convolved result, DType dtype, Precision precision, double work, const ConvolutionParameters& p) {
  if (work < kLeastWork) return false;
  const std::optional<ConvolutionShape> shape = as_the_library_takes_it(result, dtype, precision, p);
  if (!shape) return false;
  ConvolutionLibrary* library = ConvolutionLibrary::find(card);
  if (library == nullptr) return false;
  const ConvolutionPlan* plan = library->plan(*shape, kMostWorkspace);
  if (plan == nullptr) return false;
  const Borrowed workspace(card, plan->workspace_bytes);
  if (!workspace.well()) return false;
  // Calls are compared byte by byte with those that a graph holds, so what lies between the numbers must be the same too.
  LibraryConvolution wanted;
  std::memset(static_cast<void*>(&wanted), 0, sizeof wanted);
  wanted.shape = *shape;
  wanted.plan = plan;
  wanted.at = {p.image, p.map, p.weight, p.bias, p.to, workspace.data()};
  wanted.own = p;
  card.call("convolution by cuDNN", put, wanted);
  return true;
}

}  // namespace nabla::cuda
