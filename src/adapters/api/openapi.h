// The description of this interface, openapi.yaml beside this file, as the program carries it.
#pragma once

#include <string_view>

namespace allclear::api {

std::string_view openapi_text();  // YAML, as it is written

}  // namespace allclear::api
