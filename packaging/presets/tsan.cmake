# SPDX-License-Identifier: EUPL-1.2
# Programs and tests with the thread sanitizer.
#   cmake -C packaging/presets/tsan.cmake -S . -B build-tsan
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(MELDLUIK_SANITIZE thread CACHE STRING "")
set(MELDLUIK_TESTS ON CACHE BOOL "")
