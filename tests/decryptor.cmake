# SPDX-License-Identifier: EUPL-1.2
# The offline desk: unit tests on the very objects of the program, and
# desk_fixture, which plays gateway and reporter for the scripts.
set(desk meldluik_desk meldluik_unseal meldluik_mailbox meldluik_seal
  meldluik_policy)
if(MELDLUIK_TESTS)
  file(GLOB desk_tests CONFIGURE_DEPENDS decryptor/test_*.c)
  foreach(source ${desk_tests})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/keys)
    target_compile_definitions(${name} PRIVATE
      TESTS_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(${name} ${desk} PkgConfig::CMOCKA)
    add_test(NAME ${name} COMMAND ${name})
  endforeach()
  target_link_options(test_keyring_cost PRIVATE
    -Wl,--wrap=crypto_pwhash_scryptsalsa208sha256_ll)
  foreach(name test_keyring_weeks test_keyring_members)
    target_sources(${name} PRIVATE decryptor/soft_scrypt.c)
    target_link_options(${name} PRIVATE -Wl,--wrap=age_scrypt_key)
  endforeach()
  # Calls that are the test's
  foreach(call pipe2 read seccomp_init seccomp_rule_add seccomp_export_bpf
      prctl setrlimit close_range)
    target_link_options(test_sandbox PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call casebook_begin casebook_commit journal_append journal_walk)
    target_link_options(test_bodies PRIVATE -Wl,--wrap=${call})
  endforeach()
  target_link_options(test_approve PRIVATE -Wl,--wrap=record_put)
  target_link_options(test_dossier PRIVATE -Wl,--wrap=fsync
    -Wl,--wrap=record_put)
  foreach(name test_ceremony test_bodies test_approve test_verb_approve
      test_dossier)
    target_sources(${name} PRIVATE decryptor/soft_scrypt.c)
    target_link_options(${name} PRIVATE -Wl,--wrap=age_scrypt_key)
  endforeach()
  # The decryptor with a small scrypt work factor, for long scripts
  add_executable(desk_soft ${CMAKE_SOURCE_DIR}/keys/decryptor/main.c
    decryptor/soft_scrypt.c decryptor/soft_room.c)
  target_include_directories(desk_soft PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_options(desk_soft PRIVATE -Wl,--wrap=age_scrypt_key
    -Wl,--wrap=casebook_room)
  target_link_libraries(desk_soft ${desk})
  add_executable(bench_desk bench/desk.c decryptor/soft_scrypt.c)
  target_include_directories(bench_desk PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_options(bench_desk PRIVATE -Wl,--wrap=age_scrypt_key)
  target_link_libraries(bench_desk ${desk})
  # Every key of a copied desk, with that work factor
  add_executable(desk_keys decryptor/desk_keys.c decryptor/soft_scrypt.c)
  target_include_directories(desk_keys PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_options(desk_keys PRIVATE -Wl,--wrap=age_scrypt_key)
  target_link_libraries(desk_keys ${desk})
  # What a desk of a later version would leave
  add_executable(desk_later decryptor/desk_later.c decryptor/soft_scrypt.c)
  target_include_directories(desk_later PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_options(desk_later PRIVATE -Wl,--wrap=age_scrypt_key)
  target_link_libraries(desk_later ${desk})
  add_executable(desk_fixture decryptor/fixture.c)
  target_link_libraries(desk_fixture ${desk})
  add_executable(journal_edit decryptor/journal_edit.c)
  target_link_libraries(journal_edit ${desk})
  add_executable(sandbox_try decryptor/sandbox_try.c)
  target_include_directories(sandbox_try PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_libraries(sandbox_try ${desk})
endif()
file(GLOB desk_fuzzers CONFIGURE_DEPENDS decryptor/fuzz_*.c)
foreach(source ${desk_fuzzers})
  get_filename_component(name ${source} NAME_WE)
  if(MELDLUIK_FUZZ)
    add_executable(${name} ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${source} fuzz/driver.c)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_libraries(${name} ${desk})
endforeach()
