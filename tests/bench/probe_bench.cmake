# Prints what a check costs against bare epoll and bare OpenSSL; ends with 1 when a target is missed.
add_executable(probe_bench
  probe_bench.cpp
  bench_server.cpp
  raw_clients.cpp
  ${CMAKE_SOURCE_DIR}/tests/support/probe_runner.cpp
  ${CMAKE_SOURCE_DIR}/tests/support/test_certificates.cpp)
target_include_directories(probe_bench PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(probe_bench PRIVATE allclear_probe OpenSSL::SSL OpenSSL::Crypto allclear_options)
