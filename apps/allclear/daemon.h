// Daemon: the parts of `serve` put together: store, engine, probes, API, page, reload, signals. Wiring only.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "adapters/api/visitors.h"
#include "adapters/config/config.h"
#include "base/log.h"
#include "runtime/file_watch.h"

namespace allclear::app {

struct DaemonSettings {
  config::ConfigFile config;
  std::optional<std::filesystem::path> config_file;  // watched and reloaded; absent: never
  std::optional<runtime::FileWatch> file_watch;      // stamped when the file was loaded
  config::Server file_server;                        // `server` as the file says it, before flags
  std::filesystem::path data;
  api::Entrance entrance = api::Entrance::login;
  std::function<void(const std::string& address)> on_ready;  // the page's address
};

// Runs until SIGTERM or SIGINT. `loop` is driven by the calling thread; what else waits on it is served too.
// Exit code: 0; 1 when the data folder or the port is in use.
int run_daemon(boost::asio::io_context& loop, DaemonSettings settings, Log& log);

}  // namespace allclear::app
