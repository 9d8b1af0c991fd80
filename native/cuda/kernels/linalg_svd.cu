// Singular values and vectors of square matrices, as on the CPU (cpu/linalg_svd.isa.cpp): Householder's reduction to two diagonals
// (Golub and Kahan 1965; Golub and Van Loan, Matrix Computations, 5.4.8), then the implicit QR iteration of Demmel and Kahan
// ("Accurate singular values of bidiagonal matrices", 1990). Each step of the reduction has four parts: a column's reflection,
// its product with the matrix, a row's reflection, both on the rows below. Small matrices go through all steps in one kernel,
// of large ones many blocks share the second part and the fourth. The iteration is one thread's.
#include "cuda/kernels/linalg_reflection.cuh"
#include "cuda/kernels/linalg_rotation.cuh"

namespace nabla::cuda {

/** One of the matrices, and its lists. */
struct Bidiagonal {
  double *a, *reflections, *diagonal, *above, *left_taus, *right_taus, *sums;
  int64_t size;

  NABLA_DEVICE Bidiagonal(const BidiagonalParameters& p, int64_t batch)
      : a(matrix_at(p.a, batch)), reflections(matrix_at(p.reflections, batch)), diagonal(p.diagonal + batch * p.size), above(p.above + batch * p.size),
        left_taus(p.left_taus + batch * p.size), right_taus(p.right_taus + batch * p.size), sums(p.sums + batch * p.size), size(p.size) {}

  NABLA_DEVICE double* row(int64_t i) const { return a + i * size; }
  /** Reflection k of the left side, by position. */
  NABLA_DEVICE double* left(int64_t k) const { return reflections + k * size; }
};

/** Divides by the largest magnitude; nothing over- or underflows on the way. */
NABLA_KERNEL(svdPrepare_f64, BidiagonalParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    double* const a = matrix_at(p.a, batch);
    double largest = 0;
    for (int64_t e = threadIdx.x; e < p.size * p.size; e += kThreads) largest = larger_magnitude(largest, std::fabs(a[e]));
    largest = largest_of_block(largest);
    const bool finite = largest < static_cast<double>(INFINITY);
    const double factor = largest > 0 && finite ? largest : 1;
    for (int64_t e = threadIdx.x; e < p.size * p.size; e += kThreads) a[e] /= factor;
    if (threadIdx.x == 0) {
      p.factors[batch] = factor;
      p.states[batch] = {p.size - 1, 0, finite ? 0 : 2, 0};
    }
    __syncthreads();
  }
}

/** The first part of step k, a block's. */
NABLA_DEVICE void reflect_column(const Bidiagonal& m, int64_t k) {
  double* const v = m.left(k);
  for (int64_t i = k + threadIdx.x; i < m.size; i += kThreads) v[i] = m.row(i)[k];
  __syncthreads();
  const Reflection made = make_reflection(v + k, 1, m.size - k);
  if (threadIdx.x == 0) {
    m.diagonal[k] = made.beta;
    m.left_taus[k] = made.tau;
  }
}

/** The second part, for 32 columns, a block's: tau v' A. A warp adds up every eighth row. */
NABLA_DEVICE void sum_columns(const Bidiagonal& m, int64_t k, int64_t first) {
  __shared__ double parts[kWarps][kWarp];
  const int64_t column = first + own_lane();
  const double* const v = m.left(k);
  double sum = 0;
  if (column < m.size) {
    for (int64_t i = k + own_warp(); i < m.size; i += kWarps) sum = std::fma(v[i], m.row(i)[column], sum);
  }
  parts[own_warp()][own_lane()] = sum;
  __syncthreads();
  if (own_warp() == 0 && column < m.size) {
    double all = 0;
    for (int i = 0; i < kWarps; ++i) all += parts[i][own_lane()];
    m.sums[column] = m.left_taus[k] * all;
  }
  __syncthreads();
}

/** The third part, a block's: row k takes the column's reflection, and becomes one itself. */
NABLA_DEVICE void reflect_row(const Bidiagonal& m, int64_t k) {
  double* const u = m.row(k);
  for (int64_t j = k + 1 + threadIdx.x; j < m.size; j += kThreads) u[j] -= m.sums[j];
  __syncthreads();
  const Reflection made = make_reflection(u + k + 1, 1, m.size - k - 1);
  if (threadIdx.x == 0) {
    m.above[k] = made.beta;
    m.right_taus[k] = made.tau;
  }
}

