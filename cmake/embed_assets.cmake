# cmake -DOUTPUT=assets_table.cpp -DINPUTS="a.css;b.js" -P embed_assets.cmake
# Writes the table behind adapters/api/assets.h: each file's bytes under a path that carries their hash.
set(arrays "")
set(rows "")
set(number 0)
foreach(input IN LISTS INPUTS)
  get_filename_component(name "${input}" NAME)
  get_filename_component(stem "${input}" NAME_WE)
  get_filename_component(ending "${input}" LAST_EXT)
  file(SHA256 "${input}" hash)
  string(SUBSTRING "${hash}" 0 10 hash)
  file(READ "${input}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(REGEX REPLACE "((....... ?){20})" "\\1\n  " bytes "${bytes}")
  if(ending STREQUAL ".css")
    set(mime "text/css; charset=utf-8")
  elseif(ending STREQUAL ".js")
    set(mime "text/javascript; charset=utf-8")
  elseif(ending STREQUAL ".svg")
    set(mime "image/svg+xml")
  else()
    message(FATAL_ERROR "no content type is known for ${name}")
  endif()
  string(APPEND arrays "constexpr char bytes_${number}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${name}\", \"/a/${stem}-${hash}${ending}\", \"${mime}\", {bytes_${number}, sizeof bytes_${number}}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "#include \"adapters/api/assets.h\"

namespace allclear::api {
namespace {

${arrays}
constexpr Asset table[] = {
${rows}};

}  // namespace

std::span<const Asset> assets() { return table; }

}  // namespace allclear::api
")
