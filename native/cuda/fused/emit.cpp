#include "cuda/fused/emit.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "core/op_codes.h"
#include "cuda/call.h"
#include "cuda/fused/draws.h"
#include "cuda/fused/library.h"
#include "cuda/fused/operations.h"
#include "cuda/fused/parameters.h"
#include "cuda/fused/reduction.h"

namespace nabla::cuda {
namespace {

constexpr int kPack = 4;

using Lanes = std::vector<std::string>;

/** An operand's place in memory as the kernel needs it. */
struct Place {
  DType dtype = DType::Float32;
  int64_t strides[kMaxRank] = {};
  /** The register of its first byte. */
  std::string base;
};

std::string text_of(size_t number) { return std::to_string(number); }

/** Adds the numbers that a kernel is given for one call: plain ones among its operands, then attributes. */
void add_numbers(const TileCall& call, std::vector<double>& numbers) {
  const OpCall& op = call.resolved.call;
  for (int i = 0; i < op.input_count; ++i) {
    if ((call.resolved.immediates >> i & 1) != 0) numbers.push_back(number_value(op.operands[i]));
  }
  const std::string name = kOpNames[call.resolved.op];
  // Which dimensions a reduction goes over is seen from where its result lies.
  if (can_reduce(name, op.operands[0].dtype, op.output(0).dtype)) return;
  if (is_draw(name)) add_draw_numbers(name, op, numbers);
  else numbers.insert(numbers.end(), op.attributes, op.attributes + op.attribute_count);
}

class Emitter {
 public:
  explicit Emitter(const TileGroup& group)
      : group_(group), reduction_(reduction_of(group)), places_(static_cast<size_t>(group.place_count)) {
    for (const TileCall& call : group.calls) {
      const OpCall& op = call.resolved.call;
      for (int i = 0; i < op.input_count + op.output_count; ++i) {
        const TileOperand& where = call.operands[i];
        if (where.place < 0) continue;
        Place& place = places_[static_cast<size_t>(where.place)];
        place.dtype = op.operands[i].dtype;
        std::copy_n(where.strides, group.rank, place.strides);
      }
    }
    flat_ = group.rank == 1 && std::all_of(places_.begin(), places_.end(), [](const Place& p) { return p.strides[0] == 0 || p.strides[0] == 1; });
  }

  bool flat() const { return flat_; }

  std::string module() {
    read_parameters();
    if (reduction_) {
      reduce();
    } else {
      if (flat_) loop("PACKS", "PACKS_DONE", packs_, kPack);
      loop("ELEMENTS", "DONE", count_, 1);
    }
    to_.line("ret;");
    return ptx_head() + definitions_of(functions_) + ".visible .entry " + kFusedKernelName + "(.param .align 8 .b8 p[" +
           text_of(sizeof(FusedParameters)) + "])\n.maxntid 256, 1, 1\n{\n" + to_.registers() +
           (reduction_ ? memory_of(*reduction_) : "") + to_.text() + "}\n";
  }

 private:
  void load(const std::string& type, const std::string& to, size_t offset) {
    to_.line("ld.param." + type + " " + to + ", [p+" + text_of(offset) + "];");
  }
  std::string whole() { return to_.fresh(Word::I32); }

  void read_parameters() {
    count_ = whole();
    packs_ = whole();
    load("u32", count_, offsetof(FusedParameters, count));
    load("u32", packs_, offsetof(FusedParameters, packs));
    for (size_t i = 0; i < places_.size(); ++i) {
      const std::string generic = to_.address();
      places_[i].base = to_.address();
      load("u64", generic, offsetof(FusedParameters, data) + i * sizeof(void*));
      to_.line("cvta.to.global.u64 " + places_[i].base + ", " + generic + ";");
    }
    const size_t numbers = numbers_of(group_).size();
    for (size_t i = 0; i < numbers; ++i) {
      numbers_.push_back(to_.fresh(Word::F64));
      load("f64", numbers_.back(), offsetof(FusedParameters, numbers) + i * sizeof(double));
    }
    read_draws();
    const std::string block = whole(), threads = whole(), thread = whole(), blocks = whole();
    thread_ = whole();
    step_ = whole();
    to_.line("mov.u32 " + block + ", %ctaid.x;");
    to_.line("mov.u32 " + threads + ", %ntid.x;");
    to_.line("mov.u32 " + thread + ", %tid.x;");
    to_.line("mov.u32 " + blocks + ", %nctaid.x;");
    to_.line("mad.lo.s32 " + thread_ + ", " + block + ", " + threads + ", " + thread + ";");
    to_.line("mul.lo.s32 " + step_ + ", " + blocks + ", " + threads + ";");
  }

