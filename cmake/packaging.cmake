# What `cmake --install` and the .deb put where. The units name /usr/bin and /etc, so the prefix is /usr.

if(NOT TARGET allclear)
  return()
endif()

include(GNUInstallDirs)
set(units_folder lib/systemd/system)
set(doc_folder ${CMAKE_INSTALL_DATAROOTDIR}/doc/allclear)

# Packing builds nothing: it takes the program that was built and tested.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS allclear RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES
  deploy/systemd/allclear.service
  deploy/systemd/allclear-once.service
  deploy/systemd/allclear-once.timer
  DESTINATION ${units_folder})
install(FILES deploy/systemd/allclear.sysusers DESTINATION lib/sysusers.d RENAME allclear.conf)
install(FILES deploy/man/allclear.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES deploy/config/allclear.yaml DESTINATION /etc/allclear)
install(FILES deploy/debian/copyright NOTICE README.md CHANGELOG.md DESTINATION ${doc_folder})
install(DIRECTORY docs/ DESTINATION ${doc_folder}/docs FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.png")
if(EXISTS "${PROJECT_SOURCE_DIR}/examples")
  install(DIRECTORY examples DESTINATION ${doc_folder})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME allclear)
set(CPACK_PACKAGE_VENDOR "AllClear")
set(CPACK_PACKAGE_CONTACT "AllClear maintainers <maintainers@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "self-hosted uptime monitor and status page")
set(CPACK_PACKAGE_DESCRIPTION
  "AllClear checks services over HTTP, TCP, TLS, DNS and ICMP, confirms what it\n\
sees, keeps the history in an embedded database, opens and closes incidents and\n\
serves a public status page, all from one program.")
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON) # for /etc/allclear
set(CPACK_INSTALL_PREFIX /usr)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/deploy/debian/conffiles"
  "${PROJECT_SOURCE_DIR}/deploy/debian/postinst"
  "${PROJECT_SOURCE_DIR}/deploy/debian/prerm"
  "${PROJECT_SOURCE_DIR}/deploy/debian/postrm")
include(CPack)

if(EXISTS "${PROJECT_SOURCE_DIR}/tests/package/CMakeLists.txt" AND NOT ALLCLEAR_SANITIZE)
  add_subdirectory(tests/package)
endif()
