# Runners of other people's vectors: they see the private headers of keys/
# and may carry readers that no program of this project has.
if(MELDLUIK_TESTS)
  pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
  set(keys ${CMAKE_SOURCE_DIR}/keys)
  foreach(name age mlkem)
    add_executable(test_${name}_vectors vectors/${name}_vectors.c)
    target_compile_definitions(test_${name}_vectors PRIVATE
      TESTS_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_include_directories(test_${name}_vectors PRIVATE ${keys}/seal
      ${keys}/mailbox ${keys}/unseal)
    target_link_libraries(test_${name}_vectors ${layers} PkgConfig::ZLIB)
    add_test(NAME test_${name}_vectors COMMAND test_${name}_vectors)
  endforeach()
  target_sources(test_age_vectors PRIVATE vectors/x25519.c)
endif()