  /** Where the numbers of each call begin, and the streams of those that draw. */
  void read_draws() {
    std::vector<double> before;
    for (const TileCall& call : group_.calls) {
      first_numbers_.push_back(before.size());
      add_numbers(call, before);
      const std::string name = kOpNames[call.resolved.op];
      const size_t inputs = (call.resolved.immediates & 1) != 0 ? 1 : 0;
      draws_.push_back(is_draw(name) ? read_draw(to_, name, numbers_, first_numbers_.back() + inputs) : Draw{});
    }
  }

  /** Each thread takes numbers below `end`, a whole grid apart: packs of elements, or the elements behind them one by one. */
  void loop(const std::string& begin, const std::string& done, const std::string& end, int lanes) {
    const std::string i = whole(), p = to_.predicate();
    if (lanes == kPack) to_.line("mov.b32 " + i + ", " + thread_ + ";");
    else to_.line("mad.lo.s32 " + i + ", " + packs_ + ", " + text_of(kPack) + ", " + thread_ + ";");
    to_.label(begin);
    to_.line("setp.ge.u32 " + p + ", " + i + ", " + end + ";");
    to_.line("@" + p + " bra " + done + ";");
    body(i, lanes);
    to_.line("add.s32 " + i + ", " + i + ", " + step_ + ";");
    to_.line("bra " + begin + ";");
    to_.label(done);
  }

  void reduce() {
    const std::string results = whole(), elements = whole();
    load("u32", results, offsetof(FusedParameters, results));
    load("u32", elements, offsetof(FusedParameters, reduced));
    const auto value = [&](const std::string& number) {
      body(number, 1);
      return reduced_;
    };
    const auto store = [&](const std::string& result, const std::string& sum) {
      const TileOperand& where = group_.calls.back().operands[1];
      if (where.place < 0) return;
      const std::string offset = to_.address(), address = to_.address();
      to_.line("mul.wide.u32 " + offset + ", " + result + ", " + text_of(sizeof(float)) + ";");
      to_.line("add.s64 " + address + ", " + places_[static_cast<size_t>(where.place)].base + ", " + offset + ";");
      to_.line("st.global.f32 [" + address + "], " + sum + ";");
    };
    write_reduction(to_, *reduction_, results, elements, value, store);
  }

  void body(const std::string& number, int lanes) {
    known_.clear();
    buffers_.clear();
    addresses_.assign(places_.size(), "");
    if (flat_) find_flat(number, lanes);
    else find_strided(number);
    for (size_t c = 0; c < group_.calls.size(); ++c) {
      const TileCall& call = group_.calls[c];
      const OpCall& op = call.resolved.call;
      const char* const name = kOpNames[call.resolved.op];
      if (reduction_ && c + 1 == group_.calls.size()) {
        reduced_ = read(call.operands[0], DType::Float32, lanes)[0];
        return;
      }
      size_t next_number = first_numbers_[c];
      Lanes inputs[3];
      for (int i = 0; i < op.input_count; ++i) {
        const bool immediate = (call.resolved.immediates >> i & 1) != 0;
        inputs[i] = immediate ? Lanes(static_cast<size_t>(lanes), convert_number(to_, op.operands[i].dtype, numbers_[next_number++]))
                              : read(call.operands[i], op.operands[i].dtype, lanes);
      }
      Lanes result;
      if (is_draw(name)) {
        std::string pack = number;
        if (lanes == 1) to_.line("shr.u32 " + (pack = whole()) + ", " + number + ", 2;");
        const DrawnWords words = write_words(to_, draws_[c], pack);
        for (int lane = 0; lane < lanes; ++lane) {
          const std::string probability = op.input_count == 0 ? "" : inputs[0][static_cast<size_t>(lane)];
          result.push_back(write_draw(to_, name, op, draws_[c], words, lanes == 1 ? -1 : lane, number, probability, functions_));
        }
        write(call.operands[op.input_count], op.output(0).dtype, result, lanes);
        continue;
      }
      ElementOperands element;
      for (int i = 0; i < op.attribute_count; ++i) element.attributes[i] = numbers_[next_number++];
      for (size_t lane = 0; lane < static_cast<size_t>(lanes); ++lane) {
        for (int i = 0; i < op.input_count; ++i) element.inputs[i] = inputs[i][lane];
        std::string function;
        result.push_back(write_operation(to_, name, op, element, function));
        if (!function.empty()) functions_.insert(function);
      }
      write(call.operands[op.input_count], op.output(0).dtype, result, lanes);
    }
  }

