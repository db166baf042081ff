// Tokens as the API and `allclear token list --json` show them. Pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/api/json_writer.h"
#include "core/model/token.h"

namespace allclear::api {

// The members of an object that the caller began.
void write_token(JsonWriter& json, const Token& token, WallTime now);
// {"tokens": […]}
std::string render_tokens(const std::vector<Token>& tokens, WallTime now);

}  // namespace allclear::api
