// Escapes in a flag's text, as `allclear check --send` takes them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace allclear::app {

// \r \n \t \\ and \xNN become the byte that they stand for. Error: the escape that is none of them.
Result<std::string> unescape(std::string_view text);

}  // namespace allclear::app
