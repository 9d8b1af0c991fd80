// The text of fused kernels: NVIDIA's assembler takes it for every generation of cards, where it is found, and nothing of it spills
// out of registers. What the kernels compute is compared in test/library/compile, where the fake driver runs the same text.
#include <algorithm>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "check.h"
#include "core/op_codes.h"
#include "cuda/fused/draws.h"
#include "cuda/fused/emit.h"
#include "cuda/fused/library.h"
#include "cuda/fused/operations.h"

using namespace nabla;
using namespace nabla::cuda;

namespace {

/** A chain over one shape: its first places hold inputs, the last one receives what the last call makes. */
class Chain {
 public:
  explicit Chain(std::vector<int64_t> sizes) {
    group_.rank = static_cast<int32_t>(sizes.size());
    std::copy(sizes.begin(), sizes.end(), group_.sizes);
  }

  /** An operand in memory, with these strides. */
  int place(std::vector<int64_t> strides) {
    strides_.push_back(std::move(strides));
    return group_.place_count++;
  }

  /** A call; an operand below 0 is a tile buffer (-1 the first), one of 100 a plain number. */
  void add(const char* op, DType dtype, const std::vector<int>& inputs, int output, DType made, int attributes = 0) {
    TileCall& call = group_.calls.emplace_back();
    const auto name = std::find_if(std::begin(kOpNames), std::end(kOpNames), [&](const char* each) { return std::strcmp(each, op) == 0; });
    call.resolved.op = static_cast<int32_t>(name - std::begin(kOpNames));
    OpCall& record = call.resolved.call;
    record = {};
    record.input_count = static_cast<int32_t>(inputs.size());
    record.output_count = 1;
    record.attribute_count = attributes;
    for (size_t i = 0; i <= inputs.size(); ++i) {
      const int which = i < inputs.size() ? inputs[i] : output;
      const bool condition = std::strcmp(op, "where") == 0 && i == 0;
      Operand& operand = record.operands[i];
      operand.dtype = i == inputs.size() ? made : condition ? DType::Bool : dtype;
      TileOperand& where = call.operands[i];
      where.item_bytes = static_cast<int32_t>(byte_size(operand.dtype));
      if (which == 100) {
        call.resolved.immediates |= 1u << i;
        operand.data = &number_;
      } else if (which < 0) {
        where.buffer = -1 - which;
      } else {
        where.place = which;
        std::copy(strides_[static_cast<size_t>(which)].begin(), strides_[static_cast<size_t>(which)].end(), where.strides);
      }
    }
  }

  const TileGroup& group() const { return group_; }

