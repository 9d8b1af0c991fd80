// What carries the kernels: memory of the card, transfers, ops that the CPU answers, and the list of them.
#include <set>
#include <sstream>

#include "cuda/on_card.h"

namespace nabla::test {
namespace {

TEST_THAT("a setting of bytes is read with and without a unit, and nonsense is 0") {
  CHECK(cuda::parse_bytes("1048576") == 1048576);
  CHECK(cuda::parse_bytes("4GiB") == size_t{4} << 30);
  CHECK(cuda::parse_bytes("1.5 G") == size_t{3} << 29);
  CHECK(cuda::parse_bytes("500MB") == 500000000);
  CHECK(cuda::parse_bytes("64k") == 65536);
  for (const char* nonsense : {"", "GiB", "four", "4 apples", "-3G", "0"}) CHECK(cuda::parse_bytes(nonsense) == 0);
}

TEST_THAT("blocks do not overlap, begin at a multiple of 256 bytes, and are handed out again") {
  cuda::CardMemory& memory = cuda::CardMemory::of(card());
  struct Block {
    char* at;
    size_t bytes, capacity;
  };
  std::vector<Block> blocks;
  Numbers numbers(4);
  for (int i = 0; i < 300; ++i) {
    Block block{nullptr, static_cast<size_t>(numbers.below(i % 10 == 0 ? 3000000 : 9000)), 0};
    block.at = static_cast<char*>(memory.take(block.bytes, block.capacity));
    CHECK(block.at != nullptr && block.capacity >= block.bytes && reinterpret_cast<uintptr_t>(block.at) % 256 == 0);
    for (const Block& other : blocks) CHECK(block.at + block.capacity <= other.at || other.at + other.capacity <= block.at);
    blocks.push_back(block);
  }
  const size_t reserved = memory.reserved_bytes();
  for (int round = 0; round < 3; ++round) {
    for (Block& block : blocks) memory.give(block.at, block.capacity);
    for (Block& block : blocks) CHECK((block.at = static_cast<char*>(memory.take(block.bytes, block.capacity))) != nullptr);
    CHECK(memory.reserved_bytes() == reserved);
  }
  for (Block& block : blocks) memory.give(block.at, block.capacity);
  memory.trim();
  CHECK(memory.reserved_bytes() < reserved);
}

TEST_THAT("more than the card holds is refused, and there is room again when something is given back") {
  cuda::CardMemory& memory = cuda::CardMemory::of(card());
  size_t first_capacity = 0, capacity = 0;
  void* most = memory.take(memory.limit() / 8 * 6, first_capacity);
  CHECK(most != nullptr);
  CHECK(memory.take(memory.limit() / 2, capacity) == nullptr);
  CHECK(!card().failed());
  memory.give(most, first_capacity);
  void* again = memory.take(memory.limit() / 2, capacity);
  CHECK(again != nullptr);
  memory.give(again, capacity);
}

TEST_THAT("what goes up in many pieces comes down the same, and the caller may change its copy at once") {
  const size_t count = 1300000;
  std::vector<float> numbers(count), back(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i % 9973);
  const std::vector<float> kept = numbers;
  size_t capacity = 0;
  cuda::CardMemory& memory = cuda::CardMemory::of(card());
  void* block = memory.take(count * 4, capacity);
  CHECK(cuda::upload(card(), block, numbers.data(), count * 4));
  std::fill(numbers.begin(), numbers.end(), -1.0f);
  CHECK(cuda::download(card(), back.data(), block, count * 4));
  CHECK(back == kept);
  memory.give(block, capacity);
}

TEST_THAT("many copies of many sizes go up without a wait between them, and each arrives as it was, also around the ring's end") {
  cuda::CardMemory& memory = cuda::CardMemory::of(card());
  struct Sent {
    std::vector<char> bytes;
    void* block;
    size_t capacity;
  };
  std::vector<Sent> all;
  Numbers numbers(11);
  std::vector<char> back;
  for (int i = 0; i < 90; ++i) {
    // In all several times what the ring holds; now and then all of its largest piece, or something that is read in between.
    const auto size = static_cast<size_t>(i % 7 == 0 ? 1 << 20 : 1 + numbers.below(i % 3 == 0 ? 2500000 : 300000));
    Sent sent{std::vector<char>(size), nullptr, 0};
    for (size_t k = 0; k < size; ++k) sent.bytes[k] = static_cast<char>(k * 31 + static_cast<size_t>(i));
    sent.block = memory.take(size, sent.capacity);
    std::vector<char> changed = sent.bytes;
    CHECK(sent.block != nullptr && cuda::upload(card(), sent.block, changed.data(), size));
    std::fill(changed.begin(), changed.end(), '\0');
    all.push_back(std::move(sent));
    if (i % 40 == 39) {
      back.resize(all[static_cast<size_t>(i) / 2].bytes.size());
      CHECK(cuda::download(card(), back.data(), all[static_cast<size_t>(i) / 2].block, back.size()) && back == all[static_cast<size_t>(i) / 2].bytes);
    }
  }
  for (Sent& sent : all) {
    back.resize(sent.bytes.size());
    CHECK(cuda::download(card(), back.data(), sent.block, back.size()) && back == sent.bytes);
    memory.give(sent.block, sent.capacity);
  }
}

TEST_THAT("an op that the CPU computes on copies finds its operands and leaves gaps as they are") {
  std::vector<float> a{1, 2, 3, 4, 5, 6}, c(12, 9.0f);
  bool own = false;
  CHECK(run_on_card(OpCode::cumprod, build_call({operand(a, {2, 3})}, {operand(c, {2, 3}, {6, 2})}, {1, 0}),
                    {memory_of(a, DType::Float32), memory_of(c, DType::Float32)}, 0, own));
  CHECK((c == std::vector<float>{1, 9, 2, 9, 6, 9, 4, 9, 20, 9, 120, 9}));
}

TEST_THAT("the list of ops without kernels is true: nothing is missing from it and nothing is left over") {
  std::set<std::string> listed, lacking;
  std::istringstream list(NABLA_WITHOUT_KERNELS);
  for (std::string op; list >> op;) listed.insert(op);
  for (int op = 0; op < kOpCount; ++op) {
    for (int dtype = 0; dtype < kDTypeCount; ++dtype) {
      const auto code = static_cast<OpCode>(op);
      const auto type = static_cast<DType>(dtype);
      const bool cpu = kernel_for(code, type) != nullptr, own = cuda::launcher_for(code, type) != nullptr;
      CHECK_MESSAGE(cpu || !own, std::string(kOpNames[op]) + " has a kernel for a type that the CPU does not take");
      if (cpu && !own) lacking.insert(kOpNames[op]);
    }
  }
  for (const std::string& op : lacking) CHECK_MESSAGE(listed.count(op) == 1, op + " has no kernel for some type and is not listed");
  for (const std::string& op : listed) CHECK_MESSAGE(lacking.count(op) == 1, op + " is listed and has kernels for all types");
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
