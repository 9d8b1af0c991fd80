// The addon on systems older than the one it was built on.
//
// A linker binds every function of the C library to its newest version, so an addon built on glibc 2.36 would not load on
// glibc 2.28, the oldest that Node itself runs on. The few functions that have got a new version since are taken by their
// first one: the linker sends the calls here (--wrap, see CMakeLists.txt), and from here they go on to the old version
// (.symver, "Symbol Versioning" in the GNU assembler's manual). The old exp, log, pow and hypot compute the same numbers;
// they set errno in other ways, which nobody here reads. A function that libstdc++ has got since GCC 8 is written out here.
// `npm run pack` checks what the addon needs in the end.
#include <cxxabi.h>
#include <dlfcn.h>
#include <pthread.h>

#if defined(__x86_64__)
#define NABLA_FIRST_VERSION "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define NABLA_FIRST_VERSION "GLIBC_2.17"
#endif

#define NABLA_OLD(result, name, parameters, arguments)                             \
  __asm__(".symver old_" #name ", " #name "@" NABLA_FIRST_VERSION);                 \
  result old_##name parameters;                                                    \
  __attribute__((visibility("hidden"))) result __wrap_##name parameters {          \
    return old_##name arguments;                                                   \
  }

extern "C" {
NABLA_OLD(double, exp, (double x), (x))                                       // new in 2.29
NABLA_OLD(double, log, (double x), (x))                                       // new in 2.29
NABLA_OLD(double, pow, (double x, double y), (x, y))                          // new in 2.29
NABLA_OLD(double, hypot, (double x, double y), (x, y))                        // new in 2.35
NABLA_OLD(int, pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))     // in another library until 2.34
NABLA_OLD(void*, dlopen, (const char* file, int mode), (file, mode))          // in another library until 2.34
NABLA_OLD(void*, dlsym, (void* library, const char* name), (library, name))   // in another library until 2.34
NABLA_OLD(int, dlclose, (void* library), (library))                           // in another library until 2.34
NABLA_OLD(char*, dlerror, (), ())                                             // in another library until 2.34
NABLA_OLD(int, dladdr, (const void* address, Dl_info* found), (address, found))  // in another library until 2.34

// std::__throw_bad_array_new_length(), which containers call since GCC 11.
__attribute__((visibility("hidden"), noreturn)) void __wrap__ZSt28__throw_bad_array_new_lengthv() {
  abi::__cxa_throw_bad_array_new_length();
}
}
