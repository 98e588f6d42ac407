# SPDX-License-Identifier: EUPL-1.2
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
  add_library(poison STATIC vectors/poison.c)
  target_include_directories(poison PUBLIC ${keys}/seal)
  target_link_libraries(poison PUBLIC meldluik_mlkem ${layers})
  target_link_options(poison PUBLIC -Wl,--wrap=crypto_scalarmult
    -Wl,--wrap=crypto_aead_chacha20poly1305_ietf_decrypt
    -Wl,--wrap=secret_equal -Wl,--wrap=randombytes_buf
    -Wl,--wrap=crypto_sign_detached -Wl,--wrap=crypto_sign_seed_keypair
    -Wl,--wrap=PQCLEAN_MLKEM768_CLEAN_kyber_shake128_absorb)
  set(http ${CMAKE_SOURCE_DIR}/gateway/http)
  add_executable(welch vectors/welch.c ${http}/credential.c)
  target_include_directories(welch PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
  target_link_libraries(welch ${layers} m)
  add_executable(age_poison vectors/age_poison.c)
  target_link_libraries(age_poison poison)
  if(TARGET meldluik_desk)
    # embedded_pages.h is the gateway's here, the desk's in secret_poison.c
    add_library(replies_poison OBJECT vectors/replies_poison.c)
    add_dependencies(replies_poison meldluik_pages)
    target_include_directories(replies_poison PRIVATE
      ${CMAKE_BINARY_DIR}/gateway/pages/generated)
    target_link_libraries(replies_poison PRIVATE poison)
    add_executable(secret_poison vectors/secret_poison.c
      ${http}/credential.c)
    target_include_directories(secret_poison PRIVATE ${keys}
      ${CMAKE_SOURCE_DIR}/gateway
      ${CMAKE_BINARY_DIR}/keys/decryptor/generated)
    target_link_options(secret_poison PRIVATE -Wl,--wrap=age_open_small
      -Wl,--wrap=age_open_buf_scrypt -Wl,--wrap=slot_shard
      -Wl,--wrap=code_text
      -Wl,--wrap=age_scrypt_key -Wl,--wrap=crockford_separator
      -Wl,--wrap=crypto_aead_chacha20poly1305_ietf_encrypt)
    target_link_libraries(secret_poison replies_poison meldluik_desk
      poison)
  endif()

  add_executable(test_age_wipe vectors/age_wipe.c)
  target_include_directories(test_age_wipe PRIVATE ${keys}/seal)
  target_link_libraries(test_age_wipe meldluik_mlkem ${layers})
  add_test(NAME test_age_wipe COMMAND test_age_wipe)
endif()