  static const char* memory_type(DType dtype) {
    switch (word_of(dtype)) {
      case Word::F32: return "f32";
      case Word::F64: return "f64";
      case Word::I32: return "b32";
      case Word::U8: return "u8";
    }
    return "";
  }

  void find_flat(const std::string& number, int lanes) {
    for (size_t i = 0; i < places_.size(); ++i) {
      const Place& place = places_[i];
      if (place.strides[0] == 0) {
        addresses_[i] = place.base;
        continue;
      }
      const std::string offset = to_.address();
      addresses_[i] = to_.address();
      to_.line("mul.wide.u32 " + offset + ", " + number + ", " + text_of(byte_size(place.dtype) * static_cast<size_t>(lanes)) + ";");
      to_.line("add.s64 " + addresses_[i] + ", " + place.base + ", " + offset + ";");
    }
  }

  /** True where elements lie in the order of their numbers. */
  bool lies_in_order(const Place& place) const {
    int64_t step = 1;
    for (int d = group_.rank - 1; d >= 0; --d) {
      if (place.strides[d] != step) return false;
      step *= group_.sizes[d];
    }
    return true;
  }

  /** The index along each dimension, from the last one up, by a multiplication each (kernels/divider.h). */
  void find_strided(const std::string& number) {
    std::vector<std::string> offsets(places_.size());
    std::string left = number;
    for (int d = group_.rank - 1; d >= 0; --d) {
      std::string index = left;
      if (d > 0) {
        const size_t divider = offsetof(FusedParameters, sizes) + static_cast<size_t>(d) * sizeof(Divider);
        const std::string size = whole(), magic = whole(), shift = whole(), outer = whole(), inside = whole();
        load("u32", size, divider + offsetof(Divider, divisor));
        load("u32", magic, divider + offsetof(Divider, magic));
        load("u32", shift, divider + offsetof(Divider, shift));
        to_.line("mul.hi.u32 " + outer + ", " + left + ", " + magic + ";");
        to_.line("add.s32 " + outer + ", " + outer + ", " + left + ";");
        to_.line("shr.u32 " + outer + ", " + outer + ", " + shift + ";");
        index = whole();
        to_.line("mul.lo.s32 " + inside + ", " + outer + ", " + size + ";");
        to_.line("sub.s32 " + index + ", " + left + ", " + inside + ";");
        left = outer;
      }
      const std::string wide = to_.address();
      to_.line("cvt.u64.u32 " + wide + ", " + index + ";");
      for (size_t i = 0; i < places_.size(); ++i) {
        if (places_[i].strides[d] == 0 || lies_in_order(places_[i])) continue;
        const std::string stride = to_.address(), part = to_.address();
        load("u64", stride, offsetof(FusedParameters, strides) + (i * kFusedDimensions + static_cast<size_t>(d)) * sizeof(int64_t));
        to_.line("mul.lo.s64 " + part + ", " + wide + ", " + stride + ";");
        if (!offsets[i].empty()) to_.line("add.s64 " + part + ", " + part + ", " + offsets[i] + ";");
        offsets[i] = part;
      }
    }
    for (size_t i = 0; i < places_.size(); ++i) {
      addresses_[i] = places_[i].base;
      if (lies_in_order(places_[i])) {
        const std::string bytes = to_.address();
        addresses_[i] = to_.address();
        to_.line("mul.wide.u32 " + bytes + ", " + number + ", " + text_of(byte_size(places_[i].dtype)) + ";");
        to_.line("add.s64 " + addresses_[i] + ", " + places_[i].base + ", " + bytes + ";");
      }
      if (offsets[i].empty()) continue;
      const std::string bytes = to_.address();
      addresses_[i] = to_.address();
      to_.line("mul.lo.s64 " + bytes + ", " + offsets[i] + ", " + text_of(byte_size(places_[i].dtype)) + ";");
      to_.line("add.s64 " + addresses_[i] + ", " + places_[i].base + ", " + bytes + ";");
    }
  }

