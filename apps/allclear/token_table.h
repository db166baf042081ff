// `allclear token list`: tokens as a table, newest first. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/model/token.h"

namespace allclear::app {

std::string draw_tokens(const std::vector<Token>& tokens, WallTime now);

// "read, write", or whose heartbeat it is: "ping backup".
std::string describe_grant(const Token& token);

}  // namespace allclear::app
