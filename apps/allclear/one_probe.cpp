#include "apps/allclear/one_probe.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/probe/registry.h"
#include "core/rules/evaluate.h"
#include "runtime/system_clock.h"
#include "version.h"

namespace allclear::app {
namespace {

Task<void> observe_into(Probe& probe, const Check& check, MonotonicTime deadline, Observation& seen) {
  seen = co_await probe.observe(check, deadline);
}

}  // namespace

Probed probe_once(const Check& check) {
  boost::asio::io_context loop{1};
  const runtime::SystemClock clock;
  probe::ProbeOptions options;
  options.user_agent = std::string("allclear/") + version;
  // Wherever it redirects to: no trust store is parsed while the check is timed.
  if (const auto* http = std::get_if<HttpTarget>(&check.target)) {
    (void)options.tls_contexts->get({http->tls->ca_file, {}, {}});
  }
  const auto probe = probe::make_probe(loop, clock, options);
  Probed probed;
  boost::asio::co_spawn(loop, observe_into(*probe, check, clock.now().monotonic + check.timeout, probed.observation),
                        [&loop](const std::exception_ptr& fault) {
                          loop.stop();
                          if (fault) std::rethrow_exception(fault);
                        });
  loop.run();
  probed.result = evaluate(check, probed.observation);
  return probed;
}

}  // namespace allclear::app