 private:
  TileGroup group_;
  std::vector<std::vector<int64_t>> strides_;
  double number_ = 0.5;
};

std::string written(const Chain& chain) {
  FusedKernel kernel;
  std::string why;
  CHECK_MESSAGE(write_fused(chain.group(), kernel, why), why);
  return kernel.text;
}

/** Every op that a kernel may hold for a type, each over the one before it. */
std::vector<std::string> all_ops(DType dtype) {
  std::vector<std::string> texts;
  for (const char* op : kOpNames) {
    const std::string name = op;
    if (name == "fill" || name == "copy" || name == "where" || name == "logicalNot" || is_draw(name)) continue;
    const bool test = name == "eq" || name == "ne" || name == "lt" || name == "le" || name == "gt" || name == "ge" || name.starts_with("logical");
    const DType made = test ? DType::Bool : dtype;
    if (!can_fuse(op, dtype, made)) continue;
    // One of them with one input or two is a kernel by itself, so that a misprint names its op.
    static const std::vector<std::string> kOne = {"exp", "log", "log1p", "expm1", "sqrt", "rsqrt", "reciprocal", "sin", "cos", "tanh", "sigmoid",
                                                  "erf", "gelu", "leakyRelu", "elu", "softplus", "softsign", "hardSigmoid", "neg", "abs", "sign",
                                                  "square", "relu", "floor", "ceil", "round", "clamp"};
    const bool one = std::find(kOne.begin(), kOne.end(), name) != kOne.end();
    Chain chain({1000});
    const int x = chain.place({1}), y = chain.place({1});
    chain.add(op, dtype, one ? std::vector<int>{x} : std::vector<int>{x, 100}, -1, made, 2);
    chain.add("copy", made, {-1}, y, DType::Float32);
    texts.push_back(written(chain));
  }
  return texts;
}

/** Each kind of draw, of and into different types, over memory with these strides. */
Chain draws(const std::vector<int64_t>& strides) {
  Chain chain(strides.size() == 1 ? std::vector<int64_t>{600} : std::vector<int64_t>{20, 30});
  const int x = chain.place(strides), noise = chain.place(strides), twice = chain.place(strides), flags = chain.place(strides), y = chain.place(strides);
  chain.add("uniform", DType::Float32, {}, -1, DType::Float32, 5);
  chain.add("bernoulli", DType::Float32, {-1}, flags, DType::Bool, 3);
  chain.add("bernoulli", DType::Float64, {100}, twice, DType::Float64, 3);
  chain.add("normal", DType::Float32, {}, noise, DType::Float32, 5);
  chain.add("mul", DType::Float32, {x, -1}, y, DType::Float32);
  return chain;
}

/** A chain that ends in a sum or mean of a matrix along its last dimension or its first one; what is summed is stored too, or not. */
Chain sums(const char* op, std::vector<int64_t> sizes, bool leading, bool stored) {
  const int64_t columns = sizes[1];
  Chain chain(std::move(sizes));
  const int x = chain.place({columns, 1}), row = chain.place({0, 1}), y = stored ? chain.place({columns, 1}) : -3;
  const int to = chain.place(leading ? std::vector<int64_t>{0, 1} : std::vector<int64_t>{1, 0});
  chain.add("normal", DType::Float32, {}, -1, DType::Float32, 5);
  chain.add("mul", DType::Float32, {x, -1}, -2, DType::Float32);
  chain.add("add", DType::Float32, {-2, row}, -1, DType::Float32);
  chain.add("tanh", DType::Float32, {-1}, y, DType::Float32);
  chain.add(op, DType::Float32, {y}, to, DType::Float32, 2);
  return chain;
}

/** What ptxas says of a text for a card, or nothing where it takes it without a word. */
std::string assembled(const std::string& text, const std::string& architecture) {
  const std::string file = std::string(std::getenv("TMPDIR") == nullptr ? "/tmp" : std::getenv("TMPDIR")) + "/nabla_fused_" + std::to_string(getpid()) + ".ptx";
  std::ofstream(file) << text;
  const std::string command = std::string(std::getenv("NABLA_PTXAS")) + " -v -arch=" + architecture + " " + file + " -o /dev/null 2>&1";
  std::string said;
  FILE* pipe = popen(command.c_str(), "r");
  char line[512];
  while (fgets(line, sizeof line, pipe) != nullptr) said += line;
  const int status = pclose(pipe);
  std::remove(file.c_str());
  // "8 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads"
  constexpr const char* kSpill = " bytes spill stores";
  bool seen = false;
  for (size_t at = said.find(kSpill); at != std::string::npos; at = said.find(kSpill, at + 1)) {
    seen = true;
    if (said[at - 1] != '0' || said[at - 2] != ' ') return said;
  }
  return status == 0 && seen ? "" : said + text;
}

}  // namespace

TEST_THAT("a chain is one module, with packs where its places lie without gaps and without where they do not") {
  Chain flat({1000});
  const int a = flat.place({1}), b = flat.place({0}), c = flat.place({1});
  flat.add("mul", DType::Float32, {a, 100}, -1, DType::Float32);
  flat.add("add", DType::Float32, {-1, b}, -2, DType::Float32);
  flat.add("relu", DType::Float32, {-2}, c, DType::Float32);
  const std::string text = written(flat);
  CHECK(text.starts_with(".version"));
  CHECK(text.find("ld.global.v4.f32") != std::string::npos && text.find("st.global.v4.f32") != std::string::npos);
  Chain turned({10, 20});
  const int d = turned.place({1, 10}), e = turned.place({20, 1});
  turned.add("neg", DType::Float32, {d}, -1, DType::Float32);
  turned.add("abs", DType::Float32, {-1}, e, DType::Float32);
  CHECK(written(turned).find(".v4") == std::string::npos);
}

TEST_THAT("a chain ends in a sum, for which threads meet where several share a result") {
  const auto has = [](const Chain& chain, const char* what) { return written(chain).find(what) != std::string::npos; };
  CHECK(!has(sums("sum", {40, 32}, false, false), "bar.sync") && !has(sums("sum", {32, 40}, true, true), "bar.sync"));
  CHECK(has(sums("sum", {40, 33}, false, false), "MET_16:") && !has(sums("sum", {40, 1024}, false, false), "MET_32:"));
  CHECK(has(sums("mean", {40, 1025}, false, false), "MET_128:") && has(sums("mean", {40, 33}, false, false), "div.rn.f64"));
  CHECK(has(sums("sum", {40, 33}, false, true), "st.global.f32") && !has(sums("sum", {40, 33}, false, true), ".v4"));
}

