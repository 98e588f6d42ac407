# SPDX-License-Identifier: EUPL-1.2
# Languages of the pages: one PO file each, Dutch and English first (they are
# on unless gateway.ini says otherwise).
set(MELDLUIK_LANGUAGES nl en)
file(GLOB languages_po CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/gateway/web/po/*.po)
foreach(file ${languages_po})
  get_filename_component(language ${file} NAME_WE)
  if(NOT language IN_LIST MELDLUIK_LANGUAGES)
    list(APPEND MELDLUIK_LANGUAGES ${language})
  endif()
endforeach()
