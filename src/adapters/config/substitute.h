// Substitution of ${VAR}, ${VAR:-default} and $$ in one scalar. Pure: the environment is an argument.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace allclear::config {

using Environment = std::function<std::optional<std::string>(std::string_view)>;

struct Substituted {
  std::string text;
  std::vector<std::string> values;  // what came from the environment (defaults did not)
};

// Any other '$' stands for itself, so that JSON paths and patterns need no escape. A default is taken when the
// variable is missing or empty. Error: a variable that is missing without a default, or a malformed ${…}.
Result<Substituted> substitute(std::string_view text, const Environment& environment);

// Whether a value from the environment must be masked in logs: at least 8 characters and not plainly a number, a
// duration, an address, a host name or a URL without path and credentials.
bool looks_secret(std::string_view value);

}  // namespace allclear::config
