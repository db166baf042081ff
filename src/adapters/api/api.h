// Api: routes a request to its answer; independent of the transport (a socket server and a cloud function use the same).
// Called from one thread; reads committed values only, and the store through a Queries of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/api/document.h"
#include "adapters/api/headers.h"
#include "adapters/api/operators.h"
#include "adapters/api/ops_pages.h"
#include "adapters/api/pings.h"
#include "adapters/api/probe_route.h"
#include "adapters/api/rendered.h"
#include "adapters/api/site.h"
#include "core/model/snapshot.h"
#include "core/ports/clock.h"
#include "core/ports/store.h"
#include "net/http_message.h"

namespace allclear::api {

enum class MetricsAccess : std::uint8_t { loopback, open, token };

struct ApiOptions {
  AnswerPolicy policy;
  MetricsAccess metrics = MetricsAccess::loopback;
  std::string openapi;  // JSON; empty: /openapi.json is not there
};

class Api {
 public:
  // `operators` null: there are no tokens, and what needs one is nobody's. `pings` null: there are no heartbeats.
  // `probes` null: there is no /probe. `ops` null: there is nothing below /ops.
  Api(ApiOptions options, Queries& queries, std::function<std::shared_ptr<const Snapshot>()> snapshot,
      RenderedPages& pages, Clock& clock, OperatorApi* operators = nullptr, PingApi* pings = nullptr,
      ProbeApi* probes = nullptr, OpsPages* ops = nullptr);

  net::Reply handle(const net::HttpRequest& request);
  // Every path that is answered beside OperatorApi::routes(), PingApi::paths(), ProbeApi::path() and OpsPages::routes(),
  // "/a/" standing for all assets: openapi.yaml is held against it.
  static std::span<const std::string_view> paths();
  // For what the transport refuses by itself, in the same clothes as every other error. `path`: empty when not known.
  net::HttpResponse refuse(int status, std::string_view detail, std::string_view path) const;

 private:
  struct Route {
    net::HttpResponse (Api::*answer)(const net::HttpRequest&);
    Audience audience;
  };
  static const Route* find_route(std::string_view path);

  net::HttpResponse page(const net::HttpRequest& request);
  net::HttpResponse site_file(const net::HttpRequest& request);
  net::HttpResponse status(const net::HttpRequest& request);
  net::HttpResponse history(const net::HttpRequest& request);
  net::HttpResponse health(const net::HttpRequest& request);
  net::HttpResponse ready(const net::HttpRequest& request);
  net::HttpResponse metrics(const net::HttpRequest& request);
  net::HttpResponse openapi(const net::HttpRequest& request);
  net::HttpResponse asset(const net::HttpRequest& request);
  net::HttpResponse options(Audience audience) const;

  Result<const Document*> find_site_file(const std::shared_ptr<const RenderedSet>& set, const std::string& path);
  Result<std::optional<SiteFile>> old_incident(const PublicView& view, std::string_view path);
  const Document& status_with_days(const std::shared_ptr<const RenderedSet>& set, int days);
  net::HttpResponse problem(const net::HttpRequest& request, int status, std::string detail) const;
  net::HttpResponse not_rendered_yet(const net::HttpRequest& request) const;
  net::HttpResponse text(int status, std::string_view content_type, std::string body) const;

  ApiOptions options_;
  Queries& queries_;
  std::function<std::shared_ptr<const Snapshot>()> snapshot_;
  RenderedPages& pages_;
  Clock& clock_;
  OperatorApi* const operators_;
  PingApi* const pings_;
  ProbeApi* const probes_;
  OpsPages* const ops_;
  std::unordered_map<std::string_view, Document> assets_;  // by path
  Document health_;
  std::optional<Document> openapi_;  // once somebody asked
  // What is made when it is first asked for and kept until the next rendering: the site's files by path, /status?days=N.
  std::shared_ptr<const RenderedSet> files_of_;
  std::unordered_map<std::string, Document> files_;
  std::shared_ptr<const RenderedSet> days_of_;
  std::unordered_map<int, Document> status_days_;
};

}  // namespace allclear::api
