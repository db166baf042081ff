#include "adapters/api/headers.h"

namespace allclear::api {
namespace {

constexpr std::string_view two_years = "max-age=63072000";

template <class Add>
void each_common_header(const AnswerPolicy& policy, Audience audience, Add add) {
  add("Content-Security-Policy", content_security_policy);
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "strict-origin-when-cross-origin");
  if (policy.hsts) add("Strict-Transport-Security", two_years);
  if (audience == Audience::operators || policy.cors.empty()) return;
  add("Access-Control-Allow-Origin", std::string_view(policy.cors));
  add("Access-Control-Expose-Headers", "ETag");
}

}  // namespace

bool varies_by_origin(const AnswerPolicy& policy) { return !policy.cors.empty() && policy.cors != "*"; }

std::string common_header_lines(const AnswerPolicy& policy, Audience audience) {
  std::string lines;
  each_common_header(policy, audience, [&](std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
  });
  return lines;
}

void add_common_headers(net::HttpResponse& response, const AnswerPolicy& policy, Audience audience) {
  each_common_header(policy, audience, [&](std::string_view name, std::string_view value) {
    response.headers.push_back({std::string(name), std::string(value)});
  });
  if (audience == Audience::everyone && varies_by_origin(policy)) response.headers.push_back({"Vary", "Origin"});
}

}  // namespace allclear::api
