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
  target_include_directories(test_confine PRIVATE
    ${CMAKE_BINARY_DIR}/keys/decryptor/generated)
  # Calls that are the test's
  foreach(call pipe2 read seccomp_init seccomp_rule_add seccomp_export_bpf
      prctl setrlimit close_range)
    target_link_options(test_sandbox PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call casebook_begin casebook_commit journal_append journal_walk)
    target_link_options(test_bodies PRIVATE -Wl,--wrap=${call})
  endforeach()
  target_link_options(test_approve PRIVATE -Wl,--wrap=record_put)
  foreach(call sandbox_enter sandbox_prepare sandbox_bound close_range)
    target_link_options(test_opening PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call fsync rename posix_fadvise medium_second)
    target_link_options(test_backup PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call fsync renameat readdir read lseek)
    target_link_options(test_archive PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call act_signed_record keyring_week_destroy keyringfile_save)
    target_link_options(test_weeks_old PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call read fsync)
    target_link_options(test_attachment PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call access dup2 setrlimit waitpid)
    target_link_options(test_scrub PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call mdb_put mdb_txn_begin)
    target_link_options(test_casebook_rules PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(call journal_keyset newgateway_done weeks_note_publish)
    target_link_options(test_verb_keyset PRIVATE -Wl,--wrap=${call})
  endforeach()
  target_link_options(test_outgoing PRIVATE -Wl,--wrap=renameat)
  target_link_options(test_takeover PRIVATE -Wl,--wrap=renameat)
  target_link_options(test_parcel PRIVATE -Wl,--wrap=fsync)
  target_link_options(test_dossier PRIVATE -Wl,--wrap=fsync
    -Wl,--wrap=record_put)
  foreach(name test_ceremony test_bodies test_approve test_verb_approve
      test_dossier test_plan test_archive test_backup test_lost test_parcel test_outgoing
      test_answers test_papers test_weeks_note test_weeks_old test_destroy
      test_takeover test_verb_recover test_verb_keyset)
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
  # for tests/analyse, in a tree with a sanitizer; built only when asked
  add_executable(desk_sanitized EXCLUDE_FROM_ALL
    ${CMAKE_SOURCE_DIR}/keys/decryptor/main.c decryptor/soft_scrypt.c
    decryptor/soft_room.c decryptor/sanitized.c)
  target_include_directories(desk_sanitized PRIVATE ${CMAKE_SOURCE_DIR}/keys)
  target_link_options(desk_sanitized PRIVATE -Wl,--wrap=age_scrypt_key
    -Wl,--wrap=casebook_room -Wl,--wrap=setrlimit -Wl,--wrap=prctl
    -Wl,--wrap=sandbox_enter -Wl,--wrap=confine -Wl,--wrap=syscall)
  if(MELDLUIK_SANITIZE MATCHES address)
    # two libraries would write in two places, and one of them to nowhere:
    # log_path reaches only the first
    target_link_options(desk_sanitized PRIVATE -static-libasan
      -static-libubsan)
  endif()
  target_link_libraries(desk_sanitized ${desk})
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
