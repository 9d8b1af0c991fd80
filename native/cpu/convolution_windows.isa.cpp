// unfold: input image [N, C, H, W], output columns [N, C kH kW, windows]; fold: from such columns to the image.
// Contiguous, Float32 or Float64; attributes: stride, padding, dilation, kernel, windows (rows and columns each).
#include "core/thread_pool.h"
#include "cpu/convolution.h"
#include "cpu/register_kernels.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

namespace {

/** Numbers worth a piece of their own. */
constexpr int64_t kPieceNumbers = 1 << 15;

/** Runs `work` for each channel of each image. */
template <class Work>
void for_each_channel(int64_t channels, int64_t numbers, const Work& work) {
  const int64_t channels_a_piece = larger(1, kPieceNumbers / larger(1, numbers));
  parallel_for(divide_up(channels, channels_a_piece), [&](int64_t piece) {
    const int64_t end = smaller(channels, (piece + 1) * channels_a_piece);
    for (int64_t channel = piece * channels_a_piece; channel < end; ++channel) work(channel);
  });
}

/** The windows whose tap `tap` lies inside the image, along one axis: [begin, end). */
struct Inside {
  int64_t start, begin, end;

  Inside(const WindowAxis& axis, int64_t tap) : start(tap * axis.dilation - axis.padding) {
    const int64_t behind = axis.image_size - start;
    begin = smaller(axis.map_size, start >= 0 ? 0 : divide_up(-start, axis.stride));
    end = larger(begin, smaller(axis.map_size, behind <= 0 ? 0 : divide_up(behind, axis.stride)));
  }
};

/** Calls `row(image row, columns row, inside)` for every row of windows of every tap; the image row is -1 outside of it. */
template <class Row>
NABLA_INLINE void for_each_row(const Windows& windows, const Row& row) {
  int64_t line = 0;
  for (int64_t t = 0; t < windows.rows.taps; ++t) {
    const Inside rows(windows.rows, t);
    for (int64_t u = 0; u < windows.columns.taps; ++u) {
      const Inside columns(windows.columns, u);
      for (int64_t y = 0; y < windows.rows.map_size; ++y, ++line) {
        row(y >= rows.begin && y < rows.end ? y * windows.rows.stride + rows.start : -1, line, columns);
      }
    }
  }
}

Windows windows_of(const OpCall& call, const Operand& image) {
  const int64_t kernel[2] = {static_cast<int64_t>(call.attributes[6]), static_cast<int64_t>(call.attributes[7])};
  const int64_t map[2] = {static_cast<int64_t>(call.attributes[8]), static_cast<int64_t>(call.attributes[9])};
  return read_windows(call, image.sizes + 2, map, kernel);
}

template <class T>
void unfold(const OpCall& call) {
  const Operand& image = call.input(0);
  const Windows windows = windows_of(call, image);
  const int64_t plane = image.sizes[2] * image.sizes[3], width = windows.columns.map_size, stride = windows.columns.stride;
  const int64_t numbers = windows.rows.taps * windows.columns.taps * windows.rows.map_size * width;
  for_each_channel(image.sizes[0] * image.sizes[1], numbers, [&](int64_t channel) {
    const T* from = image.as<T>() + channel * plane;
    T* to = call.output(0).as<T>() + channel * numbers;
    for_each_row(windows, [&](int64_t y, int64_t line, const Inside& inside) {
      const T* row = from + y * image.sizes[3] + inside.start;
      T* place = to + line * width;
      const int64_t begin = y < 0 ? width : inside.begin, end = y < 0 ? width : inside.end;
      for (int64_t x = 0; x < begin; ++x) place[x] = 0;
      for (int64_t x = begin; x < end; ++x) place[x] = row[x * stride];
      for (int64_t x = end; x < width; ++x) place[x] = 0;
    });
  });
}

template <class T>
void fold(const OpCall& call) {
  const Operand& image = call.output(0);
  const Windows windows = windows_of(call, image);
  const int64_t plane = image.sizes[2] * image.sizes[3], width = windows.columns.map_size, stride = windows.columns.stride;
  const int64_t numbers = windows.rows.taps * windows.columns.taps * windows.rows.map_size * width;
  for_each_channel(image.sizes[0] * image.sizes[1], larger(plane, numbers), [&](int64_t channel) {
    const T* from = call.input(0).as<T>() + channel * numbers;
    T* to = image.as<T>() + channel * plane;
    for (int64_t i = 0; i < plane; ++i) to[i] = 0;
    for_each_row(windows, [&](int64_t y, int64_t line, const Inside& inside) {
      if (y < 0) return;
      T* row = to + y * image.sizes[3] + inside.start;
      const T* place = from + line * width;
      for (int64_t x = inside.begin; x < inside.end; ++x) row[x * stride] += place[x];
    });
  });
}

}  // namespace

void register_windows(KernelTable& table) {
  table.set("unfold", DType::Float32, unfold<float>);
  table.set("unfold", DType::Float64, unfold<double>);
  table.set("fold", DType::Float32, fold<float>);
  table.set("fold", DType::Float64, fold<double>);
}

NABLA_END_ISA
