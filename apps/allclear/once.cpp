#include <chrono>
#include <map>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "apps/allclear/alerting.h"
#include "apps/allclear/anchors.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/watch_parts.h"

namespace allclear::app {
namespace {

constexpr milliseconds commit_group{20};  // a pass is short: results need not wait for company
constexpr std::uint64_t faults_until_failure = 3;
constexpr milliseconds supervision_period{200};
constexpr milliseconds longest_sending{20'000};  // a try ends within 15 s

struct OnceFlags {
  std::string config;
  std::string data;
  LogFlags log;
};

void warn_of_short_intervals(const Catalogue& catalogue, std::optional<WallTime> last_start, WallTime now, Log& log) {
  if (!last_start || *last_start > now) return;
  const milliseconds between = now - *last_start;
  std::int64_t shorter = 0;
  for (const auto& service : catalogue.services) {
    for (const auto& check : service->checks) shorter += check->interval < between ? 1 : 0;
  }
  if (shorter == 0) return;
  log.warning("interval_shorter_than_passes",
              {{"checks", shorter}, {"between_passes", format_duration(std::chrono::floor<seconds>(between))}});
}

// How the pass went; its exit code.
int tell(const Snapshot& snapshot) {
  std::map<ShownState, int> counts;
  for (const auto& service : snapshot.services)
    ++counts[to_shown(service.state.verdict, service.state.maintenance)];
  const int worked_on = counts[ShownState::maintenance];
  fmt::print("{} {} run; services: {} up, {} degraded, {} down, {} unknown{}\n", snapshot.monitor.results,
             snapshot.monitor.results == 1 ? "check" : "checks", counts[ShownState::up], counts[ShownState::degraded],
             counts[ShownState::down], counts[ShownState::unknown],
             worked_on == 0 ? std::string() : fmt::format(", {} under maintenance", worked_on));
  return exit_ok;
}

// What is owed goes out; what does not get through stays owed to the next pass.
void send_alerts(boost::asio::io_context& loop, const config::ConfigFile& config, Watch& watch, Monitor& monitor,
                 Queries& owed, Log& log) {
  loop.restart();
  runtime::DispatcherOptions options;
  options.at_rest = [&loop] { loop.stop(); };
  const auto dispatcher = make_dispatcher(config, watch, monitor, owed, log, std::move(options));
  dispatcher->adopt(addressees_of(config));
  const Ticker limit(loop, longest_sending, [&loop] { loop.stop(); });
  loop.run();
}

// True: the pass ended and everything is durable.
bool run_pass(Watch& watch, const config::ConfigFile& config, Queries& owed, Log& log) {
  boost::asio::io_context loop{1};
  const auto work = boost::asio::make_work_guard(loop);
  bool finished = false;
  const SystemClock clock;
  MonitorOptions options = watch.monitor_options();
  options.pace = Pace::single_pass;
  options.writer.group = commit_group;
  options.on_idle = [&] {
    boost::asio::post(loop, [&] {
      finished = true;
      loop.stop();
    });
  };
  Monitor monitor(options, clock, *watch.store, watch.make_probe, log);
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) loop.stop();
  });
  const Ticker supervision(loop, supervision_period, [&] {
    if (monitor.snapshot()->monitor.commit_faults >= faults_until_failure) loop.stop();
  });
  monitor.start(config.catalogue, std::move(watch.stored));
  loop.run();
  if (!finished) return false;
  tell(*monitor.snapshot());
  send_alerts(loop, config, watch, monitor, owed, log);
  return true;
}

int once(const OnceFlags& flags) {
  std::filesystem::path file;
  auto config = find_and_load(flags.config, file);
  if (!config) return exit_bad_config;
  const auto written = config->catalogue;
  config->catalogue = with_anchors(*config, look_around());
  const auto log = make_log(flags.log);
  auto watch = open_watch(*config, data_folder_of(flags.data, *config), *log);
  if (!watch) {
    fmt::print(stderr, "allclear: {}\n", watch.error().message);
    return exit_failure;
  }
  const auto owed = store::open_sqlite_queries((*watch)->folder.database());
  if (!owed) {
    fmt::print(stderr, "allclear: {}\n", owed.error().message);
    return exit_failure;
  }
  const WallTime began = SystemClock().now().wall;
  warn_of_short_intervals(*written, (*watch)->stored.last_start, began, *log);
  if (!run_pass(**watch, *config, **owed, *log)) {
    fmt::print(stderr, "allclear: the pass did not end: it was stopped, or its results could not be stored\n");
    return exit_failure;
  }
  if (const auto kept = (*watch)->store->put_last_start(began); !kept) {
    fmt::print(stderr, "allclear: {}\n", kept.error().message);
    return exit_failure;
  }
  return exit_ok;
}

}  // namespace

void add_once(Command program) {
  Command command = program.add_command("once", "One pass over what is due, then end: for cron and systemd timers");
  const auto flags = std::make_shared<OnceFlags>();
  command.add_option("--config", flags->config, "The config file");
  command.add_option("--data", flags->data, "Folder of the database");
  add_log_flags(command, flags->log);
  command.set_examples(
      "Example, every two minutes by cron:\n  */2 * * * *  allclear once --config /etc/allclear/allclear.yaml");
  command.runs([flags] { return once(*flags); });
}

}  // namespace allclear::app
