# SPDX-License-Identifier: EUPL-1.2
# Programs and tests with the address and undefined behaviour sanitizers.
# Debug: own invariants are asserted, secrets left at exit end the program.
#   cmake -C packaging/presets/asan.cmake -S . -B build-asan
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(MELDLUIK_SANITIZE address,undefined CACHE STRING "")
set(MELDLUIK_TESTS ON CACHE BOOL "")
