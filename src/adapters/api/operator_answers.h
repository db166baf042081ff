// What operators' routes answer with: JSON that is never cached and never for other origins. Pure.
#pragma once

#include <string>

#include "adapters/api/problem.h"
#include "net/http_message.h"

namespace allclear::api {

inline constexpr std::string_view operator_paths = "/api/v1/";  // begin so
inline constexpr std::string_view events_path = "/events";

inline bool is_operators(std::string_view path) { return path.starts_with(operator_paths) || path == events_path; }

net::HttpResponse json_answer(int status, std::string body, const AnswerPolicy& policy);
// `path`: what the problem is an instance of.
net::HttpResponse operator_problem(Problem problem, std::string path, const AnswerPolicy& policy);

}  // namespace allclear::api