/** The fourth part, for one row below, a warp's. */
NABLA_DEVICE void change_row(const Bidiagonal& m, int64_t k, int64_t i) {
  double* const own = m.row(i);
  const double* const u = m.row(k);
  const double by_sums = -m.left(k)[i];
  double sum = 0;
  for (int64_t j = k + 1 + own_lane(); j < m.size; j += kWarp) {
    const double value = std::fma(by_sums, m.sums[j], own[j]);
    own[j] = value;
    sum = std::fma(value, u[j], sum);
  }
  const double factor = -m.right_taus[k] * sum_of_warp(sum);
  if (factor == 0) return;
  for (int64_t j = k + 1 + own_lane(); j < m.size; j += kWarp) own[j] = std::fma(factor, u[j], own[j]);
}

NABLA_KERNEL(svdReduce_f64, BidiagonalParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    const Bidiagonal m(p, batch);
    for (int64_t k = 0; k < p.size; ++k) {
      reflect_column(m, k);
      __syncthreads();
      if (k + 1 == p.size) break;
      for (int64_t first = k + 1; first < p.size; first += kWarp) sum_columns(m, k, first);
      reflect_row(m, k);
      __syncthreads();
      for (int64_t i = k + 1 + own_warp(); i < p.size; i += kWarps) change_row(m, k, i);
      __syncthreads();
    }
  }
}
NABLA_KERNEL(svdColumn_f64, BidiagonalParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) reflect_column(Bidiagonal(p, batch), p.step);
}
NABLA_KERNEL(svdSums_f64, BidiagonalParameters) {
  const int64_t strips = (p.size - p.step - 1 + kWarp - 1) / kWarp;
  for (int64_t work = blockIdx.x; work < p.batches * strips; work += gridDim.x) sum_columns(Bidiagonal(p, work / strips), p.step, p.step + 1 + work % strips * kWarp);
}
NABLA_KERNEL(svdRow_f64, BidiagonalParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) reflect_row(Bidiagonal(p, batch), p.step);
}
NABLA_KERNEL(svdRows_f64, BidiagonalParameters) {
  const int64_t rest = p.size - p.step - 1, warps = thread_count() / kWarp;
  for (int64_t i = thread_number() / kWarp; i < p.batches * rest; i += warps) change_row(Bidiagonal(p, i / rest), p.step, p.step + 1 + i % rest);
}

/** (c, s; -s, c) takes (f, g) to (r, 0). */
struct Rotation {
  double c, s, r;

  static NABLA_DEVICE Rotation of(double f, double g) {
    if (g == 0) return {1, 0, f};
    const double r = std::hypot(f, g);
    if (r == 0) return {1, 0, 0};
    return {f / r, g / r, r};
  }
};

/** The smaller singular value of (f, g; 0, h). */
NABLA_DEVICE double smaller_singular_value(double f, double g, double h) {
  const double fa = std::fabs(f), ga = std::fabs(g), ha = std::fabs(h);
  const double low = fa < ha ? fa : ha, high = fa < ha ? ha : fa;
  if (low == 0) return 0;
  // det = low * high, and the two values' squares sum to low^2 + high^2 + g^2.
  const double sum = std::hypot(low + high, ga), difference = std::hypot(high - low, ga);
  return 2 * low * (high / (sum + difference));
}

/** One sweep with shift 0 over d[first] ... d[last]. */
NABLA_DEVICE void sweep_without_shift(int64_t first, int64_t last, double* d, double* e, RotationList& left, RotationList& right) {
  double c = 1, old_c = 1, old_s = 0;
  for (int64_t i = first; i < last; ++i) {
    const Rotation columns = Rotation::of(d[i] * c, e[i]);
    c = columns.c;
    if (i > first) e[i - 1] = old_s * columns.r;
    const Rotation rows = Rotation::of(old_c * columns.r, d[i + 1] * columns.s);
    old_c = rows.c;
    old_s = rows.s;
    d[i] = rows.r;
    right.add(i, columns.c, columns.s);
    left.add(i, rows.c, rows.s);
  }
  const double h = d[last] * c;
  e[last - 1] = h * old_s;
  d[last] = h * old_c;
}

