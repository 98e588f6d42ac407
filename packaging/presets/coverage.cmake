# SPDX-License-Identifier: EUPL-1.2
# Programs that count what they run (clang, llvm-cov). Continuous mode: the
# counters lie in a file that is mapped before main, because the gateway's
# processes have no file system at their end and leave with _exit.
#   cmake -C packaging/presets/coverage.cmake -S . -B build-coverage
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(counters "-fprofile-instr-generate=${CMAKE_BINARY_DIR}/profile/%m%c.profraw")
string(APPEND counters " -fcoverage-mapping -mllvm -runtime-counter-relocation")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g ${counters}" CACHE STRING "")
set(MELDLUIK_TESTS ON CACHE BOOL "")
