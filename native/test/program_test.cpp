// Compiled programs: what a run computes equals its calls one by one, checks end it, storages that are gone are noticed, and
// words that make no program are refused wherever they break off.
#include <algorithm>
#include <cstring>

#include "check.h"
#include "layouts.h"
#include "program/program.h"

namespace nabla::test {
namespace {

enum Slot { kCaptured, kArgument, kResult, kImmediate, kBuffer };

/** Words of a program, as src/compile/encode.ts writes them. */
struct Words {
  std::vector<double> all;

  Words& add(std::initializer_list<double> more) {
    for (double word : more) all.push_back(word);
    return *this;
  }
  /** Where an operand lies, and a vector's size and stride. */
  Words& vector(Slot kind, double slot, double dtype, double size, double offset = 0) {
    return add({static_cast<double>(kind), slot, dtype, offset, 1, size, 1});
  }
  /** An operand of a group of one dimension. */
  Words& tile(Slot kind, double slot, double stride, double value = 0) { return add({static_cast<double>(kind), slot, 0, value, stride}); }
};

double code(OpCode op) { return static_cast<double>(static_cast<int>(op)); }
const double kFloat = static_cast<double>(static_cast<int>(DType::Float32)), kInt = static_cast<double>(static_cast<int>(DType::Int32));

Handle store(StorageTable& storages, const void* data, size_t bytes) {
  const Handle handle = storages.allocate(bytes);
  std::memcpy(storages.data(handle), data, bytes);
  return handle;
}

/** A table with two arguments and a captured tensor, and a program on them. */
struct World {
  static constexpr int64_t kCount = 5000;
  StorageTable storages;
  std::vector<float> x, y;
  std::vector<int32_t> positions;
  Handle argument, captured, index;

