// Errors as RFC 9457 problem details. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/headers.h"
#include "net/http_message.h"

namespace allclear::api {

// Of a parameter that a request repeats.
inline constexpr std::string_view at_most_once = "expected at most once";

struct FieldError {
  std::string parameter;
  std::string detail;  // what was expected
};

struct Problem {
  int status = 400;
  std::string detail;
  std::string instance;  // the path; empty: left out
  std::vector<FieldError> errors;
};

net::HttpResponse make_problem(const Problem& problem, const AnswerPolicy& policy,
                               Audience audience = Audience::everyone);

}  // namespace allclear::api