NABLA_DEVICE void sweep_with_shift(double shift, int64_t first, int64_t last, double* d, double* e, RotationList& left, RotationList& right) {
  double f = (std::fabs(d[first]) - shift) * ((d[first] >= 0 ? 1.0 : -1.0) + shift / d[first]);
  double g = e[first];
  for (int64_t i = first; i < last; ++i) {
    const Rotation columns = Rotation::of(f, g);
    if (i > first) e[i - 1] = columns.r;
    f = columns.c * d[i] + columns.s * e[i];
    e[i] = columns.c * e[i] - columns.s * d[i];
    g = columns.s * d[i + 1];
    d[i + 1] *= columns.c;
    const Rotation rows = Rotation::of(f, g);
    d[i] = rows.r;
    f = rows.c * e[i] + rows.s * d[i + 1];
    d[i + 1] = rows.c * d[i + 1] - rows.s * e[i];
    if (i + 1 < last) {
      g = rows.s * e[i + 1];
      e[i + 1] *= rows.c;
    }
    right.add(i, columns.c, columns.s);
    left.add(i, rows.c, rows.s);
  }
  e[last - 1] = f;
}

/** One thread makes what stands above the diagonal 0 by rotations, until it is done or a list has no room for another sweep. */
NABLA_DEVICE void iterate(int64_t size, double* d, double* e, IterationState& state, RotationList& left, RotationList& right, int64_t most) {
  const auto negligible = [&](int64_t i) {
    return std::fabs(e[i]) <= kEpsilon * (std::fabs(d[i]) + std::fabs(d[i + 1])) || std::fabs(e[i]) < 1e-290;
  };
  while (state.at > 0) {
    const int64_t last = state.at;
    if (negligible(last - 1)) {
      e[--state.at] = 0;
      continue;
    }
    int64_t first = last - 1;
    while (first > 0 && !negligible(first - 1)) --first;
    if (left.count + (last - first) > most || right.count + (last - first) > most) return;
    if (++state.sweeps > 60 * size) {
      state.ended = 2;
      return;
    }
    const double shift = smaller_singular_value(d[last - 1], e[last - 1], d[last]);
    const double head = std::fabs(d[first]);
    // A shift that would be lost in rounding is none.
    if (head == 0 || (shift / head) * (shift / head) < kEpsilon) sweep_without_shift(first, last, d, e, left, right);
    else sweep_with_shift(shift, first, last, d, e, left, right);
  }
  state.ended = 1;
}

/** A block iterates, and carries out what it has collected, until it is done. */
NABLA_KERNEL(svdIterate_f64, BidiagonalParameters) {
  __shared__ PlaneRotation rotations[2 * kRotationsOfBlock];
  __shared__ double d[kSpectrumOfBlock], e[kSpectrumOfBlock];
  __shared__ IterationState state;
  __shared__ int32_t counts[2];
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    const Bidiagonal m(p, batch);
    for (int64_t i = threadIdx.x; i < p.size; i += kThreads) {
      d[i] = m.diagonal[i];
      e[i] = i + 1 < p.size ? m.above[i] : 0;
    }
    if (threadIdx.x == 0) state = p.states[batch];
    __syncthreads();
    while (state.ended == 0) {
      __syncthreads();
      if (threadIdx.x == 0) {
        RotationList left{rotations, 0}, right{rotations + kRotationsOfBlock, 0};
        iterate(p.size, d, e, state, left, right, kRotationsOfBlock);
        counts[0] = left.count;
        counts[1] = right.count;
      }
      __syncthreads();
      for (int64_t j = threadIdx.x; j < 2 * p.size; j += kThreads) {
        const int side = j < p.size ? 0 : 1;
        const Matrices& vectors = side == 0 ? p.left : p.right;
        rotate_column(rotations + side * kRotationsOfBlock, counts[side], matrix_at(vectors, batch) + (j - side * p.size) * vectors.column, vectors.row);
      }
    }
    for (int64_t i = threadIdx.x; i < p.size; i += kThreads) m.diagonal[i] = d[i];
    if (threadIdx.x == 0) {
      p.states[batch] = state;
      p.info[batch] = state.ended - 1;
    }
    __syncthreads();
  }
}

