// Alerting: the dispatcher over this monitor's store and config. Wiring only.
#pragma once

#include <memory>

#include "adapters/notify/registry.h"
#include "apps/allclear/watch_parts.h"
#include "core/ports/store.h"
#include "runtime/dispatcher.h"

namespace allclear::app {

// Nothing is sent before adopt(). All arguments outlive it; `queries` is its own.
std::unique_ptr<runtime::Dispatcher> make_dispatcher(const config::ConfigFile& config, const Watch& watch,
                                                     Monitor& monitor, Queries& queries, Log& log,
                                                     runtime::DispatcherOptions options = {});

// What notifiers of any loop need to know; no listener.
notify::NotifyOptions notify_options(const config::ConfigFile& config);
runtime::Addressees addressees_of(const config::ConfigFile& config);

}  // namespace allclear::app
