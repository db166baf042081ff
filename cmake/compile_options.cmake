# Warnings and hardening on a private interface target, linked by every target of ours and by nothing else.
add_library(allclear_options INTERFACE)
target_include_directories(allclear_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(allclear_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
# What ccache asks for to keep precompiled headers and what uses them.
target_compile_options(allclear_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU") # takes our sources for headers, as they are included
  target_compile_options(allclear_options INTERFACE -Wno-subobject-linkage)
endif()
if(ALLCLEAR_WERROR)
  # g++ 12 sees these where they are not (GCC bugs 105651, 105562); they stay warnings. The sanitizers look for them.
  target_compile_options(allclear_options INTERFACE -Werror -Wno-error=restrict -Wno-error=maybe-uninitialized
    -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread)
endif()

if(ALLCLEAR_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fno-sanitize=function)
  endif()
  add_link_options(-fsanitize=address,undefined)
elseif(ALLCLEAR_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -Wno-tsan)
  add_link_options(-fsanitize=thread)
elseif(NOT ALLCLEAR_COVERAGE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection)
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()
if(ALLCLEAR_FUZZ) # so that a fuzzer sees which branches an input took
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(ALLCLEAR_COVERAGE)
  add_compile_options(--coverage -O0)
  add_link_options(--coverage)
endif()

# What most of our headers include, compiled once. A file still includes what it uses: the coverage preset compiles
# without it.
target_compile_options(allclear_options INTERFACE -pthread)
target_link_libraries(allclear_options INTERFACE allclear_text)
add_library(allclear_headers OBJECT ${CMAKE_SOURCE_DIR}/src/base/precompiled.cpp)
target_link_libraries(allclear_headers PRIVATE nlohmann_json::nlohmann_json tl::expected allclear_options)
set(allclear_plain_headers
  <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <span> <string> <string_view> <unordered_map>
  <variant> <vector> <fmt/format.h> <nlohmann/json.hpp> <tl/expected.hpp>)
# For the HEADERS of layers that wait for sockets.
set(allclear_asio_headers ${allclear_plain_headers}
  <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp>
  <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)
target_precompile_headers(allclear_headers PRIVATE ${allclear_plain_headers})

# allclear_layer(NAME SOURCES… ; links what it may use). One static target per layer. HEADERS: its own precompiled ones.
function(allclear_layer name)
  cmake_parse_arguments(layer "" "" "SOURCES;LINK;HEADERS" ${ARGN})
  add_library(${name} STATIC ${layer_SOURCES})
  target_link_libraries(${name} PUBLIC ${layer_LINK} PRIVATE allclear_options)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  if(layer_HEADERS)
    target_precompile_headers(${name} PRIVATE ${layer_HEADERS})
  else()
    target_precompile_headers(${name} REUSE_FROM allclear_headers)
  endif()
endfunction()
