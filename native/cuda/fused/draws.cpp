#include "cuda/fused/draws.h"

#include <cmath>

#include "core/philox.h"

namespace nabla::cuda {
namespace {

std::string literal(uint32_t number) { return std::to_string(number); }

/** The lower bit of a number, or the one above it, as a predicate. */
std::string test_bit(Writer& to, const std::string& number, uint32_t bit) {
  const std::string masked = to.fresh(Word::I32), p = to.predicate();
  to.line("and.b32 " + masked + ", " + number + ", " + literal(bit) + ";");
  to.line("setp.ne.s32 " + p + ", " + masked + ", 0;");
  return p;
}

std::string choose(Writer& to, Word word, const std::string& p, const std::string& then, const std::string& otherwise) {
  const std::string result = to.fresh(word);
  to.line(std::string("selp.") + (word == Word::F32 ? "f32 " : "s32 ") + result + ", " + then + ", " + otherwise + ", " + p + ";");
  return result;
}

std::string uniform(Writer& to, const Draw& draw, const std::string& word) {
  const std::string bits = to.fresh(Word::I32), whole = to.fresh(Word::F32), unit = to.fresh(Word::F32), wide = to.fresh(Word::F32),
                    value = to.fresh(Word::F32), p = to.predicate();
  to.line("shr.u32 " + bits + ", " + word + ", 8;");
  to.line("cvt.rn.f32.u32 " + whole + ", " + bits + ";");
  to.line("mul.rn.f32 " + unit + ", " + whole + ", 0f33800000;");  // 2^-24
  to.line("mul.rn.f32 " + wide + ", " + unit + ", " + draw.limits[1] + ";");
  to.line("add.rn.f32 " + value + ", " + wide + ", " + draw.limits[0] + ";");
  to.line("setp.gt.f32 " + p + ", " + value + ", " + draw.limits[2] + ";");
  return choose(to, Word::F32, p, draw.limits[2], value);
}

std::string bernoulli(Writer& to, const OpCall& call, const std::string& word, std::string probability) {
  const std::string whole = to.fresh(Word::F64), unit = to.fresh(Word::F64), p = to.predicate(), on = to.fresh(Word::U8);
  if (word_of(call.input(0).dtype) == Word::F32) {
    const std::string wide = to.fresh(Word::F64);
    to.line("cvt.f64.f32 " + wide + ", " + probability + ";");
    probability = wide;
  }
  to.line("cvt.rn.f64.u32 " + whole + ", " + word + ";");
  to.line("mul.rn.f64 " + unit + ", " + whole + ", 0d3DF0000000000000;");  // 2^-32
  to.line("setp.lt.f64 " + p + ", " + unit + ", " + probability + ";");
  to.line("selp.s32 " + on + ", 1, 0, " + p + ";");
  const Word made = word_of(call.output(0).dtype);
  if (made != Word::F32 && made != Word::F64) return on;
  const std::string result = to.fresh(made);
  to.line(std::string("cvt.rn.") + (made == Word::F32 ? "f32" : "f64") + ".s32 " + result + ", " + on + ";");
  return result;
}

}  // namespace

bool is_draw(const std::string& op) { return op == "uniform" || op == "normal" || op == "bernoulli"; }

bool can_draw(const std::string& op, DType first, DType output) {
  // Of float64 a block makes two elements: they have kernels of their own.
  if (op != "bernoulli") return output == DType::Float32;
  return first == DType::Float32 || first == DType::Float64;
}

void add_draw_numbers(const std::string& op, const OpCall& call, std::vector<double>& numbers) {
  const double* a = call.attributes;
  numbers.insert(numbers.end(), {a[0], a[1], a[2]});
  if (op == "uniform") {
    const auto from = static_cast<float>(a[3]), to = static_cast<float>(a[4]);
    // from + u * width may round up to `to`, which does not belong to the interval.
    numbers.insert(numbers.end(), {from, to - from, to > from ? std::nextafterf(to, from) : from});
  } else if (op == "normal") {
    numbers.insert(numbers.end(), {a[3], a[4]});
  }
}

Draw read_draw(Writer& to, const std::string& op, const std::vector<std::string>& numbers, size_t at) {
  Draw draw;
  draw.seed_low = to.fresh(Word::I32);
  draw.seed_high = to.fresh(Word::I32);
  draw.first_block = to.address();
  to.line("cvt.rzi.u32.f64 " + draw.seed_low + ", " + numbers[at] + ";");
  to.line("cvt.rzi.u32.f64 " + draw.seed_high + ", " + numbers[at + 1] + ";");
  to.line("cvt.rzi.u64.f64 " + draw.first_block + ", " + numbers[at + 2] + ";");
  const size_t limits = op == "uniform" ? 3 : op == "normal" ? 2 : 0;
  for (size_t i = 0; i < limits; ++i) draw.limits[i] = op == "uniform" ? convert_number(to, DType::Float32, numbers[at + 3 + i]) : numbers[at + 3 + i];
  return draw;
}

DrawnWords write_words(Writer& to, const Draw& draw, const std::string& block) {
  const std::string wide = to.address(), number = to.address(), above = to.address();
  const auto instruction = [&to](const std::string& name, const std::string& arguments) {
    const std::string result = to.fresh(Word::I32);
    to.line(name + " " + result + ", " + arguments + ";");
    return result;
  };
  to.line("cvt.u64.u32 " + wide + ", " + block + ";");
  to.line("add.s64 " + number + ", " + wide + ", " + draw.first_block + ";");
  to.line("shr.u64 " + above + ", " + number + ", 32;");
  std::string c[4] = {instruction("cvt.u32.u64", number), instruction("cvt.u32.u64", above), "0", "0"};
  std::string key[2] = {draw.seed_low, draw.seed_high};
  const std::string multipliers[2] = {literal(kPhiloxMultiplier0), literal(kPhiloxMultiplier1)}, steps[2] = {literal(kPhiloxWeyl0), literal(kPhiloxWeyl1)};
  for (int round = 0; round < kPhiloxRounds; ++round) {
    std::string high[2], low[2];
    for (int i = 0; i < 2; ++i) {
      // In the first round one of the two factors is 0.
      if (c[2 * i] == "0") {
        high[i] = low[i] = c[2 * i];
        continue;
      }
      high[i] = instruction("mul.hi.u32", c[2 * i] + ", " + multipliers[i]);
      low[i] = instruction("mul.lo.u32", c[2 * i] + ", " + multipliers[i]);
    }
    const auto mixed = [&](const std::string& a, const std::string& b, const std::string& k) {
      const std::string other = a == "0" ? b : b == "0" ? a : instruction("xor.b32", a + ", " + b);
      return instruction("xor.b32", other + ", " + k);
    };
    const std::string next0 = mixed(high[1], c[1], key[0]), next2 = mixed(high[0], c[3], key[1]);
    c[1] = low[1];
    c[3] = low[0];
    c[0] = next0;
    c[2] = next2;
    if (round + 1 == kPhiloxRounds) break;
    for (int i = 0; i < 2; ++i) key[i] = instruction("add.u32", key[i] + ", " + steps[i]);
  }
  return {{c[0], c[1], c[2], c[3]}};
}

std::string write_draw(Writer& to, const std::string& op, const OpCall& call, const Draw& draw, const DrawnWords& words, int lane,
                       const std::string& element, const std::string& probability, std::set<std::string>& functions) {
  if (op == "normal") {
    std::string first, second;
    if (lane >= 0) {
      first = words.of[lane & 2];
      second = words.of[(lane & 2) + 1];
    } else {
      const std::string later = test_bit(to, element, 2);
      first = choose(to, Word::I32, later, words.of[2], words.of[0]);
      second = choose(to, Word::I32, later, words.of[3], words.of[1]);
    }
    const auto of_pair = [&](const char* name) {
      functions.insert(name);
      return write_function(to, name, Word::I32, Word::F32, 2, {{first, second, ""}, {draw.limits[0], draw.limits[1]}});
    };
    if (lane >= 0) return of_pair(lane % 2 == 0 ? "nabla_normalFirst_f32" : "nabla_normalSecond_f32");
    const std::string one = of_pair("nabla_normalFirst_f32"), other = of_pair("nabla_normalSecond_f32");
    return choose(to, Word::F32, test_bit(to, element, 1), other, one);
  }
  std::string word;
  if (lane >= 0) {
    word = words.of[lane];
  } else {
    const std::string odd = test_bit(to, element, 1);
    const std::string lower = choose(to, Word::I32, odd, words.of[1], words.of[0]), upper = choose(to, Word::I32, odd, words.of[3], words.of[2]);
    word = choose(to, Word::I32, test_bit(to, element, 2), upper, lower);
  }
  return op == "uniform" ? uniform(to, draw, word) : bernoulli(to, call, word, probability);
}

}  // namespace nabla::cuda
