// What a fused kernel knows to do with one element: by an instruction or two of PTX, or by one of the functions.
#pragma once

#include <string>

#include "core/dtype.h"
#include "core/op_call.h"

namespace nabla::cuda {

/** The types that registers have; a flag is a byte. */
enum class Word : int { F32 = 0, F64 = 1, I32 = 2, U8 = 3 };
Word word_of(DType dtype);

/** True when a chain may hold a call of this op with first operand (of one without inputs: output) and output of these types. */
bool can_fuse(const std::string& op, DType first, DType output);

/** Writes instructions, and gives out registers. */
class Writer {
 public:
  std::string fresh(Word word);
  std::string address();
  std::string predicate();
  void line(const std::string& text) { text_ += "  " + text + "\n"; }
  void label(const std::string& name) { text_ += name + ":\n"; }
  const std::string& text() const { return text_; }
  /** Declarations of all registers given out. */
  std::string registers() const;

 private:
  std::string text_;
  int counts_[4] = {}, addresses_ = 0, predicates_ = 0;
};

/** A number in a register of 64 bits as an element of a type. */
std::string convert_number(Writer& to, DType dtype, const std::string& number);

/** One element's operands: registers of the inputs and (as doubles) of the first two attributes. */
struct ElementOperands {
  std::string inputs[3];
  std::string attributes[2];
};

/**
 * Writes what an op does with one element, which can_fuse must have taken; returns the register of the result.
 * @param function receives the name of the function that is called, if one is.
 */
std::string write_operation(Writer& to, const std::string& op, const OpCall& call, const ElementOperands& operands, std::string& function);

/** Writes a call of a function of functions.cu on one or two elements of a type; returns the register of the result. */
std::string write_function(Writer& to, const std::string& name, Word word, Word result_word, int inputs, const ElementOperands& operands);

}  // namespace nabla::cuda
