// A program from the words that src/compile/encode.ts writes:
//
//   arguments, numbers, captured storages, [handle]..., results, [bytes]..., calls, checks, groups, steps, [step]...
//   step:    0, call | 1, number, size, operand | 2, group
//   call:    op, inputs, outputs, attributes, precision, operand..., attribute..., patches, [attribute, number]...
//   operand: slot kind, slot, dtype, offset (of an immediate: its value), rank, size..., stride...
//   group:   rank, size..., buffers, calls, [call with operands: slot kind, slot, dtype, offset, stride... (one a dimension)]...
#include <algorithm>

#include "core/op_codes.h"
#include "cpu/kernel_table.h"
#include "program/program.h"

namespace nabla {

namespace {

enum class Slot : int32_t { Captured = 0, Argument = 1, Result = 2, Immediate = 3, Buffer = 4 };

/** Reads words one after the other; after the last one it gives zeros and says so. */
class Words {
 public:
  Words(const double* words, size_t count) : at_(words), end_(words + count) {}

  double real() {
    if (at_ == end_) {
      overrun_ = true;
      return 0;
    }
    return *at_++;
  }
  int64_t whole() { return static_cast<int64_t>(real()); }
  int32_t small() { return static_cast<int32_t>(real()); }
  /** A count of things that each take at least one word. */
  size_t count() {
    const int64_t count = whole();
    if (count >= 0 && count <= end_ - at_) return static_cast<size_t>(count);
    overrun_ = true;
    return 0;
  }
  bool overrun() const { return overrun_; }

 private:
  const double* at_;
  const double* end_;
  bool overrun_ = false;
};

}  // namespace

class Program::Builder {
 public:
  Builder(Words words, const StorageTable& storages, Program& program) : words_(words), storages_(storages), program_(program) {}

  bool build() {
    program_.argument_count_ = static_cast<size_t>(words_.small());
    program_.number_count_ = static_cast<size_t>(words_.small());
    for (size_t left = words_.count(); left > 0; --left) {
      const Handle handle = words_.small();
      if (!storages_.alive(handle)) return false;
      // All lie on one device: that of the arena, which every program has.
      if (program_.captured_.empty()) program_.device_ = device_of(handle);
      else if (device_of(handle) != program_.device_) return false;
      program_.captured_.push_back(storages_.reference(handle));
    }
    for (size_t left = words_.count(); left > 0; --left) program_.result_bytes_.push_back(static_cast<size_t>(words_.whole()));
    program_.calls_.reserve(words_.count());
    program_.checks_.reserve(words_.count());
    program_.groups_.reserve(words_.count());
    for (size_t left = words_.count(); left > 0 && valid_; --left) read_step();
    return valid_ && !words_.overrun();
  }

 private:
  /** What tells operands of a group in memory apart. */
  struct Window {
    Slot kind = Slot::Buffer;
    int32_t slot = 0, dtype = 0;
    double offset = 0;
    int64_t strides[kMaxRank] = {};
    bool operator==(const Window&) const = default;
  };

  void read_step() {
    const auto kind = static_cast<StepKind>(words_.small());
    switch (kind) {
      case StepKind::Call: {
        if (program_.calls_.size() == program_.calls_.capacity()) return fail();
        add_step(kind, program_.calls_.size());
        read_call(program_.calls_.emplace_back(), [this](Operand& operand, Number& number, int) { read_operand(operand, number); });
        return;
      }
      case StepKind::Check: {
        if (program_.checks_.size() == program_.checks_.capacity()) return fail();
        add_step(kind, program_.checks_.size());
        PositionsCheck& check = program_.checks_.emplace_back();
        check.number = words_.small();
        check.size = words_.whole();
        Number unused;
        const size_t patches = patch_count();
        read_operand(check.positions, unused);
        check.argument = last_window_.kind == Slot::Argument;
        check.captured = last_is_captured();
        check.varies = patch_count() != patches;
        return;
      }
      case StepKind::Tiles: {
        if (program_.groups_.size() == program_.groups_.capacity()) return fail();
        add_step(kind, program_.groups_.size());
        read_group(program_.groups_.emplace_back());
        return;
      }
    }
    fail();
  }

  size_t patch_count() const {
    return program_.argument_patches_.size() + program_.result_patches_.size() + program_.number_patches_.size();
  }

  void add_step(StepKind kind, size_t index) { program_.steps_.push_back({kind, static_cast<int32_t>(index)}); }

  void read_group(TileGroup& group) {
    group.rank = words_.small();
    if (group.rank < 1 || group.rank > kMaxRank) return fail();
    for (int d = 0; d < group.rank; ++d) group.sizes[d] = words_.whole();
    group.buffer_count = words_.small();
    group.item_bytes = 1;
    const size_t calls = words_.count();
    group.calls.reserve(calls);
    std::vector<Window> windows;
    for (size_t i = 0; i < calls && valid_; ++i) {
      TileCall& call = group.calls.emplace_back();
      read_call(call.resolved, [&](Operand& operand, Number& number, int position) {
        TileOperand& where = call.operands[position];
        const Slot kind = read_slot(operand, number, &where);
        for (int d = 0; d < group.rank; ++d) where.strides[d] = words_.whole();
        if (kind != Slot::Buffer && kind != Slot::Immediate) {
          Window window = last_window_;
          std::copy_n(where.strides, group.rank, window.strides);
          const auto known = std::find(windows.begin(), windows.end(), window);
          where.place = static_cast<int32_t>(known - windows.begin());
          if (known == windows.end()) windows.push_back(window);
        }
        if (kind == Slot::Buffer) group.item_bytes = std::max(group.item_bytes, where.item_bytes);
        if (position >= call.resolved.call.input_count && kind != Slot::Buffer) {
          // A result that is streamed to memory is made in a buffer too.
          group.item_bytes = std::max(group.item_bytes, where.item_bytes);
        }
      });
    }
    group.place_count = static_cast<int32_t>(windows.size());
  }

