#include "cuda/fused/operations.h"

#include <map>
#include <set>

#include "cuda/fused/draws.h"
#include "cuda/kernels/elementwise_table.h"

namespace nabla::cuda {
namespace {

const char* suffix(Word word) {
  constexpr const char* kSuffixes[] = {"f32", "f64", "i32", "u8"};
  return kSuffixes[static_cast<int>(word)];
}

/** How instructions name the type. */
const char* type_name(Word word) {
  constexpr const char* kNames[] = {"f32", "f64", "s32", "s32"};
  return kNames[static_cast<int>(word)];
}

bool is_float(Word word) { return word == Word::F32 || word == Word::F64; }
const char* zero(Word word) { return word == Word::F32 ? "0f00000000" : word == Word::F64 ? "0d0000000000000000" : "0"; }
const char* one(Word word) { return word == Word::F32 ? "0f3F800000" : word == Word::F64 ? "0d3FF0000000000000" : "1"; }

/** All that functions.cu has, as op_type. */
const std::set<std::string>& functions() {
  static const std::set<std::string> names = {
#define NABLA_NAME(op, Function, type) #op "_" #type,
      NABLA_UNARY_OPS(NABLA_NAME) NABLA_BINARY_OPS(NABLA_NAME) NABLA_COMPARISON_OPS(NABLA_NAME)
#undef NABLA_NAME
  };
  return names;
}

/** Comparisons by instruction; of what is no number only "not equal" is true. */
const std::map<std::string, const char*> kComparisons = {{"eq", "eq"}, {"ne", "neu"}, {"lt", "lt"}, {"le", "le"}, {"gt", "gt"}, {"ge", "ge"}};

/** Which function answers for an op: of two flags the larger is "or", the smaller "and". */
std::string function_of(const std::string& op, DType first) {
  std::string name = op;
  if (first == DType::Bool && op == "add") name = "maximum";
  if (first == DType::Bool && op == "mul") name = "minimum";
  return name + "_" + suffix(word_of(first));
}

bool can_convert(Word from, DType to) {
  if (to == DType::Bool) return true;
  // A byte of a fraction, or of a larger number, is left to the kernel that copies.
  return word_of(to) != Word::U8 || from == Word::U8;
}

std::string convert(Writer& to, Word from, DType dtype, const std::string& x) {
  const Word word = word_of(dtype);
  const std::string result = to.fresh(word);
  if (dtype == DType::Bool) {
    const std::string p = to.predicate();
    to.line(std::string("setp.") + (is_float(from) ? "neu." : "ne.") + type_name(from) + " " + p + ", " + x + ", " + zero(from) + ";");
    to.line("selp.s32 " + result + ", 1, 0, " + p + ";");
  } else if (from == word || (!is_float(from) && !is_float(word))) {
    to.line(std::string("mov.") + (is_float(word) ? type_name(word) : "b32") + " " + result + ", " + x + ";");
  } else {
    const char* rounding = is_float(from) ? (is_float(word) ? (word == Word::F32 ? ".rn" : "") : ".rzi") : ".rn";
    to.line(std::string("cvt") + rounding + "." + type_name(word) + "." + type_name(from) + " " + result + ", " + x + ";");
  }
  return result;
}

/** What takes an instruction or two; empty where a function is called. */
std::string write_short(Writer& to, const std::string& op, Word word, const ElementOperands& operands) {
  const std::string t = type_name(word);
  const std::string& a = operands.inputs[0];
  const std::string& b = operands.inputs[1];
  const auto instruction = [&](const std::string& name, const std::string& arguments) {
    const std::string result = to.fresh(word);
    to.line(name + " " + result + ", " + arguments + ";");
    return result;
  };
  const auto choose = [&](const std::string& p, const std::string& then, const std::string& otherwise) {
    return instruction("selp." + t, then + ", " + otherwise + ", " + p);
  };
  const auto test = [&](const std::string& how, const std::string& x, const std::string& y) {
    const std::string p = to.predicate();
    to.line("setp." + how + "." + t + " " + p + ", " + x + ", " + y + ";");
    return p;
  };
  if (word != Word::U8) {
    const std::string rounded = is_float(word) ? ".rn." + t : "." + t;
    if (op == "add" || op == "sub") return instruction(op + rounded, a + ", " + b);
    if (op == "mul") return instruction((is_float(word) ? "mul.rn." : "mul.lo.") + t, a + ", " + b);
    const auto comparison = kComparisons.find(op);
    if (comparison != kComparisons.end()) {
      const std::string p = test(!is_float(word) && op == "ne" ? "ne" : comparison->second, a, b), result = to.fresh(Word::U8);
      to.line("selp.s32 " + result + ", 1, 0, " + p + ";");
      return result;
    }
  }
  if (!is_float(word)) return "";
  // "rn" also keeps the compiler from making one rounding of a product and a sum.
  if (op == "div") return instruction("div.rn." + t, a + ", " + b);
  if (op == "neg" || op == "abs") return instruction(op + "." + t, a);
  if (op == "sqrt") return instruction("sqrt.rn." + t, a);
  if (op == "square") return instruction("mul.rn." + t, a + ", " + a);
  if (op == "reciprocal") return instruction("rcp.rn." + t, a);
  if (op == "relu") return choose(test("lt", a, zero(word)), zero(word), a);
  if (op == "reluBackward") return choose(test("le", b, zero(word)), zero(word), a);
  if (op == "maximum" || op == "minimum") {
    const std::string first = test(op == "maximum" ? "gt" : "lt", a, b), unordered = test("nan", a, a), p = to.predicate();
    to.line("or.pred " + p + ", " + first + ", " + unordered + ";");
    return choose(p, a, b);
  }
  if (op == "tanhBackward") {
    const std::string square = instruction("mul.rn." + t, b + ", " + b);
    return instruction("mul.rn." + t, a + ", " + instruction("sub.rn." + t, std::string(one(word)) + ", " + square));
  }
  if (op == "sigmoidBackward") {
    const std::string rest = instruction("sub.rn." + t, std::string(one(word)) + ", " + b);
    return instruction("mul.rn." + t, a + ", " + instruction("mul.rn." + t, rest + ", " + b));
  }
  return "";
}

}  // namespace

Word word_of(DType dtype) {
  switch (dtype) {
    case DType::Float32: return Word::F32;
    case DType::Float64: return Word::F64;
    case DType::Int32: return Word::I32;
    case DType::UInt8:
    case DType::Bool: return Word::U8;
  }
  return Word::U8;
}

bool can_fuse(const std::string& op, DType first, DType output) {
  if (is_draw(op)) return can_draw(op, first, output);
  if (op == "fill") return true;
  if (op == "copy") return can_convert(word_of(first), output);
  if (op == "where" || op == "logicalNot") return true;
  // The limits of whole numbers are rounded by the host.
  if (op == "clamp" && !is_float(word_of(first))) return false;
  return functions().count(function_of(op, first)) != 0;
}

std::string Writer::fresh(Word word) {
  constexpr const char* kLetters[] = {"%f", "%d", "%r", "%r"};
  const int which = word == Word::U8 ? static_cast<int>(Word::I32) : static_cast<int>(word);
  return kLetters[which] + std::to_string(counts_[which]++);
}
std::string Writer::address() { return "%l" + std::to_string(addresses_++); }
std::string Writer::predicate() { return "%p" + std::to_string(predicates_++); }

std::string Writer::registers() const {
  const auto declare = [](const char* type, const char* name, int count) {
    return count == 0 ? std::string() : std::string("  .reg .") + type + " %" + name + "<" + std::to_string(count) + ">;\n";
  };
  return declare("f32", "f", counts_[0]) + declare("f64", "d", counts_[1]) + declare("b32", "r", counts_[2]) +
         declare("b64", "l", addresses_) + declare("pred", "p", predicates_);
}

std::string convert_number(Writer& to, DType dtype, const std::string& number) {
  // A byte among a call's operands is whole and inside its range.
  return dtype == DType::UInt8 ? convert(to, Word::F64, DType::Int32, number) : convert(to, Word::F64, dtype, number);
}

std::string write_function(Writer& to, const std::string& name, Word word, Word result_word, int inputs, const ElementOperands& operands) {
  const auto bits = [](Word w) { return w == Word::F64 ? ".b64" : ".b32"; };
  const auto type = [](Word w) { return is_float(w) ? std::string(type_name(w)) : std::string("b32"); };
  const std::string result = to.fresh(result_word);
  to.line("{");
  std::string arguments;
  for (int i = 0; i < 2; ++i) {
    const std::string parameter = "attribute" + std::to_string(i);
    const std::string value = operands.attributes[i].empty() ? zero(Word::F64) : operands.attributes[i];
    to.line(".param .b64 " + parameter + ";");
    to.line("st.param.f64 [" + parameter + "], " + value + ";");
    arguments += parameter + ", ";
  }
  for (int i = 0; i < inputs; ++i) {
    const std::string parameter = "element" + std::to_string(i);
    to.line(std::string(".param ") + bits(word) + " " + parameter + ";");
    to.line("st.param." + type(word) + " [" + parameter + "], " + operands.inputs[i] + ";");
    arguments += parameter + (i + 1 < inputs ? ", " : "");
  }
  to.line(std::string(".param ") + bits(result_word) + " result;");
  to.line("call (result), " + name + ", (" + arguments + ");");
  to.line("ld.param." + type(result_word) + " " + result + ", [result];");
  to.line("}");
  return result;
}

std::string write_operation(Writer& to, const std::string& op, const OpCall& call, const ElementOperands& operands, std::string& function) {
  const DType output = call.output(0).dtype;
  if (op == "fill") return convert_number(to, output, operands.attributes[0]);
  const DType first = call.input(0).dtype;
  const Word word = word_of(first);
  if (op == "copy") return convert(to, word, output, operands.inputs[0]);
  if (op == "where") {
    const Word chosen = word_of(output);
    const std::string p = to.predicate(), result = to.fresh(chosen);
    to.line("setp.ne.s32 " + p + ", " + operands.inputs[0] + ", 0;");
    to.line(std::string("selp.") + type_name(chosen) + " " + result + ", " + operands.inputs[1] + ", " + operands.inputs[2] + ", " + p + ";");
    return result;
  }
  if (op == "logicalNot") {
    const std::string p = to.predicate(), result = to.fresh(Word::U8);
    to.line(std::string("setp.eq.") + type_name(word) + " " + p + ", " + operands.inputs[0] + ", " + zero(word) + ";");
    to.line("selp.s32 " + result + ", 1, 0, " + p + ";");
    return result;
  }
  const std::string result = write_short(to, op, word, operands);
  if (!result.empty()) return result;
  function = "nabla_" + function_of(op, first);
  return write_function(to, function, word, word_of(output), call.input_count, operands);
}

}  // namespace nabla::cuda
