# cmake -DOUTPUT=x.cpp -DINPUT=openapi.yaml -DHEADER=adapters/api/openapi.h -DNAMESPACE=allclear::api -DFUNCTION=openapi_text -P embed_text.cmake
# Writes a function that returns the file's text.
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
string(REGEX REPLACE "((....... ?){20})" "\\1\n  " bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

namespace ${NAMESPACE} {
namespace {

constexpr char text[] = {${bytes}};

}  // namespace

std::string_view ${FUNCTION}() { return {text, sizeof text}; }

}  // namespace ${NAMESPACE}
")
