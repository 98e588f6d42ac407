# SPDX-License-Identifier: EUPL-1.2
# As packages are built:
#   cmake -C packaging/presets/release.cmake -S . -B build
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(MELDLUIK_TESTS OFF CACHE BOOL "")
set(MELDLUIK_FUZZ OFF CACHE BOOL "")
