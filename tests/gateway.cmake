# SPDX-License-Identifier: EUPL-1.2
# Tests of the gateway: gateway/test_*.c, one cmocka program each, and small
# programs gateway/tool/*.c that scripts use. kit/ is what they share. Fakes
# are linked (ld --wrap), never compiled into the product.
file(GLOB kit CONFIGURE_DEPENDS gateway/kit/store_*.c)
add_library(meldluik_store_kit STATIC ${kit})
target_include_directories(meldluik_store_kit PUBLIC gateway/kit)
target_link_libraries(meldluik_store_kit PUBLIC meldluik_store)

if(MELDLUIK_TESTS AND TARGET meldluik_store)
  file(GLOB units CONFIGURE_DEPENDS gateway/test_store_*.c)
  foreach(source ${units})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
    target_link_libraries(${name} meldluik_store_kit PkgConfig::CMOCKA)
    add_test(NAME ${name} COMMAND ${name})
  endforeach()
  file(GLOB tools CONFIGURE_DEPENDS gateway/tool/store_*.c)
  foreach(source ${tools})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
    target_link_libraries(${name} meldluik_store_kit)
  endforeach()
  foreach(name test_store_recordkeys test_store_erasure test_store_daily
      store_crash)
    if(TARGET ${name})
      target_link_options(${name} PRIVATE -Wl,--wrap=pwrite,--wrap=fsync
        -Wl,--wrap=fdatasync,--wrap=renameat,--wrap=unlinkat)
    endif()
  endforeach()
  target_link_options(test_store_lasting PRIVATE
    -Wl,--wrap=mdb_txn_commit,--wrap=fstatvfs)
  target_link_options(test_store_erasure PRIVATE
    -Wl,--wrap=mdb_env_copyfd2,--wrap=fstatvfs)
  foreach(name test_store_txn test_store_files)
    target_link_options(${name} PRIVATE -Wl,--wrap=mdb_txn_begin
      -Wl,--wrap=mdb_cursor_open,--wrap=mdb_put)
  endforeach()
  target_link_options(test_store_txn PRIVATE -Wl,--wrap=mdb_txn_commit)
  foreach(call mkdir mkdirat openat flock fstat fstatat unlinkat fsync fstatvfs
      mdb_env_create mdb_env_set_maxdbs mdb_env_set_mapsize mdb_env_open
      mdb_env_sync mdb_txn_begin mdb_txn_commit mdb_dbi_open mdb_get
      secret_new crew_new flight_new puts_new badpage_catch erase_keys
      ballast_keep)
    target_link_options(test_store_open PRIVATE -Wl,--wrap=${call})
  endforeach()
  foreach(source bench/intake.c)
    get_filename_component(name ${source} NAME_WE)
    add_executable(bench_${name} ${source})
    target_link_libraries(bench_${name} meldluik_store_kit)
  endforeach()
  add_executable(bench_bare bench/bare.c)
  target_compile_definitions(bench_bare PRIVATE _GNU_SOURCE)
  target_link_libraries(bench_bare PkgConfig::CRYPTO Threads::Threads)
  add_library(powercut_shim SHARED faults/powercut/shim.c)
  target_link_libraries(powercut_shim ${CMAKE_DL_LIBS})
  foreach(name clock eio kill meta stop)
    add_library(${name}_shim SHARED faults/${name}/shim.c)
    target_link_libraries(${name}_shim ${CMAKE_DL_LIBS})
  endforeach()
  add_executable(powercut_rebuild faults/powercut/rebuild.c)
  if(TARGET store_load)
    target_link_options(store_load PRIVATE -Wl,--wrap=mdb_env_open)
  endif()
endif()

file(GLOB fuzzers CONFIGURE_DEPENDS gateway/fuzz_store_*.c)
foreach(source ${fuzzers})
  get_filename_component(name ${source} NAME_WE)
  if(MELDLUIK_FUZZ)
    add_executable(${name} ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${source} fuzz/driver.c)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
  target_link_libraries(${name} meldluik_store_kit)
endforeach()

