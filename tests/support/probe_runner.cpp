#include "tests/support/probe_runner.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/fault.h"

namespace allclear::test {
namespace {

Check check_of(Target target) {
  Check check;
  check.target = std::move(target);
  check.expect = CopyOnWrite(Expectations{});
  return check;
}

}  // namespace

Instant SystemClock::now() const {
  return {std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now()), net::monotonic_now()};
}

ProbeRunner::ProbeRunner(probe::ProbeOptions options) : probe_(probe::make_probe(loop_, clock_, std::move(options))) {}

Observation ProbeRunner::observe(Target target, milliseconds timeout) {
  return observe_all({std::move(target)}, timeout).front();
}

std::vector<Observation> ProbeRunner::observe_all(const std::vector<Target>& targets, milliseconds timeout) {
  std::vector<Check> checks;
  for (const Target& target : targets) checks.push_back(check_of(target));
  std::vector<Observation> observations(checks.size());
  std::size_t left = checks.size();
  for (std::size_t i = 0; i < checks.size(); ++i) {
    boost::asio::co_spawn(loop_, probe_->observe(checks[i], net::monotonic_now() + timeout),
                          [&observations, &left, i](const std::exception_ptr& failed, Observation observation) {
                            if (failed) std::rethrow_exception(failed);
                            observations[i] = std::move(observation);
                            --left;
                          });
  }
  loop_.restart();
  while (left > 0 && loop_.run_one() > 0) {
  }
  return observations;
}

Evidence ProbeRunner::gather(Target target, milliseconds timeout) {
  const Check check = check_of(std::move(target));
  std::optional<Evidence> gathered;
  boost::asio::co_spawn(loop_, probe_->gather(check, net::monotonic_now() + timeout),
                        [&](const std::exception_ptr& failed, Evidence evidence) {
                          if (failed) std::rethrow_exception(failed);
                          gathered = std::move(evidence);
                        });
  loop_.restart();
  while (!gathered && loop_.run_one() > 0) {
  }
  return std::move(gathered).value();
}

bool ProbeRunner::ends_when_cancelled(Target target, milliseconds after) {
  const Check check = check_of(std::move(target));
  boost::asio::cancellation_signal signal;
  std::optional<bool> aborted;
  const auto done = [&](const std::exception_ptr& failed, const Observation&) {
    try {
      if (failed) std::rethrow_exception(failed);
      aborted = false;
    } catch (const boost::system::system_error& error) {
      aborted = error.code() == boost::asio::error::operation_aborted;
    }
  };
  boost::asio::co_spawn(loop_, probe_->observe(check, net::monotonic_now() + std::chrono::seconds(30)),
                        boost::asio::bind_cancellation_slot(signal.slot(), done));
  boost::asio::steady_timer timer(loop_, after);
  timer.async_wait([&](boost::system::error_code) { signal.emit(boost::asio::cancellation_type::terminal); });
  loop_.restart();
  while (!aborted && loop_.run_one() > 0) {
  }
  return aborted.value_or(false);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

HttpTarget http_target(std::uint16_t port, const std::string& path) {
  HttpTarget target;
  target.url = {Scheme::http, port, "127.0.0.1", path};
  return target;
}

HttpTarget https_target(std::uint16_t port, const std::string& ca_file, const std::string& server_name) {
  HttpTarget target;
  target.url = {Scheme::https, port, "127.0.0.1", "/"};
  target.tls.edit().ca_file = ca_file;
  target.tls.edit().server_name = server_name;
  return target;
}

}  // namespace allclear::test
