#include "adapters/api/problem.h"

#include "adapters/api/json_writer.h"

namespace allclear::api {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Authentication needed";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 408: return "Request came too slowly";
    case 409: return "Does not fit what stands";
    case 413: return "Body too large";
    case 415: return "Content type not understood";
    case 422: return "Not as expected";
    case 429: return "Too many requests";
    case 431: return "Headers too large";
    case 501: return "Not implemented";
    case 503: return "Not available now";
    case 505: return "HTTP version not supported";
    default: return "Internal error";
  }
}

}  // namespace

net::HttpResponse make_problem(const Problem& problem, const AnswerPolicy& policy, Audience audience) {
  JsonWriter json;
  json.begin_object().key("type").text("about:blank").key("title").text(title_of(problem.status));
  json.key("status").integer(problem.status).key("detail").text(problem.detail);
  if (!problem.instance.empty()) json.key("instance").text(problem.instance);
  if (!problem.errors.empty()) {
    json.key("errors").begin_array();
    for (const FieldError& error : problem.errors) {
      json.begin_object().key("parameter").text(error.parameter).key("detail").text(error.detail).end_object();
    }
    json.end_array();
  }
  json.end_object();
  net::HttpResponse response;
  response.status = problem.status;
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  add_common_headers(response, policy, audience);
  response.body = std::make_shared<const std::string>(json.take());
  return response;
}

}  // namespace allclear::api
