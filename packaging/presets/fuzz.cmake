# SPDX-License-Identifier: EUPL-1.2
# libFuzzer targets with the address and undefined behaviour sanitizers; the
# first finding ends the run. -g1: lines for its trace, and a build that costs
# a fifth less. tests/fuzz/run.sh builds them this way.
#   cmake -C packaging/presets/fuzz.cmake -S . -B build-fuzz
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g1 -fno-sanitize-recover=undefined"
  CACHE STRING "")
set(MELDLUIK_SANITIZE address,undefined CACHE STRING "")
set(MELDLUIK_FUZZ ON CACHE BOOL "")
