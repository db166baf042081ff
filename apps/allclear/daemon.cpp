#include "apps/allclear/daemon.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "adapters/store/sqlite/access_file.h"
#include "adapters/store/sqlite/user_file.h"
#include "apps/allclear/alerting.h"
#include "apps/allclear/anchors.h"
#include "apps/allclear/api_loop.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/life_sign.h"
#include "apps/allclear/listen_address.h"
#include "apps/allclear/watch_parts.h"
#include "runtime/process_limits.h"
#include "runtime/service_manager.h"

namespace allclear::app {
namespace {

constexpr milliseconds file_poll{500};
constexpr milliseconds drain_poll{20};
constexpr int drain_looks = 100;

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Without the monitor's own.
std::int64_t count_written(const Catalogue& catalogue) {
  return std::count_if(catalogue.services.begin(), catalogue.services.end(),
                       [](const auto& service) { return service->id != monitor_service(); });
}

// What happens beside watching: reload, watchdog, signals. All on the API's loop.
class Supervisor {
 public:
  Supervisor(boost::asio::io_context& loop, const DaemonSettings& settings, Monitor& monitor,
             runtime::Dispatcher& dispatcher, LifeSign& life_sign, ApiLoop& api, Log& log)
      : loop_(loop),
        config_file_(settings.config_file),
        file_server_(settings.file_server),
        file_watch_(settings.file_watch),
        monitor_(monitor),
        dispatcher_(dispatcher),
        life_sign_(life_sign),
        api_(api),
        log_(log),
        signals_(loop, SIGINT, SIGTERM, SIGHUP),
        service_manager_(environment_value("NOTIFY_SOCKET")) {
    if (config_file_) {
      file_poll_.emplace(loop, file_poll, [this] {
        if (file_watch_ && file_watch_->changed()) reload();
      });
    }
    if (const auto period = runtime::watchdog_period(std::getenv("WATCHDOG_USEC"))) {
      watchdog_.emplace(loop, *period, [this] {
        if (monitor_.makes_progress()) service_manager_.progress();
      });
    }
    wait_for_signal();
    service_manager_.ready();
  }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal != SIGHUP) return stop();
      reload();
      wait_for_signal();
    });
  }

  void stop() {
    service_manager_.stopping();
    log_.info("stopping");
    file_poll_.reset();
    api_.stop();
    // Answers that are being sent may finish.
    drain_.emplace(loop_, drain_poll, [this, looks = 0]() mutable {
      if (api_.idle() || ++looks >= drain_looks) loop_.stop();
    });
  }

  void reload() {
    if (!config_file_) return;
    file_watch_.emplace(*config_file_);  // what is read now is no change later
    service_manager_.reloading();
    config::LoadOutcome outcome = config::load_file(*config_file_, process_environment());
    runtime::return_free_memory();
    for (const std::string& secret : outcome.secrets) log_.mask(secret);  // a refused config has some, too
    std::string first_error;
    for (const config::Diagnostic& diagnostic : outcome.diagnostics) {
      if (!diagnostic.warning && first_error.empty()) first_error = to_string(diagnostic);
      log_.write(diagnostic.warning ? LogLevel::warning : LogLevel::error,
                 diagnostic.warning ? "config_warning" : "config_mistake", {{"text", to_string(diagnostic)}});
    }
    const std::size_t watched = monitor_.snapshot()->services.size();
    if (outcome.config && !outcome.config->names_services && watched > 0) {
      // Emptied by a full disk or a failed template, not by somebody who wants nothing to be watched.
      first_error = fmt::format(
          "{}:1:1: services: missing, while {} are watched: they are kept; write services: [] to "
          "watch nothing",
          config_file_->string(), watched);
      log_.error("config_mistake", {{"text", first_error}});
      outcome.config.reset();
    }
    if (outcome.config) {
      outcome.config->catalogue = with_anchors(*outcome.config, look_around());
      adopt(*outcome.config);
    } else {
      log_.error("config_refused", {{"file", config_file_->string()}});
      refuse(first_error);
    }
    service_manager_.ready();
  }

  void refuse(const std::string& error) {
    if (!monitor_.decides()) return monitor_.config_failed(error);
    // Behind a reload that still waits for the store and would clear it.
    monitor_.perform([error, &monitor = monitor_](CheckLog&) { monitor.config_failed(error); });
  }

  void adopt(const config::ConfigFile& config) {
    // The store hears of new services before the first decision about them, and tells what it kept of returning ones.
    // A store that hangs must not keep a change from taking effect: then a returning service costs a conflict later.
    const bool store_hangs = !monitor_.decides();
    const int number = ++*reloads_;
    monitor_.perform([catalogue = config.catalogue, store_hangs, number, reloads = reloads_, &monitor = monitor_,
                      &log = log_](CheckLog& store) {
      const auto kept = store.put_catalogue(*catalogue, runtime::SystemClock().now().wall);
      if (!kept) log.error("catalogue_not_stored", {{"error", kept.error().message}});
      if (store_hangs || *reloads != number) return;  // it took effect at once, or a newer one follows
      auto stored = store.load();
      if (!stored) log.error("history_of_returning_services_not_read", {{"error", stored.error().message}});
      monitor.reload(catalogue, stored ? std::move(*stored) : StoredState{});
    });
    if (store_hangs) monitor_.reload(config.catalogue, {});
    if (config.server != file_server_) {
      log_.warning("restart_needed",
                   {{"section", std::string("server")}, {"why", std::string("it is read at start only")}});
    }
    api_.adopt(config);
    dispatcher_.adopt(addressees_of(config));
    life_sign_.adopt(config.blindness.ping);
    log_.info("config_reloaded", {{"services", count_written(*config.catalogue)}});
  }

  boost::asio::io_context& loop_;
  const std::optional<std::filesystem::path> config_file_;
  const config::Server file_server_;
  std::optional<runtime::FileWatch> file_watch_;
  const std::shared_ptr<std::atomic<int>> reloads_ = std::make_shared<std::atomic<int>>(0);  // so far
  Monitor& monitor_;
  runtime::Dispatcher& dispatcher_;
  LifeSign& life_sign_;
  ApiLoop& api_;
  Log& log_;
  boost::asio::signal_set signals_;
  const runtime::ServiceManager service_manager_;
  std::optional<Ticker> file_poll_;
  std::optional<Ticker> watchdog_;
  std::optional<Ticker> drain_;
};

