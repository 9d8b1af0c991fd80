// The smallest test harness that serves: a test is a sentence and a function, an executable runs all of its file's.
#pragma once

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace nabla::test {

struct Case {
  const char* sentence;
  void (*run)();
};

inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

inline int& failures() {
  static int count = 0;
  return count;
}

struct Registration {
  Registration(const char* sentence, void (*run)()) { cases().push_back({sentence, run}); }
};

inline void report(bool ok, const std::string& what, const char* file, int line) {
  if (ok) return;
  if (++failures() <= 20) std::fprintf(stderr, "  %s:%d: %s\n", file, line, what.c_str());
}

inline int run_all() {
  if (cases().empty()) {
    std::fprintf(stderr, "no tests in this executable\n");
    return 1;
  }
  for (const Case& test : cases()) {
    const int before = failures();
    test.run();
    std::printf("%s %s\n", failures() == before ? "ok  " : "FAIL", test.sentence);
    std::fflush(stdout);
  }
  return failures() == 0 ? 0 : 1;
}

}  // namespace nabla::test

#define NABLA_JOIN_(a, b) a##b
#define NABLA_JOIN(a, b) NABLA_JOIN_(a, b)
#define TEST_THAT(sentence)                                                                                          \
  static void NABLA_JOIN(test_, __LINE__)();                                                                         \
  static const nabla::test::Registration NABLA_JOIN(registration_, __LINE__)(sentence, NABLA_JOIN(test_, __LINE__)); \
  static void NABLA_JOIN(test_, __LINE__)()

#define CHECK(condition) nabla::test::report((condition), #condition, __FILE__, __LINE__)
#define CHECK_MESSAGE(condition, message) nabla::test::report((condition), (message), __FILE__, __LINE__)
#define TEST_MAIN \
  int main() { return nabla::test::run_all(); }
