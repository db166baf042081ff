# Driven by tests/bench/serve_bench, which compares it with nginx.
add_executable(serve_bench_server serve_bench_server.cpp ${CMAKE_SOURCE_DIR}/tests/support/sample_world.cpp)
target_include_directories(serve_bench_server PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(serve_bench_server PRIVATE allclear_api allclear_options)
