// POST /api/v1/tokens: reads the body strictly. Pure.
#pragma once

#include "adapters/api/problem.h"
#include "base/json.h"
#include "base/result.h"
#include "core/model/token.h"

namespace allclear::api {

// {"name", "scopes", "expires_at" (optional)}. Error: 422 with everything that is wrong.
Result<NewToken, Problem> read_new_token(const Json& body, WallTime now);

}  // namespace allclear::api
