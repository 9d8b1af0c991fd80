// conv2d: inputs image [N, G C, H, W], weight [G O, C, kH, kW], (bias [G O]); output [N, G O, oH, oW].
// convTranspose2d: inputs map [N, G O, oH, oW], weight [G O, C, kH, kW], (bias [G C]); output [N, G C, H, W].
// conv2dWeight: inputs image [N, G C, H, W], map [N, G O, oH, oW]; output [G O, C, kH, kW].
// All contiguous, Float32 or Float64; attributes: stride, padding, dilation (rows and columns each), groups G.
//
// A kernel as large as the image has one window (LeNet-5's C5): then all three are matrix products of rows of pixels.
#include "cpu/convolution.h"

#include "cpu/convolution_correlate.h"
#include "cpu/convolution_weight.h"
#include "cpu/gemm.h"
#include "cpu/register_kernels.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

namespace {

template <class T>
const T* bias_of(const OpCall& call) {
  return call.input_count > 2 ? call.input(2).as<T>() : nullptr;
}

/** Whether each image is one window, number by number. */
bool is_whole(const WindowAxis& axis) {
  return axis.taps == axis.image_size && axis.map_size == 1 && axis.padding == 0 && (axis.dilation == 1 || axis.taps == 1);
}

bool is_whole_image(const Windows& windows, int64_t groups) { return groups == 1 && is_whole(windows.rows) && is_whole(windows.columns); }

CorrelationAxis forward_axis(const WindowAxis& axis) {
  return {axis.image_size, axis.map_size, 0, 1, axis.stride, axis.taps, -axis.padding, axis.dilation, 0, 1};
}

template <class T>
void conv2d(const OpCall& call) {
  const Operand& image = call.input(0);
  const Operand& weight = call.input(1);
  const Operand& map = call.output(0);
  const Windows windows = read_windows(call, image.sizes + 2, map.sizes + 2, weight.sizes + 2);
  const int64_t groups = static_cast<int64_t>(call.attributes[kGroupsAttribute]);
  const int64_t channels = weight.sizes[1], results = weight.sizes[0] / groups;
  const int64_t taps = weight.sizes[2] * weight.sizes[3];
  if (is_whole_image(windows, groups)) {
    const int64_t pixels = channels * taps;
    gemm<T>(image.sizes[0], results, pixels, {image.as<T>(), pixels, 1}, {weight.as<T>(), 1, pixels}, {map.as<T>(), results, 1}, {bias_of<T>(call)});
    return;
  }
  const Correlation<T> correlation{image.sizes[0],
                                   groups,
                                   channels,
                                   results,
                                   forward_axis(windows.rows),
                                   forward_axis(windows.columns),
                                   image.as<T>(),
                                   weight.as<T>(),
                                   results * channels * taps,
                                   channels * taps,
                                   taps,
                                   weight.sizes[3],
                                   1,
                                   bias_of<T>(call),
                                   map.as<T>(),
                                   map.sizes[2],
                                   map.sizes[3]};
  correlate(correlation);
}

/**
 * Image rows y = phase, phase + stride, ...: those taps reach them for which y + padding - tap * dilation is a multiple of
 * the stride, and from one of these rows to the next each tap moves on by one row of the map.
 */
CorrelationAxis transposed_axis(const WindowAxis& axis, int64_t phase) {
  const int64_t positions = phase < axis.image_size ? divide_up(axis.image_size - phase, axis.stride) : 0;
  CorrelationAxis result{axis.map_size, positions, phase, axis.stride, 1, 0, 0, 0, 0, 0};
  for (int64_t tap = 0; tap < axis.taps; ++tap) {
    const int64_t at = phase + axis.padding - tap * axis.dilation;
    if (at % axis.stride != 0) continue;
    if (result.taps == 0) {
      result.first = at / axis.stride;
      result.weight_first = tap;
    } else if (result.taps == 1) {
      result.tap_step = at / axis.stride - result.first;
      result.weight_step = tap - result.weight_first;
    }
    ++result.taps;
  }
  return result;
}

template <class T>
void conv_transpose2d(const OpCall& call) {
  const Operand& map = call.input(0);
  const Operand& weight = call.input(1);
  const Operand& image = call.output(0);
  const Windows windows = read_windows(call, image.sizes + 2, map.sizes + 2, weight.sizes + 2);
  const int64_t groups = static_cast<int64_t>(call.attributes[kGroupsAttribute]);
  const int64_t channels = weight.sizes[0] / groups, results = weight.sizes[1];
  const int64_t taps = weight.sizes[2] * weight.sizes[3];
  // A bias is one for each channel, not for each pixel of it.
  if (is_whole_image(windows, groups) && bias_of<T>(call) == nullptr) {
    const int64_t pixels = results * taps;
    gemm<T>(map.sizes[0], pixels, channels, {map.as<T>(), channels, 1}, {weight.as<T>(), pixels, 1}, {image.as<T>(), pixels, 1});
    return;
  }
  for (int64_t row = 0; row < windows.rows.stride; ++row) {
    for (int64_t column = 0; column < windows.columns.stride; ++column) {
      const Correlation<T> correlation{map.sizes[0],
                                       groups,
                                       channels,
                                       results,
                                       transposed_axis(windows.rows, row),
                                       transposed_axis(windows.columns, column),
                                       map.as<T>(),
                                       weight.as<T>(),
                                       channels * results * taps,
                                       taps,
                                       results * taps,
                                       weight.sizes[3],
                                       1,
                                       bias_of<T>(call),
                                       image.as<T>(),
                                       image.sizes[2],
                                       image.sizes[3]};
      if (!correlate(correlation)) return;
    }
  }
}

template <class T>
void conv2d_weight(const OpCall& call) {
  const Operand& image = call.input(0);
  const Operand& map = call.input(1);
  const Operand& weight = call.output(0);
  const Windows windows = read_windows(call, image.sizes + 2, map.sizes + 2, weight.sizes + 2);
  const int64_t groups = static_cast<int64_t>(call.attributes[kGroupsAttribute]);
  if (is_whole_image(windows, groups)) {
    const int64_t maps = weight.sizes[0], pixels = weight.sizes[1] * weight.sizes[2] * weight.sizes[3];
    gemm<T>(maps, pixels, image.sizes[0], {map.as<T>(), 1, maps}, {image.as<T>(), pixels, 1}, {weight.as<T>(), pixels, 1});
    return;
  }
  correlate_weight<T>({image.sizes[0], groups, weight.sizes[1], weight.sizes[0] / groups, windows, image.as<T>(), map.as<T>(),
                       weight.as<T>()});
}

}  // namespace

void register_convolution(KernelTable& table) {
  table.set("conv2d", DType::Float32, conv2d<float>);
  table.set("conv2d", DType::Float64, conv2d<double>);
  table.set("convTranspose2d", DType::Float32, conv_transpose2d<float>);
  table.set("convTranspose2d", DType::Float64, conv_transpose2d<double>);
  table.set("conv2dWeight", DType::Float32, conv2d_weight<float>);
  table.set("conv2dWeight", DType::Float64, conv2d_weight<double>);
}

NABLA_END_ISA
