# Fails when object files of one instruction set define inline functions outside their namespace: the linker keeps one copy
# of such a function for the whole program, and a copy compiled for AVX-512 stops an older processor.
#
#   cmake -DNM=nm -DISA=avx512 -DOBJECTS=a.o|b.o -P foreign_symbols.cmake
string(REPLACE "|" ";" OBJECTS "${OBJECTS}")
execute_process(COMMAND ${NM} -C --defined-only ${OBJECTS} OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${NM} failed")
endif()
string(REGEX MATCHALL "[^\n]* [WVu] [^\n]*" weak "${symbols}")
if(NOT symbols MATCHES "nabla::${ISA}::")
  message(FATAL_ERROR "the object files define nothing in nabla::${ISA}: ${OBJECTS}")
endif()
set(foreign "")
foreach(symbol IN LISTS weak)
  if(NOT symbol MATCHES "nabla::${ISA}::")
    string(APPEND foreign "${symbol}\n")
  endif()
endforeach()
if(foreign)
  message(FATAL_ERROR "inline functions outside nabla::${ISA}, compiled with its instructions:\n${foreign}")
endif()
