// What a check costs, as ratios to the least that the same work can cost on this machine: bare epoll for HTTP, bare
// OpenSSL for HTTPS. Counts the CPU time of this process only; the servers are processes of their own.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/fault.h"
#include "tests/bench/bench_server.h"
#include "tests/bench/raw_clients.h"
#include "tests/support/probe_runner.h"

namespace allclear::bench {
namespace {

constexpr int in_flight = 50;

microseconds cpu_used() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

std::vector<Check> checks_over_loopback(const HttpTarget& like) {
  std::vector<Check> checks;
  for (int i = 0; i < 64; ++i) {
    HttpTarget target = like;
    target.url.host = boost::asio::ip::address_v4(loopback_address(i)).to_string();
    Check check;
    check.target = target;
    check.expect = CopyOnWrite(Expectations{});
    checks.push_back(std::move(check));
  }
  return checks;
}

probe::ProbeOptions options_with(net::ChainCaching caching) {
  probe::ProbeOptions options;
  options.chain_caching = caching;
  return options;
}

// Drives the production probe as the runtime does: one loop, one coroutine per check in flight.
class ProbeDriver {
 public:
  ProbeDriver(const HttpTarget& target, net::ChainCaching caching)
      : checks_(checks_over_loopback(target)), runner_(options_with(caching)) {}

  int saturated(int count, int at_once) {
    answered_ = 0;
    left_ = count;
    for (int i = 0; i < at_once; ++i) boost::asio::co_spawn(runner_.loop(), keep_asking(), boost::asio::detached);
    runner_.loop().restart();
    runner_.loop().run();
    return answered_;
  }

  // `each` apart on average, started together on a tick, as the schedule does.
  int paced(int count, microseconds each, milliseconds tick) {
    answered_ = 0;
    boost::asio::co_spawn(runner_.loop(), tick_through(count, each, tick), boost::asio::detached);
    runner_.loop().restart();
    runner_.loop().run();
    return answered_;
  }

 private:
  Task<void> ask(const Check& check) {
    const Observation seen = co_await runner_.probe().observe(check, net::monotonic_now() + seconds(10));
    const auto* facts = std::get_if<HttpFacts>(&seen.facts);
    if (facts != nullptr && facts->status == 200 && facts->body.size() == 1024 && !seen.error) ++answered_;
  }

  Task<void> keep_asking() {
    while (left_-- > 0) co_await ask(checks_[static_cast<std::size_t>(next_++ % 64)]);
  }

  Task<void> tick_through(int count, microseconds each, milliseconds tick) {
    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                      LoopExecutor>
        timer(runner_.loop());
    const auto start = std::chrono::steady_clock::now();
    int started = 0;
    for (int i = 1; started < count; ++i) {
      timer.expires_at(start + i * tick);
      co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
      const auto due = static_cast<int>((i * tick) / each);
      for (; started < std::min(due, count); ++started) {
        boost::asio::co_spawn(runner_.loop(), ask(checks_[static_cast<std::size_t>(started % 64)]),
                              boost::asio::detached);
      }
    }
  }

  std::vector<Check> checks_;
  test::ProbeRunner runner_;
  int answered_ = 0;
  int left_ = 0;
  int next_ = 0;
};

// CPU microseconds per check; all must be answered.
double cost(int count, const std::function<int()>& run) {
  const microseconds before = cpu_used();
  const int answered = run();
  const microseconds used = cpu_used() - before;
  if (answered != count) std::printf("  (only %d of %d answered)\n", answered, count);
  return static_cast<double>(used.count()) / count;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

struct Comparison {
  const char* name;
  double target;
  int count;
  std::function<int(int)> floor;
  std::function<int(int)> probe;
};

// In turns, so that both meet the same moods of the machine.
bool compare(const Comparison& comparison, int rounds) {
  std::vector<double> floors;
  std::vector<double> probes;
  comparison.floor(comparison.count / 4);
  comparison.probe(comparison.count / 4);
  for (int i = 0; i < rounds; ++i) {
    floors.push_back(cost(comparison.count, [&] { return comparison.floor(comparison.count); }));
    probes.push_back(cost(comparison.count, [&] { return comparison.probe(comparison.count); }));
  }
  const double ratio = median(probes) / median(floors);
  std::printf("%-46s floor %7.1f us  check %7.1f us  ratio %.2f  target <= %.2f  %s\n", comparison.name, median(floors),
              median(probes), ratio, comparison.target, ratio <= comparison.target ? "met" : "MISSED");
  return ratio <= comparison.target;
}

bool plain_http() {
  const BenchServer server = BenchServer::plain();
  ProbeDriver driver(test::http_target(server.port()), net::ChainCaching::on);
  const auto fresh = [&](int count) { return driver.saturated(count, in_flight); };
  const auto raw = [&](int count) { return raw_saturated(server.port(), count, in_flight); };
  const bool saturated = compare({"fresh HTTP check, saturated", 1.4, 20'000, raw, fresh}, 5);
  const auto ticking = [&](int count) { return driver.paced(count, microseconds(2'000), milliseconds(10)); };
  const auto exact = [&](int count) { return raw_paced(server.port(), count, microseconds(2'000)); };
  const bool paced = compare({"500 checks/s, 10 ms tick against exact starts", 1.0, 1'000, exact, ticking}, 5);
  return saturated && paced;
}

bool tls_http() {
  const test::ScratchFolder folder;
  const test::Identity root = test::make_identity({.subject = "Bench root",
                                                   .names = {},
                                                   .ends_in_days = 3650,
                                                   .key = test::KeyKind::rsa4096,
                                                   .is_authority = true});
  const test::Identity middle = test::make_identity({.subject = "Bench intermediate",
                                                     .names = {},
                                                     .ends_in_days = 365,
                                                     .key = test::KeyKind::p384,
                                                     .is_authority = true},
                                                    &root);
  const test::Identity leaf = test::make_identity({.subject = "bench.test", .names = {"DNS:bench.test"}}, &middle);
  const std::string ca_file = folder.write("ca.pem", test::certificate_pem(root));
  const BenchServer server = BenchServer::tls(leaf);
  const HttpTarget target = test::https_target(server.port(), ca_file, "bench.test");
  ProbeDriver uncached(target, net::ChainCaching::off);
  ProbeDriver cached(target, net::ChainCaching::on);
  const auto raw = [&](int count) { return raw_tls(server.port(), ca_file, count); };
  const bool plain = compare({"full TLS check, chain verified each time", 1.15, 500, raw,
                              [&](int count) { return uncached.saturated(count, 1); }},
                             5);
  const bool remembered = compare(
      {"full TLS check, verified-chain cache", 0.6, 500, raw, [&](int count) { return cached.saturated(count, 1); }},
      5);
  return plain && remembered;
}

}  // namespace
}  // namespace allclear::bench

int main() {
  std::signal(SIGPIPE, SIG_IGN);             // a rival that closes first ends its connection, not the bench
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what was measured is told also when a later story fails
  const bool plain = allclear::bench::plain_http();
  const bool tls = allclear::bench::tls_http();
  return plain && tls ? 0 : 1;
}
