// What the host tells a kernel that draws.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct RandomParameters {
  void* to;
  int64_t count;
  uint64_t seed;
  /** The first block of the stream. */
  uint64_t block;
  /** From and to; mean and deviation; low, and how many numbers there are. */
  double a, b;
  uint64_t range;
  /** The largest number below `b`. */
  double below;
  /** Probabilities, one an element or one for all (step 0); null for `a`. */
  const void* probabilities;
  int64_t step;
};

/** Normal numbers between limits: the point `start + part * width` of the distribution function, inverted, times `factor`. */
struct TruncatedNormalParameters {
  /** Its `a` is the mean. */
  RandomParameters stream;
  double start, width, factor, low, high;
};

/** Draws of categories by their weights, for each of some rows. */
struct ChoiceParameters {
  const void* weights;
  int32_t* to;
  uint64_t seed, block;
  int64_t rows, categories, draws;
  int32_t replacement;
  /** For each row a complete binary tree of as many leaves: node 1 is the root, nodes 2 i and 2 i + 1 are the children of node i. */
  double* trees;
  int64_t leaves;
};

}  // namespace nabla::cuda
