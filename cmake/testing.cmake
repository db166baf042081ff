include(GoogleTest)

# allclear_test(NAME LABELS … SOURCES … LINK …): a GoogleTest program, its cases found just before a test run.
function(allclear_test name)
  cmake_parse_arguments(test "" "TIMEOUT" "LABELS;SOURCES;LINK" ${ARGN})
  add_executable(${name} ${test_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${test_LINK} GTest::gtest GTest::gmock GTest::gtest_main allclear_options)
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 600)  # s; ends what hangs, far above what a busy machine takes under a sanitizer
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS "${test_LABELS}" TIMEOUT ${test_TIMEOUT})
endfunction()