# Of web and the processes: test_web_*.c, fuzz_web_*.c, tool/web_*.c.
if(TARGET meldluik_process)
  if(MELDLUIK_TESTS)
    set(http ${CMAKE_SOURCE_DIR}/gateway/http)
    add_executable(test_web_circuit gateway/test_web_circuit.c
      ${http}/circuit.c ${http}/proxyline.c ${http}/guard.c)
    target_include_directories(test_web_circuit PRIVATE
      ${CMAKE_SOURCE_DIR}/gateway)
    target_compile_definitions(test_web_circuit PRIVATE
      TESTS_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(test_web_circuit meldluik_base PkgConfig::CMOCKA)
    add_test(NAME test_web_circuit COMMAND test_web_circuit)
    # What each has of the product beside meldluik_base, and of the kit
    set(process ${CMAKE_SOURCE_DIR}/gateway/process)
    set(of_config)
    set(of_guard ${http}/guard.c)
    set(of_ipc)
    set(of_manager ${process}/manager.c)
    set(of_listeners ${process}/listeners.c)
    set(of_intake ${http}/intake.c ${http}/publicfiles.c ${http}/metrics.c
      ${http}/guard.c gateway/kit/web_exchange.c)
    set(of_courierdoor ${http}/courierdoor.c ${http}/credential.c
      ${http}/guard.c gateway/kit/web_exchange.c)
    set(of_watchdog ${http}/watchdog.c)
    set(of_widen ${http}/widen.c)
    set(of_loops ${http}/loops.c ${http}/acceptor.c)
    set(of_snapshot ${http}/snapshot.c)
    set(of_link ${http}/link.c ${http}/places.c)
    set(of_slots ${of_link})
    set(of_places ${http}/places.c)
    set(of_answer ${http}/exchange.c ${http}/headers.c)
    set(of_sandbox)
    set(of_storepublic ${process}/storepublic.c)
    set(with_answer microhttpd)
    set(with_loops microhttpd Threads::Threads)
    # Calls that are the test's
    set(wrap_watchdog clock_gettime)
    set(wrap_link clock_gettime)
    set(wrap_slots clock_gettime)
    set(wrap_sandbox getrlimit setrlimit prctl mlockall syscall seccomp_init
      seccomp_attr_set seccomp_rule_add seccomp_load seccomp_release)
    set(wrap_storepublic memfd_create write)
    foreach(module config guard ipc manager listeners intake courierdoor
        watchdog snapshot link slots places answer sandbox storepublic widen loops)
      set(name test_web_${module})
      add_executable(${name} gateway/${name}.c ${of_${module}})
      target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway
        gateway)
      target_link_libraries(${name} meldluik_base PkgConfig::CMOCKA)
      target_link_libraries(${name} ${with_${module}})
      foreach(call ${wrap_${module}})
        target_link_options(${name} PRIVATE -Wl,--wrap=${call})
      endforeach()
      add_test(NAME ${name} COMMAND ${name})
    endforeach()
  endif()
  file(GLOB fuzzers CONFIGURE_DEPENDS gateway/fuzz_web_*.c)
  foreach(source ${fuzzers})
    get_filename_component(name ${source} NAME_WE)
    if(MELDLUIK_FUZZ)
      add_executable(${name} ${source})
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
      add_executable(${name} ${source} fuzz/driver.c)
    endif()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway/http/guard.c
      ${CMAKE_SOURCE_DIR}/gateway/http/proxyline.c)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
    target_link_libraries(${name} meldluik_base)
  endforeach()
  if(TARGET test_store_flood)
    target_link_libraries(test_store_flood meldluik_base m)
  endif()
  if(MELDLUIK_TESTS)
    # for tests/analyse, in a tree with a sanitizer; built only when asked
    add_executable(gateway_sanitized EXCLUDE_FROM_ALL
      ${CMAKE_SOURCE_DIR}/gateway/main.c gateway/sanitized.c)
    target_include_directories(gateway_sanitized PRIVATE
      ${CMAKE_SOURCE_DIR}/gateway)
    target_link_libraries(gateway_sanitized meldluik_process meldluik_doctor
      meldluik_pages)
    add_executable(web_sandbox gateway/tool/web_sandbox.c)
    target_include_directories(web_sandbox PRIVATE
      ${CMAKE_SOURCE_DIR}/gateway)
    target_link_libraries(web_sandbox meldluik_base)
  endif()