TEST_THAT("a sum that several blocks would share, or over dimensions that others lie between, is in no chain") {
  Chain apart({3, 4, 5});
  const int x = apart.place({20, 5, 1});
  apart.add("relu", DType::Float32, {x}, -1, DType::Float32);
  apart.add("sum", DType::Float32, {-1}, apart.place({5, 0, 1}), DType::Float32, 2);
  for (const Chain& chain : {apart, sums("sum", {2, 32768}, false, false)}) {
    FusedKernel kernel;
    std::string why;
    CHECK(!write_fused(chain.group(), kernel, why));
    CHECK(why == "no fused kernel has sum");
  }
}

TEST_THAT("a call that no fused kernel has is named") {
  Chain chain({8});
  chain.add("matmul", DType::Float32, {chain.place({1}), 100}, -1, DType::Float32);
  FusedKernel kernel;
  std::string why;
  CHECK(!write_fused(chain.group(), kernel, why));
  CHECK(why == "no fused kernel has matmul");
}

TEST_THAT("a kernel takes those functions along that it calls, and what they use") {
  if (fused_functions().empty()) return;  // this build has no kernels
  const std::string sine = definitions_of({"nabla_sin_f64"});
  CHECK(sine.find("__internal_trig_reduction_slowpathd") != std::string::npos);
  CHECK(sine.find("__cudart_i2opi_d[") != std::string::npos);
  CHECK(sine.find("nabla_cos_f64") == std::string::npos);
  CHECK(definitions_of({"nabla_tanh_f32"}).size() < 4000);
}

TEST_THAT("ptxas takes every kernel for each generation of cards, and keeps it in registers") {
  // test/native names both: the assembler, and what nvcc has made of the functions.
  if (std::getenv("NABLA_PTXAS") == nullptr || fused_functions().empty()) return;
  std::vector<std::string> texts;
  for (const DType dtype : {DType::Float32, DType::Float64, DType::Int32, DType::UInt8, DType::Bool}) {
    for (std::string& text : all_ops(dtype)) texts.push_back(std::move(text));
    // Conversions, a choice, a fill, and gaps in several dimensions.
    Chain chain({6, 5, 4});
    const int x = chain.place({40, 8, 2}), flag = chain.place({20, 4, 1});
    std::vector<int> outputs;
    for (int i = 0; i < 5; ++i) outputs.push_back(chain.place({20, 4, 1}));
    const DType types[] = {DType::Float32, DType::Float64, DType::Int32, DType::UInt8, DType::Bool};
    chain.add("logicalNot", dtype, {x}, flag, DType::Bool);
    chain.add("where", dtype, {flag, x, 100}, -1, dtype);
    for (int i = 0; i < 5; ++i) {
      if (can_fuse("copy", dtype, types[i])) chain.add("copy", dtype, {-1}, outputs[static_cast<size_t>(i)], types[i]);
      else chain.add("fill", types[i], {}, outputs[static_cast<size_t>(i)], types[i], 1);
    }
    texts.push_back(written(chain));
  }
  for (const std::vector<int64_t>& strides : {std::vector<int64_t>{30, 1}, std::vector<int64_t>{1, 20}}) texts.push_back(written(draws(strides)));
  texts.push_back(written(draws({1})));
  for (const int64_t elements : {20, 300, 2000}) {
    for (const bool stored : {false, true}) {
      texts.push_back(written(sums(stored ? "mean" : "sum", {50, elements}, false, stored)));
      texts.push_back(written(sums(stored ? "sum" : "mean", {elements, 50}, true, stored)));
    }
  }
  CHECK(texts.size() > 100);
  // All kernels as one text: the assembler is started once a card.
  std::string together;
  size_t number = 0;
  std::set<std::string> functions;
  for (const std::string& text : texts) {
    const size_t entry = text.find(".visible .entry");
    std::string kernel = text.substr(entry);
    kernel.replace(kernel.find(kFusedKernelName), std::strlen(kFusedKernelName), std::string(kFusedKernelName) + std::to_string(number++));
    for (size_t at = kernel.find("call (result), "); at != std::string::npos; at = kernel.find("call (result), ", at + 1)) {
      functions.insert(kernel.substr(at + 15, kernel.find(',', at + 15) - at - 15));
    }
    together += kernel;
  }
  for (const char* architecture : {"sm_75", "sm_90", "sm_120"}) {
    const std::string said = assembled(ptx_head() + definitions_of(functions) + together, architecture);
    CHECK_MESSAGE(said.empty(), std::string(architecture) + ": " + said.substr(0, 4000));
    CHECK_MESSAGE(assembled(texts.front(), architecture).empty(), assembled(texts.front(), architecture));
  }
  std::printf("assembled %zu kernels for sm_75, sm_90 and sm_120\n", texts.size());
}

TEST_MAIN
