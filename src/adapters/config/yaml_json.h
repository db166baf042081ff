// YAML as JSON, for what is written in one and served as the other. Pure; throws YAML's exceptions for what is no YAML.
#pragma once

#include <string>
#include <string_view>

namespace allclear::config {

// YAML's core schema: what stands in quotes is text, what reads as a number, true, false or null is that.
std::string yaml_to_json(std::string_view yaml);

}  // namespace allclear::config