  Lanes read(const TileOperand& where, DType dtype, int lanes) {
    if (where.place < 0) return buffers_[where.buffer];
    const auto known = known_.find(where.place);
    if (known != known_.end()) return known->second;
    const bool repeated = flat_ && places_[static_cast<size_t>(where.place)].strides[0] == 0;
    Lanes result;
    if (lanes == 1 || repeated) {
      result.assign(static_cast<size_t>(lanes), to_.fresh(word_of(dtype)));
      to_.line(std::string("ld.global.") + memory_type(dtype) + " " + result[0] + ", [" + address(where) + "];");
    } else {
      for (int lane = 0; lane < lanes; ++lane) result.push_back(to_.fresh(word_of(dtype)));
      move_pack("ld", where, dtype, result);
    }
    known_[where.place] = result;
    return result;
  }

  void write(const TileOperand& where, DType dtype, const Lanes& values, int lanes) {
    if (where.place < 0) {
      buffers_[where.buffer] = values;
      return;
    }
    if (lanes == 1) to_.line(std::string("st.global.") + memory_type(dtype) + " [" + address(where) + "], " + values[0] + ";");
    else move_pack("st", where, dtype, values);
    known_[where.place] = values;
  }

  /** Four elements: 16 bytes at a time are the most that one instruction moves. */
  void move_pack(const std::string& instruction, const TileOperand& where, DType dtype, const Lanes& values) {
    const size_t together = byte_size(dtype) == 8 ? 2 : kPack;
    for (size_t first = 0; first < kPack; first += together) {
      std::string list = values[first];
      for (size_t i = 1; i < together; ++i) list += ", " + values[first + i];
      const std::string vector = "{" + list + "}", memory = "[" + address(where) + "+" + text_of(first * byte_size(dtype)) + "]";
      to_.line(instruction + ".global.v" + text_of(together) + "." + memory_type(dtype) + " " +
               (instruction == "ld" ? vector + ", " + memory : memory + ", " + vector) + ";");
    }
  }

  const std::string& address(const TileOperand& where) const { return addresses_[static_cast<size_t>(where.place)]; }

  const TileGroup& group_;
  std::optional<Reduction> reduction_;
  Writer to_;
  std::vector<Place> places_;
  bool flat_ = false;
  std::string count_, packs_, thread_, step_;
  /** What a reduction takes of one element. */
  std::string reduced_;
  std::vector<std::string> numbers_, addresses_;
  std::vector<size_t> first_numbers_;
  std::vector<Draw> draws_;
  /** What a place, or a value that never reaches memory, holds at this point of the chain. */
  std::map<int, Lanes> known_, buffers_;
  std::set<std::string> functions_;
};

}  // namespace

std::vector<double> numbers_of(const TileGroup& group) {
  std::vector<double> numbers;
  for (const TileCall& call : group.calls) add_numbers(call, numbers);
  return numbers;
}

bool write_fused(const TileGroup& group, FusedKernel& kernel, std::string& why) {
  int64_t count = 1;
  for (int d = 0; d < group.rank; ++d) count *= group.sizes[d];
  if (group.place_count > kFusedPlaces || numbers_of(group).size() > kFusedNumbers || count >= int64_t{1} << 31) {
    why = "a chain is too long for one kernel";
    return false;
  }
  for (const TileCall& call : group.calls) {
    const OpCall& op = call.resolved.call;
    const char* name = kOpNames[call.resolved.op];
    if (&call == &group.calls.back() && group.calls.size() > 1 && reduction_of(group)) continue;
    if (op.input_count <= 3 && op.output_count == 1 && (op.attribute_count <= 2 || is_draw(name)) && can_fuse(name, op.operands[0].dtype, op.output(0).dtype)) continue;
    why = std::string("no fused kernel has ") + name;
    return false;
  }
  Emitter emitter(group);
  kernel.flat = emitter.flat();
  kernel.text = emitter.module();
  return true;
}

}  // namespace nabla::cuda