endif()
if(MELDLUIK_TESTS AND TARGET meldluik_transfer)
  add_executable(fence_try gateway/tool/fence_try.c)
  target_link_libraries(fence_try meldluik_transfer)
  foreach(name test_transfer test_transfer_again test_transfer_files)
    add_executable(${name} gateway/${name}.c)
    target_include_directories(${name} PRIVATE gateway/kit)
    target_link_libraries(${name} meldluik_transfer PkgConfig::CMOCKA
      Threads::Threads)
    add_test(NAME ${name} COMMAND ${name})
  endforeach()
  foreach(call curl_global_init curl_easy_init curl_url curl_url_get
      curl_slist_append)
    target_link_options(test_transfer PRIVATE -Wl,--wrap=${call})
  endforeach()
  target_link_options(test_transfer_again PRIVATE -Wl,--wrap=nanosleep)
  foreach(call read pread fsync close mkdirat)
    target_link_options(test_transfer_files PRIVATE -Wl,--wrap=${call})
  endforeach()
  # The courier; the test is its gateway
  set(courier ${CMAKE_SOURCE_DIR}/gateway/courier)
  add_executable(test_courier gateway/test_courier.c
    gateway/kit/store_kit.c ${courier}/bodies.c ${courier}/fetch.c
    ${courier}/deliver.c)
  target_include_directories(test_courier PRIVATE ${courier} gateway/kit)
  target_link_libraries(test_courier meldluik_transfer meldluik_mailbox
    PkgConfig::CMOCKA)
  target_link_options(test_courier PRIVATE
    -Wl,--wrap=sleep,--wrap=fstatvfs)
  add_test(NAME test_courier COMMAND test_courier)
  add_executable(test_courier_config gateway/test_courier_config.c
    ${courier}/config.c)
  target_include_directories(test_courier_config PRIVATE ${courier})
  target_link_libraries(test_courier_config meldluik_transfer
    inih PkgConfig::CMOCKA)
  add_test(NAME test_courier_config COMMAND test_courier_config)
  add_executable(test_courier_notify gateway/test_courier_notify.c
    ${courier}/notify.c)
  target_include_directories(test_courier_notify PRIVATE ${courier}
    gateway/kit)
  target_link_libraries(test_courier_notify meldluik_transfer
    meldluik_mailbox PkgConfig::CMOCKA)
  target_link_options(test_courier_notify PRIVATE -Wl,--wrap=mail_send)
  add_test(NAME test_courier_notify COMMAND test_courier_notify)
  # The reporter's judgement; the test is its gateway
  set(reporter ${CMAKE_SOURCE_DIR}/gateway/reporter)
  add_executable(test_reporter_trust gateway/test_reporter_trust.c
    gateway/kit/store_kit.c ${reporter}/trust.c ${reporter}/verify.c
    ${reporter}/state.c)
  target_include_directories(test_reporter_trust PRIVATE ${reporter}
    gateway/kit)
  target_link_libraries(test_reporter_trust meldluik_transfer
    meldluik_mailbox PkgConfig::CMOCKA)
  add_test(NAME test_reporter_trust COMMAND test_reporter_trust)
  add_executable(test_reporter_send gateway/test_reporter_send.c
    gateway/kit/store_kit.c ${reporter}/send.c)
  target_include_directories(test_reporter_send PRIVATE ${reporter}
    gateway/kit)
  target_link_libraries(test_reporter_send meldluik_transfer
    meldluik_mailbox PkgConfig::CMOCKA)
  add_test(NAME test_reporter_send COMMAND test_reporter_send)
  add_executable(test_reporter_seal gateway/test_reporter_seal.c
    gateway/kit/store_kit.c ${reporter}/seal.c ${reporter}/choices.c)
  target_include_directories(test_reporter_seal PRIVATE ${reporter}
    gateway/kit)
  target_link_libraries(test_reporter_seal meldluik_transfer
    meldluik_unseal PkgConfig::CMOCKA)
  target_link_options(test_reporter_seal PRIVATE
    -Wl,--wrap=open,--wrap=read,--wrap=write)
  add_test(NAME test_reporter_seal COMMAND test_reporter_seal)
  add_executable(test_reporter_compose gateway/test_reporter_compose.c
    gateway/kit/store_kit.c ${reporter}/compose.c ${reporter}/choices.c
    ${reporter}/law.c)
  target_include_directories(test_reporter_compose PRIVATE ${reporter}
    gateway/kit)
  target_link_libraries(test_reporter_compose meldluik_transfer
    meldluik_mailbox PkgConfig::CMOCKA)
  add_test(NAME test_reporter_compose COMMAND test_reporter_compose)
  add_executable(test_reporter_check gateway/test_reporter_check.c
    gateway/kit/store_kit.c ${reporter}/check.c)
  target_include_directories(test_reporter_check PRIVATE ${reporter}
    gateway/kit)
  target_link_libraries(test_reporter_check meldluik_transfer
    meldluik_mailbox PkgConfig::CMOCKA)
  add_test(NAME test_reporter_check COMMAND test_reporter_check)
  add_executable(test_reporter_state gateway/test_reporter_state.c
    gateway/kit/store_kit.c ${reporter}/state.c)
  target_include_directories(test_reporter_state PRIVATE ${reporter}
    gateway/kit)
  target_link_libraries(test_reporter_state meldluik_transfer
    meldluik_mailbox PkgConfig::CMOCKA)
  target_link_options(test_reporter_state PRIVATE
    -Wl,--wrap=renameat,--wrap=close)
  add_test(NAME test_reporter_state COMMAND test_reporter_state)
  add_executable(test_reporter_pages gateway/test_reporter_pages.c
    ${reporter}/pagematch.c)
  target_include_directories(test_reporter_pages PRIVATE ${reporter})
  target_link_libraries(test_reporter_pages meldluik_seal PkgConfig::CMOCKA)
  add_test(NAME test_reporter_pages COMMAND test_reporter_pages)
