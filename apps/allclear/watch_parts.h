// Watch: what serve and once open before they watch: the locked data folder, the store, the probes' factory.
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/config/config.h"
#include "adapters/store/sqlite/data_folder.h"
#include "adapters/store/sqlite/sqlite_store.h"
#include "base/log.h"
#include "net/address_policy.h"
#include "runtime/monitor.h"
#include "runtime/system_clock.h"

namespace allclear::app {

using runtime::MakeProbe;
using runtime::Monitor;
using runtime::MonitorOptions;
using runtime::SystemClock;
using runtime::Ticker;

struct Watch {
  store::DataFolder folder;
  std::unique_ptr<store::SqliteStore> store;
  StoredState stored;
  MakeProbe make_probe;
  std::size_t descriptors = 0;
  SystemClock clock;

  // Loops for the machine's cores, limits for its descriptors.
  MonitorOptions monitor_options() const;
};

// The private ranges of server.api_targets.
std::vector<net::AddressRange> api_ranges(const config::ConfigFile& config);

// Locks the folder, opens and loads the store, tells it the catalogue, masks the config's secrets in the log.
Result<std::unique_ptr<Watch>> open_watch(const config::ConfigFile& config, const std::filesystem::path& data,
                                          Log& log);

}  // namespace allclear::app
