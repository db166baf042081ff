#include "apps/allclear/watch_parts.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "adapters/probe/registry.h"
#include "runtime/process_limits.h"
#include "version.h"

namespace allclear::app {
namespace {

MakeProbe probe_factory(const config::ConfigFile& config, const SystemClock& clock) {
  probe::ProbeOptions options;
  options.user_agent = std::string("allclear/") + version;
  options.api_targets = api_ranges(config);
  (void)options.tls_contexts->get({});  // parsed now, in no check's time; without a bundle each TLS check will say so
  return [options, &clock](boost::asio::io_context& loop) { return probe::make_probe(loop, clock, options); };
}

StoreOpening opening_of(const store::Recovery& recovery) {
  switch (recovery.outcome) {
    case store::RecoveryOutcome::opened:
    case store::RecoveryOutcome::created: return {};
    case store::RecoveryOutcome::restored_backup: return {StoreRecovery::restored_backup, recovery.cause};
    case store::RecoveryOutcome::started_empty: return {StoreRecovery::started_empty, recovery.cause};
  }
  return {};
}

}  // namespace

std::vector<net::AddressRange> api_ranges(const config::ConfigFile& config) {
  std::vector<net::AddressRange> ranges;
  for (const std::string& text : config.server.api_targets) {
    if (const auto range = net::AddressRange::parse(text)) ranges.push_back(*range);
  }
  return ranges;
}

MonitorOptions Watch::monitor_options() const {
  MonitorOptions options;
  options.probe_loops = runtime::probe_loops_for(std::thread::hardware_concurrency(), descriptors);
  options.limits.in_flight = runtime::probes_for(descriptors);
  // One host that hangs takes at most half of the places.
  options.limits.in_flight_per_host = options.limits.in_flight / 2;
  options.store_opening = opening_of(store->recovery());
  return options;
}

Result<std::unique_ptr<Watch>> open_watch(const config::ConfigFile& config, const std::filesystem::path& data,
                                          Log& log) {
  const std::size_t descriptors = runtime::raise_descriptor_limit();
  if (descriptors < runtime::fewest_descriptors) {
    return failure(
        fmt::format("this process may hold {} file descriptors and needs {}: raise the limit (ulimit -n, or "
                    "LimitNOFILE= of the systemd unit)",
                    descriptors, runtime::fewest_descriptors));
  }
  for (const std::string& secret : config.secrets) log.mask(secret);
  for (const std::string& warning : config.warnings) log.warning("config_warning", {{"text", warning}});
  auto folder = store::open_data_folder(data);
  if (!folder) return tl::unexpected(folder.error());
  store::SqliteOptions options;
  options.file = folder->database();
  auto opened = store::open_sqlite_store(options, SystemClock().now().wall, log);
  if (!opened) return tl::unexpected(opened.error());
  auto watch = std::unique_ptr<Watch>(new Watch{std::move(*folder), std::move(*opened), {}, {}, 0, {}});
  watch->descriptors = descriptors;
  watch->make_probe = probe_factory(config, watch->clock);
  auto stored = watch->store->load();
  if (!stored) return tl::unexpected(stored.error());
  watch->stored = std::move(*stored);
  if (const auto kept = watch->store->put_catalogue(*config.catalogue, watch->clock.now().wall); !kept) {
    return tl::unexpected(kept.error());
  }
  return watch;
}

}  // namespace allclear::app