  template <class ReadOperand>
  void read_call(ResolvedCall& resolved, ReadOperand&& read) {
    const int32_t op = words_.small();
    OpCall& call = resolved.call;
    call.input_count = words_.small();
    call.output_count = words_.small();
    call.attribute_count = words_.small();
    const int32_t precision = words_.small();
    const int operands = call.input_count + call.output_count;
    if (op < 0 || op >= kOpCount || call.input_count < 0 || call.output_count < 0 || operands < 1 || operands > kMaxOperands ||
        call.attribute_count < 0 || call.attribute_count > kMaxAttributes || precision < 0 || precision > static_cast<int32_t>(Precision::Medium)) {
      return fail();
    }
    resolved.precision = static_cast<Precision>(precision);
    resolved.op = op;
    const size_t patches = patch_count();
    for (int i = 0; i < operands; ++i) {
      read(call.operands[i], resolved.numbers[i], i);
      if (call.operands[i].data == &resolved.numbers[i]) resolved.immediates |= uint32_t{1} << i;
      if (last_window_.kind == Slot::Argument) resolved.arguments |= uint32_t{1} << i;
      if (last_is_captured()) resolved.captured |= uint32_t{1} << i;
    }
    for (int i = 0; i < call.attribute_count; ++i) call.attributes[i] = words_.real();
    for (size_t left = words_.count(); left > 0; --left) {
      const int32_t attribute = words_.small();
      const int32_t number = words_.small();
      if (attribute < 0 || attribute >= call.attribute_count || number < 0 || static_cast<size_t>(number) >= program_.number_count_) {
        return fail();
      }
      program_.number_patches_.push_back({&call.attributes[attribute], number});
    }
    resolved.varies = patch_count() != patches;
    resolved.kernel = valid_ ? kernel_for(static_cast<OpCode>(op), call.operands[0].dtype) : nullptr;
    if (resolved.kernel == nullptr) fail();
  }

  /** Whether the operand that was read last lies in captured memory; the last captured storage is the arena. */
  bool last_is_captured() const {
    return last_window_.kind == Slot::Captured && static_cast<size_t>(last_window_.slot) + 1 < program_.captured_.size();
  }

  void read_operand(Operand& operand, Number& number) {
    read_slot(operand, number, nullptr);
    operand.rank = words_.small();
    if (operand.rank < 0 || operand.rank > kMaxRank) return fail();
    for (int d = 0; d < operand.rank; ++d) operand.sizes[d] = words_.whole();
    for (int d = 0; d < operand.rank; ++d) operand.strides[d] = words_.whole();
  }

  /** Reads where an operand lies: settles its pointer, or notes how it is settled in each run. */
  Slot read_slot(Operand& operand, Number& number, TileOperand* tile) {
    const auto kind = static_cast<Slot>(words_.small());
    const int32_t slot = words_.small();
    const int32_t dtype = words_.small();
    const double offset = words_.real();
    if (slot < 0 || dtype < 0 || dtype >= kDTypeCount) {
      fail();
      return kind;
    }
    last_window_ = {kind, slot, dtype, offset, {}};
    operand.dtype = static_cast<DType>(dtype);
    const auto item = static_cast<int32_t>(byte_size(operand.dtype));
    if (tile != nullptr) tile->item_bytes = item;
    const int64_t byte_offset = kind == Slot::Immediate ? 0 : static_cast<int64_t>(offset) * item;
    switch (kind) {
      case Slot::Captured:
        if (static_cast<size_t>(slot) >= program_.captured_.size()) break;
        operand.data = static_cast<char*>(storages_.data(program_.captured_[static_cast<size_t>(slot)].handle)) + byte_offset;
        return kind;
      case Slot::Argument:
        if (static_cast<size_t>(slot) >= program_.argument_count_) break;
        program_.argument_patches_.push_back({&operand.data, slot, item, static_cast<int64_t>(offset)});
        return kind;
      case Slot::Result:
        if (static_cast<size_t>(slot) >= program_.result_bytes_.size()) break;
        program_.result_patches_.push_back({&operand.data, slot, byte_offset});
        return kind;
      case Slot::Immediate:
        operand.data = set(number, operand.dtype, offset);
        return kind;
      case Slot::Buffer:
        if (tile == nullptr) break;
        tile->buffer = slot;
        return kind;
    }
    fail();
    return kind;
  }

  static void* set(Number& number, DType dtype, double value) {
    switch (dtype) {
      case DType::Float32: number.float32 = static_cast<float>(value); break;
      case DType::Float64: number.float64 = value; break;
      case DType::Int32: number.int32 = static_cast<int32_t>(value); break;
      case DType::UInt8: number.uint8 = static_cast<uint8_t>(value); break;
      case DType::Bool: number.uint8 = value != 0; break;
    }
    return &number;
  }

  void fail() { valid_ = false; }

  Words words_;
  const StorageTable& storages_;
  Program& program_;
  Window last_window_;
  bool valid_ = true;
};

std::unique_ptr<Program> Program::build(const double* words, size_t count, const StorageTable& storages) {
  auto program = std::make_unique<Program>();
  Builder builder(Words(words, count), storages, *program);
  return builder.build() ? std::move(program) : nullptr;
}

}  // namespace nabla