endif()

# Of the pages: what parses a form, without the pages themselves; of
# meldluik_pages only organisation.c comes along. test_pages_*.c,
# fuzz_pages_*.c.
set(page_parsers form.c)
list(TRANSFORM page_parsers PREPEND ${CMAKE_SOURCE_DIR}/gateway/pages/)
file(GLOB units CONFIGURE_DEPENDS gateway/test_pages_*.c)
file(GLOB fuzzers CONFIGURE_DEPENDS gateway/fuzz_pages_*.c)
add_library(meldluik_page_parsers STATIC ${page_parsers})
target_link_libraries(meldluik_page_parsers PUBLIC meldluik_seal)
if(MELDLUIK_TESTS)
  foreach(source ${units})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
    target_compile_definitions(${name} PRIVATE
      TESTS_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(${name} meldluik_page_parsers meldluik_pages
      PkgConfig::CMOCKA)
    add_test(NAME ${name} COMMAND ${name})
  endforeach()
  # These send: the exchange is theirs, and a desk's key opens it
  foreach(name test_pages_judge test_pages_places test_pages_sending)
    target_include_directories(${name} PRIVATE gateway/kit)
    target_link_libraries(${name} meldluik_unseal)
    target_link_options(${name} PRIVATE -Wl,--wrap=preview_answer)
  endforeach()
  target_link_options(test_pages_sending PRIVATE
    -Wl,--wrap=site_open,--wrap=fields_new)
  target_link_options(test_pages_places PRIVATE -Wl,--wrap=site_open)
endif()
foreach(source ${fuzzers})
  get_filename_component(name ${source} NAME_WE)
  if(MELDLUIK_FUZZ)
    add_executable(${name} ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${source} fuzz/driver.c)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/gateway)
  target_link_libraries(${name} meldluik_page_parsers meldluik_pages)
endforeach()