  World() : x(Numbers(1).many<float>(kCount + 3)), y(Numbers(2).many<float>(kCount)), positions(10) {
    for (size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<int32_t>(i);
    argument = store(storages, x.data(), x.size() * sizeof(float));
    captured = store(storages, y.data(), y.size() * sizeof(float));
    index = store(storages, positions.data(), positions.size() * sizeof(int32_t));
  }

  /**
   * result 0: a number everywhere; result 1: x + y; then a check that positions lie below 10; result 2, tile by tile:
   * exp(x) * y - 2.
   */
  Words words() const {
    const double count = kCount;
    Words w;
    w.add({2, 1, 1, static_cast<double>(captured), 3, 4 * count, 4 * count, 4 * count, 2, 1, 1, 4});
    w.add({0, code(OpCode::fill), 0, 1, 1, 0}).vector(kResult, 0, kFloat, count).add({7, 1, 0, 0});
    w.add({0, code(OpCode::add), 2, 1, 0, 0}).vector(kArgument, 0, kFloat, count).vector(kCaptured, 0, kFloat, count).vector(kResult, 1, kFloat, count).add({0});
    w.add({1, 0, 10}).vector(kArgument, 1, kInt, 10);
    w.add({2, 1, count, 2, 3});
    w.add({code(OpCode::exp), 1, 1, 0, 0}).tile(kArgument, 0, 1).tile(kBuffer, 0, 1).add({0});
    w.add({code(OpCode::mul), 2, 1, 0, 0}).tile(kBuffer, 0, 1).tile(kCaptured, 0, 1).tile(kBuffer, 1, 1).add({0});
    w.add({code(OpCode::sub), 2, 1, 0, 0}).tile(kBuffer, 1, 1).tile(kImmediate, 0, 0, 2).tile(kResult, 2, 1).add({0});
    return w;
  }

  std::unique_ptr<Program> build() const {
    const Words w = words();
    return Program::build(w.all.data(), w.all.size(), storages);
  }

  /** Runs with the argument read from element `offset` on. */
  ProgramOutcome run(Program& program, Handle* results, double offset = 0, double number = 2.5) {
    const double arguments[] = {static_cast<double>(argument), offset, static_cast<double>(index), 0};
    return program.run(storages, {arguments, &number}, results);
  }

  std::vector<float> read(Handle handle) const {
    const float* const data = static_cast<const float*>(storages.data(handle));
    return {data, data + kCount};
  }
};

TEST_THAT("a run gives the bits of its calls one by one, with other arguments and numbers each time") {
  World world;
  const std::unique_ptr<Program> program = world.build();
  CHECK(program != nullptr);
  if (program == nullptr) return;
  CHECK(program->argument_count() == 2 && program->number_count() == 1 && program->result_count() == 3);
  for (int64_t offset : {0, 3}) {
    Handle results[3];
    const double number = 2.5 + static_cast<double>(offset);
    CHECK(world.run(*program, results, static_cast<double>(offset), number).status == ProgramStatus::Ok);
    std::vector<float> x(world.x.begin() + offset, world.x.begin() + offset + World::kCount), y = world.y, sum(x.size()), power(x.size()), made(x.size()), two = {2};
    const Sizes sizes = {World::kCount};
    const auto one = [&](OpCode op, const OpCall& call) { kernel_for(op, DType::Float32)(call); };
    one(OpCode::add, build_call({operand(x, sizes), operand(y, sizes)}, {operand(sum, sizes)}));
    one(OpCode::exp, build_call({operand(x, sizes)}, {operand(power, sizes)}));
    one(OpCode::mul, build_call({operand(power, sizes), operand(y, sizes)}, {operand(made, sizes)}));
    one(OpCode::sub, build_call({operand(made, sizes), operand(two, sizes, {0})}, {operand(made, sizes)}));
    CHECK(world.read(results[0]) == std::vector<float>(x.size(), static_cast<float>(number)));
    CHECK(world.read(results[1]) == sum);
    CHECK(world.read(results[2]) == made);
    for (Handle result : results) world.storages.release(world.storages.reference(result));
  }
}

TEST_THAT("positions outside their range end a run, which gives its results back and says what it found") {
  World world;
  const std::unique_ptr<Program> program = world.build();
  const int64_t before = world.storages.live_count();
  static_cast<int32_t*>(world.storages.data(world.index))[4] = 10;
  static_cast<int32_t*>(world.storages.data(world.index))[7] = -3;
  Handle results[3];
  const ProgramOutcome outcome = world.run(*program, results);
  CHECK(outcome.status == ProgramStatus::OutsideRange && outcome.check == 0 && outcome.smallest == -3 && outcome.largest == 10);
  CHECK(world.storages.live_count() == before);
}

TEST_THAT("a captured storage that is gone is noticed, also when its handle is used again") {
  World world;
  const std::unique_ptr<Program> program = world.build();
  world.storages.release(world.storages.reference(world.captured));
  Handle results[3];
  CHECK(world.run(*program, results).status == ProgramStatus::InvalidHandle);
  const Handle again = store(world.storages, world.y.data(), world.y.size() * sizeof(float));
  CHECK(again == world.captured);
  CHECK(world.run(*program, results).status == ProgramStatus::InvalidHandle);
  CHECK(world.build() != nullptr);
}

TEST_THAT("words that break off, or name what is not there, make no program") {
  World world;
  const Words whole = world.words();
  CHECK(Program::build(whole.all.data(), whole.all.size(), world.storages) != nullptr);
  for (size_t count = 0; count < whole.all.size(); ++count) {
    // A copy of its own size: reading on is an error that sanitizers see.
    const std::vector<double> part(whole.all.begin(), whole.all.begin() + static_cast<int64_t>(count));
    CHECK_MESSAGE(Program::build(part.data(), count, world.storages) == nullptr, "broken off after " + std::to_string(count));
  }
  Numbers numbers(5);
  for (int round = 0; round < 20000; ++round) {
    std::vector<double> damaged = whole.all;
    for (int64_t changes = 1 + numbers.below(3); changes > 0; --changes) {
      const double values[] = {-1, 0, 1, 2, 5, 9, 17, 1000, 1e9, static_cast<double>(numbers.below(300))};
      damaged[static_cast<size_t>(numbers.below(static_cast<int64_t>(damaged.size())))] = values[numbers.below(10)];
    }
    // It may still be one: what counts is that nothing is read or written that is not its own.
    Program::build(damaged.data(), damaged.size(), world.storages);
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
