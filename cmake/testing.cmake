include(GoogleTest)

# What nearly every test includes, compiled once; and no more optimised than the sanitizers' builds: a test's own
# code is macros, its time goes by in the libraries it links.
add_library(allclear_test_headers OBJECT ${CMAKE_SOURCE_DIR}/tests/support/precompiled.cpp)
target_link_libraries(allclear_test_headers PRIVATE GTest::gtest GTest::gmock
  nlohmann_json::nlohmann_json tl::expected allclear_options)
target_precompile_headers(allclear_test_headers PRIVATE
  <gmock/gmock.h> <gtest/gtest.h> <algorithm> <chrono> <functional> <map> <memory> <optional> <string> <string_view>
  <variant> <vector> <fmt/format.h> <nlohmann/json.hpp> <tl/expected.hpp>)
add_library(allclear_test_options INTERFACE)
target_compile_options(allclear_test_options INTERFACE $<$<CONFIG:Release>:-O1>
  # g++ 12 is wrong about strings at -O1: here the sanitizers look for these.
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
if(CMAKE_UNITY_BUILD) # one file's using-declarations reach the next
  target_compile_options(allclear_test_options INTERFACE -Wno-shadow)
endif()
target_link_libraries(allclear_test_headers PRIVATE allclear_test_options)
# The flags of the programs that take it: an object library would be -fPIC.
set_target_properties(allclear_test_headers PROPERTIES POSITION_INDEPENDENT_CODE OFF)
target_compile_options(allclear_test_headers PRIVATE ${CMAKE_CXX_COMPILE_OPTIONS_PIE})

# allclear_test(NAME LABELS … SOURCES … LINK …): a GoogleTest program, its cases found just before a test run.
# APART: those of the sources that cannot be compiled together with others.
function(allclear_test name)
  cmake_parse_arguments(test "" "TIMEOUT" "LABELS;SOURCES;APART;LINK" ${ARGN})
  add_executable(${name} ${test_SOURCES} ${test_APART})
  set_target_properties(${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 8)
  set_source_files_properties(${test_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${test_LINK} GTest::gtest GTest::gmock GTest::gtest_main allclear_options
    allclear_test_options)
  target_precompile_headers(${name} REUSE_FROM allclear_test_headers)
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 600)  # s; ends what hangs, far above what a busy machine takes under a sanitizer
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS "${test_LABELS}" TIMEOUT ${test_TIMEOUT})
endfunction()
