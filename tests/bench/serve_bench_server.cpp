// Serves the sample world on a port, as `allclear serve` would: the subject of serve_bench and of page screenshots.
// Usage: serve_bench_server [SERVICES] [WORLD: mixed|calm|hostile|empty] [PORT]; prints its port and a line break.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <boost/asio/io_context.hpp>

#include "adapters/api/api.h"
#include "net/http_server.h"
#include "tests/support/sample_world.h"

namespace {

using namespace allclear;

class NoQueries final : public Queries {
 public:
  Result<HistoryPage> history(const HistoryQuery&) override { return HistoryPage{}; }
  Result<std::vector<ServiceDays>> days(std::chrono::sys_days, WallTime, const ServiceFilter&) override {
    return std::vector<ServiceDays>{};
  }
  Result<std::vector<Series>> series(const SeriesQuery&) override { return std::vector<Series>{}; }
  Result<std::vector<Incident>> incidents(const std::optional<ServiceId>&, WallTime, WallTime, std::size_t) override {
    return std::vector<Incident>{};
  }
  Result<std::optional<Incident>> incident(const IncidentId&) override { return std::optional<Incident>{}; }
  Result<AlertPage> alerts(const AlertQuery&) override { return AlertPage{}; }
  Result<std::optional<AlertRecord>> alert(const AlertId&) override { return std::optional<AlertRecord>{}; }
};

class FixedClock final : public Clock {
 public:
  Instant now() const override { return {test::sample_now(), {}}; }
};

test::SampleWorld choose_world(std::size_t count, const std::string& kind) {
  if (kind == "calm") return test::make_calm_world(count);
  if (kind == "hostile") return test::make_hostile_world();
  if (kind == "empty") return test::make_calm_world(0);
  return test::make_world(count);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
  const test::SampleWorld world = choose_world(count, argc > 2 ? argv[2] : "mixed");
  const api::PageSettings page{"Example Cloud", "https://status.example.com", {{"How we built it", "blog/"}}};
  api::RenderedPages pages;
  pages.put(api::render(api::make_public_view(world.snapshot, world.days, world.recent, page, 1, world.now), {}));
  NoQueries queries;
  FixedClock clock;
  const auto snapshot = std::make_shared<const Snapshot>(world.snapshot);
  api::Api api(
      {}, queries, [&] { return snapshot; }, pages, clock);

  boost::asio::io_context io(1);
  const auto log = make_silent_log();
  net::HttpServerOptions options;
  options.port = static_cast<std::uint16_t>(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 0);
  options.limits.connections_per_address = 1'000;
  const auto server = net::HttpServer::listen(
      io, options, [&](const net::HttpRequest& request) { return api.handle(request); }, *log);
  if (!server) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;
  std::printf("%u\n", (*server)->port());
  std::fflush(stdout);
  io.run();
}
