// The table of the card's kernels: each subject enters its launchers through one function, as the CPU's do.
#pragma once

#include <array>
#include <vector>

#include "cuda/call.h"

/** A launcher that looks its kernel up by name when it is first called, and hands it to `start(call, kernel)`. */
#define NABLA_LAUNCHER(name, start)              \
  [](const ::nabla::cuda::Call& call) -> bool {  \
    static ::nabla::cuda::Kernel kernel(name);   \
    return start(call, kernel);                  \
  }

namespace nabla::cuda {

/** The kernels of one subject for each type of element; what is true or false is moved as bytes are. */
struct OfTypes {
  Kernel f32, f64, i32, u8;

  Kernel& of(DType dtype) {
    switch (dtype) {
      case DType::Float32: return f32;
      case DType::Float64: return f64;
      case DType::Int32: return i32;
      case DType::UInt8:
      case DType::Bool: return u8;
    }
    return u8;
  }
};

class LauncherTable {
 public:
  LauncherTable();
  /** Enters the launcher of an op for a type. A name that no op has is a misprint here: it ends the process. */
  void set(const char* op, DType dtype, Launcher launcher);
  void set_floats(const char* op, Launcher single, Launcher twice) {
    set(op, DType::Float32, single);
    set(op, DType::Float64, twice);
  }
  Launcher get(OpCode op, DType dtype) const { return launchers_[static_cast<size_t>(op)][static_cast<size_t>(dtype)]; }

 private:
  std::vector<std::array<Launcher, kDTypeCount>> launchers_;
};

void register_advanced_indexing(LauncherTable& table);
void register_elementwise(LauncherTable& table);
void register_convolution(LauncherTable& table);
void register_copy(LauncherTable& table);
void register_creation(LauncherTable& table);
void register_cumulative(LauncherTable& table);
void register_finding(LauncherTable& table);
void register_fourier(LauncherTable& table);
void register_indexing(LauncherTable& table);
void register_linalg_cholesky(LauncherTable& table);
void register_linalg_eigh(LauncherTable& table);
void register_linalg_least_squares(LauncherTable& table);
void register_linalg_lu(LauncherTable& table);
void register_linalg_qr(LauncherTable& table);
void register_linalg_triangle(LauncherTable& table);
void register_losses(LauncherTable& table);
void register_optimisers(LauncherTable& table);
void register_permutation(LauncherTable& table);
void register_pooling(LauncherTable& table);
void register_products(LauncherTable& table);
void register_random(LauncherTable& table);
void register_recurrent(LauncherTable& table);
void register_reductions(LauncherTable& table);
void register_sequence_loss(LauncherTable& table);
void register_softmax(LauncherTable& table);
void register_sorting(LauncherTable& table);
void register_standardize(LauncherTable& table);
void register_windows(LauncherTable& table);

}  // namespace nabla::cuda
