#include "adapters/probe/http_probe.h"

#include "adapters/probe/translate.h"
#include "net/base64.h"

namespace allclear::probe {
namespace {

std::string authorization_for(const HttpTarget& target) {
  if (!target.request->bearer.empty()) return "Bearer " + target.request->bearer;
  if (!target.request->basic_auth) return {};
  return "Basic " + net::base64(target.request->basic_auth->user + ":" + target.request->basic_auth->password);
}

net::HttpCall call_for(const HttpTarget& target, const ProbeEnvironment& environment) {
  net::HttpCall call;
  call.url = to_url(target.url);
  call.method = target.request->method;
  call.headers.reserve(target.request->headers.size());
  for (const Header& header : target.request->headers) call.headers.push_back({header.name, header.value});
  call.body = target.request->body;
  call.authorization = authorization_for(target);
  call.user_agent = target.request->user_agent.empty() ? environment.user_agent : target.request->user_agent;
  call.redirects = target.request->follow_redirects ? net::Redirects::follow : net::Redirects::report;
  call.max_redirects = target.request->max_redirects;
  call.connection = target.request->keep_alive ? net::ConnectionUse::kept_alive : net::ConnectionUse::fresh;
  if (target.request->proxy) call.proxy = to_url(*target.request->proxy);
  call.tls = to_wish(*target.tls, {});
  call.family = to_family(target.network->family);
  call.resolver = target.network->resolver;
  call.policy = &environment.policy_for(target.network->origin);
  return call;
}

HttpFacts to_facts(net::HttpAnswer answer) {
  HttpFacts facts;
  facts.status = answer.status;
  facts.headers.reserve(answer.headers.size());
  for (net::HttpField& field : answer.headers) facts.headers.push_back({std::move(field.name), std::move(field.value)});
  facts.body = std::move(answer.body);
  facts.body_cut = answer.body_cut;
  facts.body_ended_early = answer.body_ended_early;
  facts.final_url = std::move(answer.final_url);
  facts.redirects = answer.redirects;
  return facts;
}

}  // namespace

Task<Observation> HttpProbe::observe(const HttpTarget& target, MonotonicTime deadline) {
  const net::HttpCall call = call_for(target, environment_);
  net::HttpReport report = co_await client_.exchange(call, deadline);
  Observation observation;
  if (report.fault) observation.error = to_error(std::move(*report.fault));
  if (report.answer) observation.facts = to_facts(std::move(*report.answer));
  for (net::HttpRedirect& hop : report.redirects) {
    observation.redirects.push_back({hop.status, std::move(hop.url), hop.total});
  }
  put_trace(observation, std::move(report.trace));
  co_return observation;
}

}  // namespace allclear::probe