// Until there is one, the dashboard opens to nobody.
void tell_first_user(const std::filesystem::path& data, Log& log) {
  const auto users = store::UserFile(store::access_file(data)).list();
  if (!users || !users->empty()) return;
  log.info("no_users", {{"how", "to log in at /ops/, make a user: allclear user create NAME --role admin --data " +
                                    data.string()}});
}

int refuse(const Error& error) {
  fmt::print(stderr, "allclear: {}\n", error.message);
  return exit_failure;
}

}  // namespace

int run_daemon(boost::asio::io_context& loop, DaemonSettings settings, Log& log) {
  const std::int64_t written = count_written(*settings.config.catalogue);
  settings.config.catalogue = with_anchors(settings.config, look_around());
  auto watch = open_watch(settings.config, settings.data, log);
  if (!watch) return refuse(watch.error());
  auto queries = store::open_sqlite_queries((*watch)->folder.database(), (*watch)->store->recent());
  if (!queries) return refuse(queries.error());

  const auto owed = store::open_sqlite_queries((*watch)->folder.database());
  if (!owed) return refuse(owed.error());
  std::function<void()> wake;  // set before the monitor runs
  MonitorOptions options = (*watch)->monitor_options();
  options.on_urgent_durable = [&wake] { wake(); };
  Monitor monitor(std::move(options), (*watch)->clock, *(*watch)->store, (*watch)->make_probe, log);
  const auto dispatcher = make_dispatcher(settings.config, **watch, monitor, **owed, log);
  wake = dispatcher->waker();
  dispatcher->adopt(addressees_of(settings.config));
  const std::uint64_t page_seq = (*watch)->stored.page_seq;
  monitor.start(settings.config.catalogue, std::move((*watch)->stored));

  const auto api = ApiLoop::listen(loop, settings.config,
                                   {monitor, **queries, *(*watch)->store, dispatcher->waker(),
                                    store::access_file((*watch)->folder.path()), page_seq, settings.entrance},
                                   log);
  if (!api) return refuse(api.error());
  LifeSign life_sign(monitor, api_ranges(settings.config), log);
  life_sign.adopt(settings.config.blindness.ping);
  const Supervisor supervisor(loop, settings, monitor, *dispatcher, life_sign, **api, log);
  const auto& server = settings.config.server;
  settings.on_ready(page_address(server.listen_host, (*api)->port(), !server.tls_cert_file.empty()));
  if (settings.entrance == api::Entrance::login) tell_first_user((*watch)->folder.path(), log);
  log.info("started", {{"services", written}, {"data", settings.data.string()}});
  loop.run();
  return exit_ok;
}

}  // namespace allclear::app
