#include "adapters/api/operator_answers.h"

namespace allclear::api {

net::HttpResponse json_answer(int status, std::string body, const AnswerPolicy& policy) {
  net::HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  add_common_headers(response, policy, Audience::operators);
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

net::HttpResponse operator_problem(Problem problem, std::string path, const AnswerPolicy& policy) {
  problem.instance = std::move(path);
  return make_problem(problem, policy, Audience::operators);
}

}  // namespace allclear::api
