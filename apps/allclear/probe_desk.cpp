#include "apps/allclear/probe_desk.h"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "adapters/config/check_target.h"
#include "adapters/probe/registry.h"
#include "core/rules/evaluate.h"
#include "version.h"

namespace allclear::app {
namespace {

constexpr seconds patience_at_stop{3};

std::vector<net::AddressRange> to_ranges(const std::vector<std::string>& texts) {
  std::vector<net::AddressRange> ranges;
  for (const std::string& text : texts) {
    if (auto range = net::AddressRange::parse(text)) ranges.push_back(std::move(*range));
  }
  return ranges;
}

}  // namespace

ProbeDesk::ProbeDesk(const config::ConfigFile& config) : work_(boost::asio::make_work_guard(loop_)) {
  probe::ProbeOptions options;
  options.user_agent = std::string("allclear/") + version;
  options.api_targets = to_ranges(config.server.probe.targets);
  options.reach = probe::ProbeOptions::Reach::only_listed;
  probe_ = probe::make_probe(loop_, clock_, options);
  thread_ = std::thread([this] { loop_.run(); });
}

ProbeDesk::~ProbeDesk() {
  boost::asio::post(loop_, [this] { in_flight_.end(patience_at_stop, [this] { loop_.stop(); }); });
  thread_.join();
  // A probe that does not end when cancelled may still refer to its resources: they are left to the process's end.
  if (!in_flight_.empty()) (void)probe_.release();
}

Task<void> ProbeDesk::observe(std::shared_ptr<const Check> check, Done done) {
  api::ProbeSighting seen;
  try {
    seen.observation = co_await probe_->observe(*check, clock_.now().monotonic + check->timeout);
  } catch (const std::exception&) {  // cancelled: whoever asked is told so by the server
    co_return;
  }
  seen.result = evaluate(*check, seen.observation);
  done(std::move(seen));
}

void ProbeDesk::ask(const api::ProbeQuestion& question, Done done) {
  config::CheckOptions options;
  options.timeout = fmt::format("{}ms", question.timeout.count());
  if (!question.method.empty()) options.method = question.method;
  auto check = config::check_from_target(question.url, options);
  if (!check) return done(tl::unexpected(check.error()));
  boost::asio::post(loop_, [this, check = std::move(*check), done = std::move(done)]() mutable {
    in_flight_.spawn(observe(std::move(check), std::move(done)));
  });
}

api::ProbeRouteOptions probe_route_of(const config::ConfigFile& config) {
  if (config.server.probe.from.empty()) return {};
  const auto desk = std::make_shared<ProbeDesk>(config);
  return {to_ranges(config.server.probe.from),
          [desk](const api::ProbeQuestion& question, ProbeDesk::Done done) { desk->ask(question, std::move(done)); }};
}

}  // namespace allclear::app
