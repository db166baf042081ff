#include "apps/allclear/api_loop.h"

#include <algorithm>
#include <string_view>

#include <boost/asio/post.hpp>

#include "adapters/api/openapi.h"
#include "adapters/config/yaml_json.h"
#include "apps/allclear/page_settings.h"
#include "apps/allclear/probe_desk.h"

namespace allclear::app {
namespace {

constexpr milliseconds look_period{100};
constexpr seconds uses_put_period{60};
constexpr milliseconds collecting_time{10};  // of each look_period
constexpr int most_logins_waiting = 16;      // each holds a request and costs about 20 ms of a core

api::MetricsAccess to_access(config::Server::Metrics metrics) {
  switch (metrics) {
    case config::Server::Metrics::loopback: return api::MetricsAccess::loopback;
    case config::Server::Metrics::open: return api::MetricsAccess::open;
    case config::Server::Metrics::token: return api::MetricsAccess::token;
  }
  return api::MetricsAccess::loopback;
}

api::ApiOptions api_of(const config::ConfigFile& config) {
  return {{config.server.cors, !config.server.tls_cert_file.empty()},
          to_access(config.server.metrics),
          config::yaml_to_json(api::openapi_text())};
}

// What a visitor would see: state, reason, incident and its last update; not the time of the last check.
bool looks_equal(const ServiceSnapshot& left, const ServiceSnapshot& right) {
  if (left.service != right.service || left.state != right.state) return false;
  if ((left.open_incident == nullptr) != (right.open_incident == nullptr)) return false;
  return left.open_incident == nullptr || *left.open_incident == *right.open_incident;
}

bool hidden(const ServiceSnapshot& left, const ServiceSnapshot& right) {
  return left.service == right.service && left.service->visibility == Visibility::internal;
}

bool looks_equal(const Snapshot& left, const Snapshot& right) {
  return left.by_hand == right.by_hand && left.maintenances == right.maintenances &&
         ServiceList::equal(left.services, right.services,
                            [](const auto& a, const auto& b) { return hidden(a, b) || looks_equal(a, b); });
}

}  // namespace

Result<std::unique_ptr<ApiLoop>> ApiLoop::listen(boost::asio::io_context& loop, const config::ConfigFile& config,
                                                 ApiParts parts, Log& log) {
  std::unique_ptr<ApiLoop> api(new ApiLoop(config, std::move(parts), log));
  net::HttpServerOptions options;
  options.host = config.server.listen_host;
  options.port = config.server.listen_port;
  options.trusted_proxies = config.server.trusted_proxies;
  options.tls_cert_file = config.server.tls_cert_file;
  options.tls_key_file = config.server.tls_key_file;
  options.refusal = [raw = api.get()](int status, std::string_view detail, std::string_view path) {
    return raw->api_.refuse(status, detail, path);
  };
  auto server = net::HttpServer::listen(
      loop, std::move(options),
      [raw = api.get()](const net::HttpRequest& request) { return raw->api_.handle(request); }, log);
  if (!server) return tl::unexpected(server.error());
  api->server_ = std::move(*server);
  api->live_.put_page_name(api->page_.name);
  api->look();
  api->ticker_.emplace(loop, look_period, [raw = api.get()] { raw->look(); });
  return api;
}

ApiLoop::ApiLoop(const config::ConfigFile& config, ApiParts parts, Log& log)
    : monitor_(parts.monitor),
      queries_(parts.queries),
      log_(log),
      page_(page_settings_of(config)),
      options_(api_of(config)),
      publisher_(config.server.publish_interval, parts.page_seq),
      trends_(queries_),
      live_(clock_),
      token_file_(parts.access_file),
      user_file_(parts.access_file),
      token_watch_(parts.access_file),
      session_watch_(parts.access_file),
      uses_put_at_(clock_.now().monotonic),
      operators_(options_.policy, operator_ports(parts)),
      pings_(options_.policy, operator_ports(parts), [this] { return snapshot(); }),
      probes_(options_.policy, probe_route_of(config)),
      ops_(options_.policy, operator_ports(parts), [this] { return page_.name; }),
      api_(
          options_, queries_, [this] { return snapshot(); }, pages_, clock_, &operators_, &pings_, &probes_, &ops_) {}

ApiLoop::~ApiLoop() {
  login_thread_.stop();  // who waits for a password's judging is not waited for
  login_thread_.join();
  token_thread_.join();
}

api::OperatorPorts ApiLoop::operator_ports(const ApiParts& parts) {
  api::OperatorPorts ports{
      queries_, token_watch_, clock_, log_, &monitor_, {}, {}, parts.wake_dispatcher, [this] { return snapshot(); }};
  ports.on_outbox = [this, &outbox = parts.outbox](std::function<void(Outbox&)> work) {
    monitor_.perform([work = std::move(work), &outbox](CheckLog&) { work(outbox); });
  };
  ports.on_tokens = [this](std::function<void(TokenBook&)> work) { on_tokens(std::move(work)); };
  ports.live = &live_;
  ports.sessions = &session_watch_;
  ports.on_users = [this](std::function<void(UserBook&)> work) { on_users(std::move(work)); };
  ports.on_logins = [this](std::function<void(UserBook&)> work) { return on_logins(std::move(work)); };
  ports.entrance = parts.entrance;
  return ports;
}

void ApiLoop::on_tokens(std::function<void(TokenBook&)> work) {
  boost::asio::post(token_thread_, [this, work = std::move(work)] { work(token_file_); });
}

void ApiLoop::on_users(std::function<void(UserBook&)> work) {
  boost::asio::post(token_thread_, [this, work = std::move(work)] { work(user_file_); });
}

bool ApiLoop::on_logins(std::function<void(UserBook&)> work) {
  if (logins_waiting_ >= most_logins_waiting) return false;
  ++logins_waiting_;
  boost::asio::post(login_thread_, [this, work = std::move(work)] {
    work(user_file_);
    --logins_waiting_;
  });
  return true;
}

void ApiLoop::put_uses() {
  uses_put_at_ = clock_.now().monotonic;
  auto uses = token_watch_.take_uses();
  if (!uses.empty()) {
    on_tokens([uses = std::move(uses), &log = log_](TokenBook& tokens) {
      const auto put = tokens.put_uses(uses);
      if (!put) log.warning("token_uses_not_stored", {{"error", put.error().message}});
    });
  }
  auto session_uses = session_watch_.take_uses();
  if (session_uses.empty()) return;
  on_users([uses = std::move(session_uses), &log = log_](UserBook& users) {
    const auto put = users.put_session_uses(uses);
    if (!put) log.warning("session_uses_not_stored", {{"error", put.error().message}});
  });
}

// Progress is judged now, not when the snapshot was made: a stuck engine publishes no more.
std::shared_ptr<const Snapshot> ApiLoop::snapshot() const {
  const auto published = monitor_.snapshot();
  if (monitor_.makes_progress()) return published;
  auto stuck = std::make_shared<Snapshot>(*published);
  stuck->monitor.scheduler_progress = false;
  return stuck;
}

void ApiLoop::adopt(const config::ConfigFile& config) {
  page_ = page_settings_of(config);
  live_.put_page_name(page_.name);
  publisher_.note_change();
}

void ApiLoop::stop() {
  ticker_.reset();
  put_uses();
  server_->stop();
}

void ApiLoop::look() {
  auto snapshot = monitor_.snapshot();
  if (seen_ == nullptr || (seen_ != snapshot && !looks_equal(*seen_, *snapshot))) publisher_.note_change();
  seen_ = std::move(snapshot);
  live_.look(seen_);
  if (clock_.now().monotonic - uses_put_at_ >= uses_put_period) put_uses();
  if (publisher_.should_render(clock_.now().monotonic)) render(*seen_);
  const Instant now = clock_.now();
  trends_.collect(*seen_, now.wall, [&] { return clock_.now().monotonic - now.monotonic < collecting_time; });
}

void ApiLoop::render(const Snapshot& snapshot) {
  const Instant now = clock_.now();
  const std::uint64_t seq = publisher_.begin(now);
  // Of internal services, too: operators see them.
  const auto days =
      queries_.days(day_of(now.wall) - std::chrono::days(api::shown_days - 1), now.wall, every_service);
  const auto past =
      queries_.incidents(std::nullopt, now.wall - api::past_span, now.wall + milliseconds(1), api::most_past);
  if (!days || !past) {
    log_.error("render_failed", {{"error", !days ? days.error().message : past.error().message}});
    if (pages_.current() != nullptr) return;  // the old page ages visibly
  }
  if (days) live_.put_uptimes(api::uptimes_of(*days));
  pages_.put(
      api::render(api::make_public_view(snapshot, days.value_or(std::vector<ServiceDays>()),
                                        past.value_or(std::vector<Incident>()), page_, seq, now.wall, trends_.trends()),
                  options_.policy));
  monitor_.perform([seq](CheckLog& store) { (void)store.put_page_seq(seq); });
}

}  // namespace allclear::app
