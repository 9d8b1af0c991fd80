// Eigenvalues and eigenvectors of symmetric matrices, as on the CPU (cpu/linalg_eigh.isa.cpp): Householder's reduction to a
// tridiagonal matrix (Golub and Van Loan, Matrix Computations, 8.3.1), then the implicit QL iteration with Wilkinson's shift
// (Bowdler, Martin, Reinsch and Wilkinson 1968). Each step of the reduction has two parts: a block finds the reflection; then
// each row takes the change of the step before and gives an element of the product of the matrix and the reflection. Small
// matrices go through all steps in one kernel, of large ones many blocks share the rows. The iteration is one thread's.
#include "cuda/kernels/linalg_reflection.cuh"
#include "cuda/kernels/linalg_rotation.cuh"

namespace nabla::cuda {

/** One of the matrices, and its lists. */
struct Symmetric {
  double *a, *diagonal, *beside, *taus, *products;
  int64_t size, row;

  NABLA_DEVICE Symmetric(const SymmetricParameters& p, int64_t batch)
      : a(matrix_at(p.a, batch)), diagonal(p.diagonal + batch * p.size), beside(p.beside + batch * p.size), taus(p.taus + batch * p.size),
        products(p.products + 2 * batch * p.size), size(p.size), row(p.a.row) {}

  /** Reflection k, by position: row k behind the diagonal. */
  NABLA_DEVICE double* reflection(int64_t k) const { return a + k * row; }
  NABLA_DEVICE double* product(int64_t k) const { return products + k % 2 * size; }
};

/** Both triangles, divided by the largest magnitude; nothing over- or underflows on the way. */
NABLA_KERNEL(eighPrepare_f64, SymmetricParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    const Symmetric own(p, batch);
    double largest = 0;
    for (int64_t e = threadIdx.x; e < p.size * p.size; e += kThreads) {
      const int64_t i = e / p.size, j = e % p.size;
      if (p.upper != 0 ? j < i : j > i) continue;
      const double value = own.a[i * own.row + j];
      own.a[j * own.row + i] = value;
      largest = larger_magnitude(largest, std::fabs(value));
    }
    largest = largest_of_block(largest);
    const bool finite = largest < static_cast<double>(INFINITY);
    const double factor = largest > 0 && finite ? largest : 1;
    for (int64_t e = threadIdx.x; e < p.size * p.size; e += kThreads) own.a[e / p.size * own.row + e % p.size] /= factor;
    if (threadIdx.x == 0) {
      p.factors[batch] = factor;
      p.states[batch] = {0, 0, finite ? 0 : 2, 0};
    }
    __syncthreads();
  }
}

/** The first part of step k, a block's: row k takes the change of the step before, and becomes a reflection. */
NABLA_DEVICE void find_reflection(const Symmetric& m, int64_t k) {
  double* const own = m.a + k * m.row;
  if (k > 0 && m.taus[k - 1] != 0) {
    const double* const v = m.reflection(k - 1);
    double* const product = m.product(k - 1);
    double sum = 0;
    for (int64_t i = k + threadIdx.x; i < m.size; i += kThreads) sum = std::fma(product[i], v[i], sum);
    const double factor = -0.5 * m.taus[k - 1] * sum_of_block(sum);
    for (int64_t i = k + threadIdx.x; i < m.size; i += kThreads) product[i] = std::fma(factor, v[i], product[i]);
    __syncthreads();
    for (int64_t j = k + threadIdx.x; j < m.size; j += kThreads) own[j] = std::fma(-v[k], product[j], std::fma(-product[k], v[j], own[j]));
    __syncthreads();
  }
  if (threadIdx.x == 0) m.diagonal[k] = own[k];
  if (k + 1 == m.size) return;
  const Reflection made = make_reflection(own + k + 1, 1, m.size - k - 1);
  if (threadIdx.x == 0) {
    m.beside[k] = made.beta;
    m.taus[k] = made.tau;
  }
}

/** The second part, for one row below, a warp's. */
NABLA_DEVICE void change_row(const Symmetric& m, int64_t k, int64_t i) {
  double* const own = m.a + i * m.row;
  const bool changes = k > 0 && m.taus[k - 1] != 0;
  const double* const before = m.reflection(k > 0 ? k - 1 : 0);
  const double* const product = m.product(k + 1);
  const double* const v = m.reflection(k);
  const double by_product = changes ? -before[i] : 0, by_before = changes ? -product[i] : 0;
  double sum = 0;
  for (int64_t j = k + 1 + own_lane(); j < m.size; j += kWarp) {
    double value = own[j];
    if (changes) own[j] = value = std::fma(by_product, product[j], std::fma(by_before, before[j], value));
    sum = std::fma(value, v[j], sum);
  }
  sum = sum_of_warp(sum);
  if (own_lane() == 0) m.product(k)[i] = m.taus[k] * sum;
}

NABLA_KERNEL(eighReduce_f64, SymmetricParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    const Symmetric m(p, batch);
    for (int64_t k = 0; k < p.size; ++k) {
      find_reflection(m, k);
      __syncthreads();
      for (int64_t i = k + 1 + own_warp(); i < p.size; i += kWarps) change_row(m, k, i);
      __syncthreads();
    }
  }
}
NABLA_KERNEL(eighReflection_f64, SymmetricParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) find_reflection(Symmetric(p, batch), p.step);
}
NABLA_KERNEL(eighRows_f64, SymmetricParameters) {
  const int64_t rest = p.size - p.step - 1, warps = thread_count() / kWarp;
  for (int64_t i = thread_number() / kWarp; i < p.batches * rest; i += warps) change_row(Symmetric(p, i / rest), p.step, p.step + 1 + i % rest);
}

