// The description of this interface, openapi.yaml beside this file, as the program carries it.
#pragma once

#include <string>
#include <string_view>

namespace allclear::api {

std::string_view openapi_text();  // YAML, as it is written
std::string openapi_json();       // the same as JSON, its `info.version` the program's
// YAML's core schema: what stands in quotes is text, what reads as a number, true, false or null is that.
std::string yaml_to_json(std::string_view yaml);

}  // namespace allclear::api
