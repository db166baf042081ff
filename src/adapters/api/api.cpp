#include "adapters/api/api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "adapters/api/assets.h"
#include "adapters/api/history.h"
#include "adapters/api/metrics.h"
#include "adapters/api/operator_answers.h"
#include "adapters/api/own_pages.h"
#include "adapters/api/page.h"
#include "adapters/api/problem.h"
#include "adapters/api/readiness.h"
#include "adapters/api/status_json.h"

namespace allclear::api {
namespace {

constexpr std::size_t kept_day_documents = 4;
constexpr std::size_t kept_files = 256;
constexpr std::string_view incident_folder = "/incidents/";
constexpr std::string_view page_ending = ".html";
constexpr std::string_view allowed_methods = "GET, HEAD, OPTIONS";

std::optional<int> parse_whole(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Api::Api(ApiOptions options, Queries& queries, std::function<std::shared_ptr<const Snapshot>()> snapshot,
         RenderedPages& pages, Clock& clock, OperatorApi* operators, PingApi* pings, ProbeApi* probes, OpsPages* ops)
    : options_(std::move(options)),
      queries_(queries),
      snapshot_(std::move(snapshot)),
      pages_(pages),
      clock_(clock),
      operators_(operators),
      pings_(pings),
      probes_(probes),
      ops_(ops) {
  for (const Asset& asset : assets()) {
    assets_.emplace(asset.path, make_document(std::string(asset.bytes), asset.content_type, Caching::immutable,
                                              Effort::best, options_.policy));
  }
  health_ =
      make_document("{\"status\":\"ok\"}", "application/json", Caching::revalidate, Effort::quick, options_.policy);
}

std::span<const std::string_view> Api::paths() {
  static constexpr std::array<std::string_view, 17> paths{
      "/",         "/index.html", "/history.html", "/incidents/",   "/status.json", "/feed.atom",
      "/feed.rss", "/badge.svg",  "/badge/",       "/api/v2/",      "/status",      "/history",
      "/health",   "/ready",      "/metrics",      "/openapi.json", "/a/"};
  return paths;
}

const Api::Route* Api::find_route(std::string_view path) {
  static constexpr std::array<Route, 17> routes{{{&Api::page, Audience::everyone},
                                                 {&Api::page, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::site_file, Audience::everyone},
                                                 {&Api::status, Audience::everyone},
                                                 {&Api::history, Audience::everyone},
                                                 {&Api::health, Audience::everyone},
                                                 {&Api::ready, Audience::operators},
                                                 {&Api::metrics, Audience::operators},
                                                 {&Api::openapi, Audience::everyone},
                                                 {&Api::asset, Audience::everyone}}};
  const auto known = paths();
  for (std::size_t i = 0; i < known.size(); ++i) {
    const bool is_folder = known[i].size() > 1 && known[i].back() == '/';
    if (is_folder ? path.substr(0, known[i].size()) == known[i] : path == known[i]) return &routes[i];
  }
  return nullptr;
}

net::Reply Api::handle(const net::HttpRequest& request) {
  if (request.path == "*") return options(Audience::operators);  // OPTIONS *: no resource that CORS could be about
  const Route* route = find_route(request.path);
  if (route == nullptr && operators_ != nullptr && is_operators(request.path)) {
    return operators_->handle(request);
  }
  if (route == nullptr && pings_ != nullptr && request.path.starts_with(ping_paths)) return pings_->handle(request);
  if (route == nullptr && ops_ != nullptr && is_ops_path(request.path)) return ops_->handle(request);
  const bool probes = probes_ != nullptr && request.path == ProbeApi::path();
  if (route == nullptr && !probes) return problem(request, 404, "there is nothing at this path");
  if (request.method == "GET" || request.method == "HEAD")
    return probes ? probes_->handle(request) : (this->*route->answer)(request);
  if (request.method == "OPTIONS") return options(probes ? Audience::operators : route->audience);
  net::HttpResponse response = problem(request, 405, "this path answers GET, HEAD and OPTIONS only");
  response.headers.push_back({"Allow", std::string(allowed_methods)});
  return response;
}

// A browser asks so before a read that carries headers of its own (Fetch, CORS preflight).
net::HttpResponse Api::options(Audience audience) const {
  net::HttpResponse response;
  response.status = 204;
  response.headers = {{"Allow", std::string(allowed_methods)}, {"Cache-Control", "no-store"}};
  add_common_headers(response, options_.policy, audience);
  if (audience == Audience::operators || options_.policy.cors.empty()) return response;
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, HEAD"});
  response.headers.push_back({"Access-Control-Allow-Headers", "If-None-Match, Cache-Control"});
  response.headers.push_back({"Access-Control-Max-Age", "86400"});  // s
  return response;
}

net::HttpResponse Api::refuse(int status, std::string_view detail, std::string_view path) const {
  const Audience audience = path.starts_with(operator_paths) || is_ops_path(path) ? Audience::operators : Audience::everyone;
  return make_problem({status, std::string(detail), std::string(path), {}}, options_.policy, audience);
}

net::HttpResponse Api::problem(const net::HttpRequest& request, int status, std::string detail) const {
  return make_problem({status, std::move(detail), request.path, {}}, options_.policy);
}

net::HttpResponse Api::not_rendered_yet(const net::HttpRequest& request) const {
  net::HttpResponse response = problem(request, 503, "the first page is not rendered yet");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

net::HttpResponse Api::text(int status, std::string_view content_type, std::string body) const {
  net::HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(content_type)}, {"Cache-Control", "no-store"}};
  add_common_headers(response, options_.policy, Audience::operators);
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

net::HttpResponse Api::page(const net::HttpRequest& request) {
  const auto set = pages_.current();
  return set ? serve(set->page, request) : not_rendered_yet(request);
}

net::HttpResponse Api::site_file(const net::HttpRequest& request) {
  const auto set = pages_.current();
  if (!set) return not_rendered_yet(request);
  const auto found = find_site_file(set, request.path);
  if (!found) return problem(request, 503, "the history cannot be read at the moment");
  if (*found != nullptr) return serve(**found, request);
  // For people; in a deeper folder its links would lead nowhere.
  const bool among_incidents =
      request.path.starts_with(incident_folder) && request.path.find('/', incident_folder.size()) == std::string::npos;
  if (!among_incidents) return problem(request, 404, "there is nothing at this path");
  net::HttpResponse response;
  response.status = 404;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}};
  add_common_headers(response, options_.policy, Audience::everyone);
  response.body = std::make_shared<const std::string>(render_missing_incident_page(*set->view));
  return response;
}

// Null: there is none.
Result<const Document*> Api::find_site_file(const std::shared_ptr<const RenderedSet>& set, const std::string& path) {
  if (path == "/status.json") return &set->status;
  if (files_of_ != set || files_.size() >= kept_files) {
    files_.clear();
    files_of_ = set;
  }
  const auto kept = files_.find(path);
  if (kept != files_.end()) return &kept->second;
  auto file = render_site_file(*set->view, std::string_view(path).substr(1));
  if (!file) {
    auto old = old_incident(*set->view, path);
    if (!old) return tl::unexpected(old.error());
    file = std::move(*old);
  }
  if (!file) return nullptr;
  Document made =
      make_document(std::move(file->body), file->content_type, Caching::revalidate, Effort::quick, options_.policy);
  return &files_.emplace(path, std::move(made)).first->second;
}

// One that is too old for the view: somebody kept its address.
Result<std::optional<SiteFile>> Api::old_incident(const PublicView& view, std::string_view path) {
  if (!path.starts_with(incident_folder) || !path.ends_with(page_ending)) return std::optional<SiteFile>();
  path.remove_prefix(incident_folder.size());
  path.remove_suffix(std::min(path.size(), page_ending.size()));
  const auto found = queries_.incident(IncidentId(path));
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<SiteFile>();
  const auto part = public_part(**found, [&](const ServiceId& service) { return view.find(service) != nullptr; });
  if (!part) return std::optional<SiteFile>();
  return SiteFile{render_incident_page(view, *part), "text/html; charset=utf-8"};
}

net::HttpResponse Api::status(const net::HttpRequest& request) {
  const auto set = pages_.current();
  if (!set) return not_rendered_yet(request);
  const std::string* text = request.query_value("days");
  if (text == nullptr) return serve(set->status, request);
  const bool repeated = request.query_count("days") > 1;
  const auto days = parse_whole(*text);
  if (!repeated && days && *days >= 1 && *days <= shown_days) return serve(status_with_days(set, *days), request);
  const std::string_view expected = repeated ? at_most_once : "expected a whole number from 1 to 90";
  return make_problem({400, "a parameter is not as expected", request.path, {{"days", std::string(expected)}}},
                      options_.policy);
}

const Document& Api::status_with_days(const std::shared_ptr<const RenderedSet>& set, int days) {
  if (days_of_ != set || status_days_.size() >= kept_day_documents) {
    if (!(days_of_ == set && status_days_.contains(days))) status_days_.clear();
    days_of_ = set;
  }
  const auto kept = status_days_.find(days);
  if (kept != status_days_.end()) return kept->second;
  Document made = make_document(render_status(*set->view, days), "application/json", Caching::revalidate, Effort::quick,
                                options_.policy);
  return status_days_.emplace(days, std::move(made)).first->second;
}

net::HttpResponse Api::history(const net::HttpRequest& request) {
  const auto snapshot = snapshot_();
  if (!snapshot) return not_rendered_yet(request);
  auto asked = read_history_request(request, *snapshot);
  if (!asked) {
    asked.error().instance = request.path;
    return make_problem(asked.error(), options_.policy);
  }
  auto answer = answer_history(*asked, queries_, clock_.now().wall);
  if (!answer) {
    answer.error().instance = request.path;
    return make_problem(answer.error(), options_.policy);
  }
  return serve(
      make_document(std::move(*answer), "application/json", Caching::revalidate, Effort::quick, options_.policy),
      request);
}

net::HttpResponse Api::health(const net::HttpRequest& request) { return serve(health_, request); }

net::HttpResponse Api::ready(const net::HttpRequest& request) {
  const Readiness readiness = judge_readiness(snapshot_().get());
  const Detail detail = is_local(request) ? Detail::full : Detail::brief;
  return text(readiness.ready ? 200 : 503, "application/json", render_readiness(readiness, detail));
}

net::HttpResponse Api::metrics(const net::HttpRequest& request) {
  switch (options_.metrics) {
    case MetricsAccess::open: break;
    case MetricsAccess::loopback:
      if (!is_local(request)) return problem(request, 403, "metrics answer loopback clients only (server.metrics)");
      break;
    case MetricsAccess::token:
      if (operators_ == nullptr) return problem(request, 401, "metrics need a read token (server.metrics)");
      if (auto denied = operators_->deny(request, TokenScope::read)) return std::move(*denied);
      break;
  }
  const auto snapshot = snapshot_();
  if (!snapshot) return not_rendered_yet(request);
  return text(200, "text/plain; version=0.0.4; charset=utf-8", render_metrics(*snapshot));
}

net::HttpResponse Api::openapi(const net::HttpRequest& request) {
  if (options_.openapi.empty()) return problem(request, 404, "there is nothing at this path");
  if (!openapi_) {
    openapi_ = make_document(options_.openapi, "application/json", Caching::revalidate, Effort::best, options_.policy);
  }
  return serve(*openapi_, request);
}

net::HttpResponse Api::asset(const net::HttpRequest& request) {
  const auto found = assets_.find(request.path);
  return found == assets_.end() ? problem(request, 404, "there is no such asset") : serve(found->second, request);
}

}  // namespace allclear::api