/** The same for a large matrix: one kernel iterates until a list is full, a thread of a warp each; the next carries them out. */
NABLA_KERNEL(svdSweeps_f64, BidiagonalParameters) {
  if (own_lane() != 0) return;
  for (int64_t batch = thread_number() / kWarp; batch < p.batches; batch += thread_count() / kWarp) {
    const Bidiagonal m(p, batch);
    IterationState state = p.states[batch];
    PlaneRotation* const rotations = p.rotations + batch * 2 * p.most_rotations;
    RotationList left{rotations, 0}, right{rotations + p.most_rotations, 0};
    if (state.ended == 0) iterate(p.size, m.diagonal, m.above, state, left, right, p.most_rotations);
    // Lists of one length each: what is missing turns nothing.
    while (left.count < right.count) left.rotations[left.count++] = {1, 0, 0};
    while (right.count < left.count) right.rotations[right.count++] = {1, 0, 0};
    state.rotations = left.count;
    p.states[batch] = state;
    p.info[batch] = state.ended - 1;
  }
}
NABLA_KERNEL(svdRotate_f64, BidiagonalParameters) {
  for (int64_t i = thread_number(); i < p.batches * 2 * p.size; i += thread_count()) {
    const int64_t batch = i / (2 * p.size), j = i % (2 * p.size), side = j < p.size ? 0 : 1;
    const Matrices& vectors = side == 0 ? p.left : p.right;
    rotate_column(p.rotations + (2 * batch + side) * p.most_rotations, p.states[batch].rotations, matrix_at(vectors, batch) + (j - side * p.size) * vectors.column,
                  vectors.row);
  }
}

/** Values, without their signs, and vectors in decreasing order, a warp a value. */
NABLA_KERNEL(svdSort_f64, BidiagonalParameters) {
  const int64_t warps = thread_count() / kWarp;
  for (int64_t number = thread_number() / kWarp; number < p.batches * p.size; number += warps) {
    const int64_t batch = number / p.size, i = number % p.size;
    const double* const values = p.diagonal + batch * p.size;
    const int64_t rank = rank_of<true>(values, p.size, i);
    const bool negative = values[i] < 0;
    if (own_lane() == 0) p.sorted_values[batch * p.size + rank] = (negative ? -values[i] : values[i]) * p.factors[batch];
    const auto move = [&](const Matrices& from, const Matrices& to, bool turn) {
      const double* const source = matrix_at(from, batch) + i * from.row;
      double* const target = matrix_at(to, batch) + rank * to.row;
      for (int64_t j = own_lane(); j < p.size; j += kWarp) target[j * to.column] = turn ? -source[j * from.column] : source[j * from.column];
    };
    move(p.left, p.sorted_left, false);
    move(p.right, p.sorted_right, negative);
  }
}

NABLA_DEVICE double limit_of(const CountedParameters& p, const double* values) {
  return p.size > 0 && p.rtol * values[0] > p.atol ? p.rtol * values[0] : p.atol;
}

NABLA_KERNEL(countedRanks_f64, CountedParameters) {
  for (int64_t batch = thread_number(); batch < p.batches; batch += thread_count()) {
    const double* const values = p.values + batch * p.size;
    const double limit = limit_of(p, values);
    int32_t rank = 0;
    while (p.states[batch].ended == 1 && rank < p.size && values[rank] > limit) ++rank;
    p.ranks[batch] = rank;
  }
}

NABLA_KERNEL(countedRows_f64, CountedParameters) {
  for (int64_t number = thread_number(); number < p.batches * p.size * p.columns; number += thread_count()) {
    const int64_t batch = number / (p.size * p.columns), k = number / p.columns % p.size, j = number % p.columns;
    const double* const values = p.values + batch * p.size;
    double& own = matrix_at(p.rows, batch)[k * p.rows.row + j * p.rows.column];
    own = values[k] > limit_of(p, values) ? p.sign * own / values[k] : 0;
  }
}

}  // namespace nabla::cuda
