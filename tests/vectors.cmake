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

  # What our code may branch on is named by these wrappers, nothing else is.
  add_executable(age_poison vectors/age_poison.c)
  target_include_directories(age_poison PRIVATE ${keys}/seal)
  target_link_options(age_poison PRIVATE -Wl,--wrap=crypto_scalarmult
    -Wl,--wrap=crypto_aead_chacha20poly1305_ietf_decrypt
    -Wl,--wrap=secret_equal -Wl,--wrap=randombytes_buf
    -Wl,--wrap=PQCLEAN_MLKEM768_CLEAN_kyber_shake128_absorb)
  target_link_libraries(age_poison meldluik_mlkem ${layers})

  add_executable(test_age_wipe vectors/age_wipe.c)
  target_include_directories(test_age_wipe PRIVATE ${keys}/seal)
  target_link_libraries(test_age_wipe meldluik_mlkem ${layers})
  add_test(NAME test_age_wipe COMMAND test_age_wipe)
endif()