/** One thread makes what stands beside the diagonal 0 by rotations, until it is done or the list has no room for another sweep. */
NABLA_DEVICE void iterate(int64_t size, double* d, double* e, IterationState& state, RotationList& list, int64_t most) {
  for (; state.at < size; ++state.at) {
    const int64_t first = state.at;
    while (true) {
      int64_t last = first;
      while (last + 1 < size && std::fabs(e[last]) > kEpsilon * (std::fabs(d[last]) + std::fabs(d[last + 1]))) ++last;
      if (last == first) break;
      if (list.count + (last - first) > most) return;
      if (++state.sweeps > 60 * size) {
        state.ended = 2;
        return;
      }
      // Wilkinson's shift: the eigenvalue of the leading pair that is nearer to d[first].
      double g = (d[first + 1] - d[first]) / (2 * e[first]);
      double r = std::hypot(g, 1.0);
      g = d[last] - d[first] + e[first] / (g + (g >= 0 ? r : -r));
      double s = 1, c = 1, p = 0;
      int64_t i = last - 1;
      for (; i >= first; --i) {
        const double f = s * e[i], b = c * e[i];
        r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {
          // The block has fallen into two.
          d[i + 1] -= p;
          e[last] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        list.add(i, c, -s);
      }
      if (i >= first) continue;
      d[first] -= p;
      e[first] = g;
      e[last] = 0;
    }
  }
  state.ended = 1;
}

/** A block iterates, and carries out what it has collected, until it is done. */
NABLA_KERNEL(eighIterate_f64, SymmetricParameters) {
  __shared__ PlaneRotation rotations[kRotationsOfBlock];
  __shared__ double d[kSpectrumOfBlock], e[kSpectrumOfBlock];
  __shared__ IterationState state;
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    const Symmetric m(p, batch);
    for (int64_t i = threadIdx.x; i < p.size; i += kThreads) {
      d[i] = m.diagonal[i];
      e[i] = i + 1 < p.size ? m.beside[i] : 0;
    }
    if (threadIdx.x == 0) state = p.states[batch];
    __syncthreads();
    while (state.ended == 0) {
      __syncthreads();
      if (threadIdx.x == 0) {
        RotationList list{rotations, 0};
        iterate(p.size, d, e, state, list, kRotationsOfBlock);
        state.rotations = list.count;
      }
      __syncthreads();
      for (int64_t j = threadIdx.x; j < p.size; j += kThreads) rotate_column(rotations, state.rotations, matrix_at(p.vectors, batch) + j * p.vectors.column, p.vectors.row);
    }
    for (int64_t i = threadIdx.x; i < p.size; i += kThreads) m.diagonal[i] = d[i];
    if (threadIdx.x == 0) p.info[batch] = state.ended - 1;
    __syncthreads();
  }
}

/** The same for a large matrix: one kernel iterates until its list is full, a thread of a warp each; the next carries it out. */
NABLA_KERNEL(eighSweeps_f64, SymmetricParameters) {
  if (own_lane() != 0) return;
  for (int64_t batch = thread_number() / kWarp; batch < p.batches; batch += thread_count() / kWarp) {
    const Symmetric m(p, batch);
    IterationState state = p.states[batch];
    if (state.sweeps == 0) m.beside[p.size - 1] = 0;
    RotationList list{p.rotations + batch * p.most_rotations, 0};
    if (state.ended == 0) iterate(p.size, m.diagonal, m.beside, state, list, p.most_rotations);
    state.rotations = list.count;
    p.states[batch] = state;
    p.info[batch] = state.ended - 1;
  }
}
NABLA_KERNEL(eighRotate_f64, SymmetricParameters) {
  for (int64_t i = thread_number(); i < p.batches * p.size; i += thread_count()) {
    const int64_t batch = i / p.size;
    rotate_column(p.rotations + batch * p.most_rotations, p.states[batch].rotations, matrix_at(p.vectors, batch) + i % p.size * p.vectors.column, p.vectors.row);
  }
}

/** Values and vectors in increasing order, a warp a vector. */
NABLA_KERNEL(eighSort_f64, SymmetricParameters) {
  const int64_t warps = thread_count() / kWarp;
  for (int64_t number = thread_number() / kWarp; number < p.batches * p.size; number += warps) {
    const int64_t batch = number / p.size, i = number % p.size;
    const double* const values = p.diagonal + batch * p.size;
    const int64_t rank = rank_of<false>(values, p.size, i);
    if (own_lane() == 0) p.sorted_values[batch * p.size + rank] = values[i] * p.factors[batch];
    const double* const from = matrix_at(p.vectors, batch) + i * p.vectors.row;
    double* const to = matrix_at(p.sorted_vectors, batch) + rank * p.sorted_vectors.row;
    for (int64_t j = own_lane(); j < p.size; j += kWarp) to[j * p.sorted_vectors.column] = from[j * p.vectors.column];
  }
}

}  // namespace nabla::cuda
