#include "runtime/replay.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "adapters/store/sqlite/sqlite_store.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/replay_text.h"
#include "apps/allclear/stored_folder.h"
#include "apps/allclear/terminal.h"
#include "runtime/system_clock.h"

namespace allclear::app {
namespace {

struct ReplayFlags {
  std::string since = "30d";
  std::string config;
  std::string data;
  std::string service;
  bool json = false;
};

Result<WallTime> parse_since(const std::string& text, WallTime now) {
  const auto lasts = parse_duration(text);
  const auto time = lasts && *lasts > milliseconds(0) ? Result<WallTime>(now - *lasts) : parse_rfc3339(text);
  if (time && *time < now) return std::max(*time, WallTime{});
  return failure(
      fmt::format("--since: expected a time that has passed, such as 30d, 12h or 2026-11-20T08:40:00Z, got "
                  "\"{}\"",
                  printable(text)));
}

// On a terminal only, a hundred times at most.
class Progress {
 public:
  Progress() : shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_ && percent_ >= 0) fmt::print(stderr, "\r{:<30}\r", "");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(double done) {
    const int percent = std::clamp(static_cast<int>(done * 100), 0, 100);
    if (!shown_ || percent == percent_) return;
    percent_ = percent;
    fmt::print(stderr, "\rreplaying … {} %", percent);
    std::fflush(stderr);
  }

 private:
  bool shown_;
  int percent_ = -1;
};

// Nothing is locked and nothing written: a monitor may be at work on it.
Result<runtime::ReplayReport> replay_folder(const std::filesystem::path& folder,
                                            const runtime::ReplayRequest& request) {
  const auto found = readable_database(folder);
  if (!found) return tl::unexpected(found.error());
  const std::filesystem::path& file = *found;
  const auto queries = store::open_sqlite_queries(file);
  if (!queries) return tl::unexpected(about_file(file, queries.error()));
  const auto results = store::open_sqlite_results(file);
  if (!results) return tl::unexpected(about_file(file, results.error()));
  Progress progress;
  auto report = runtime::replay(request, **queries, **results, [&](double done) { progress.show(done); });
  if (!report) return tl::unexpected(about_file(file, report.error()));
  return report;
}

bool names_service(const Catalogue& catalogue, const ServiceId& id) {
  return std::any_of(catalogue.services.begin(), catalogue.services.end(),
                     [&](const auto& service) { return service->id == id; });
}

int replay(const ReplayFlags& flags) {
  const WallTime now = runtime::SystemClock().now().wall;
  const auto since = parse_since(flags.since, now);
  if (!since) return end_with(exit_usage, since.error().message);
  std::filesystem::path file;
  const auto config = find_and_load(flags.config, file);
  if (!config) return exit_bad_config;
  for (const std::string& warning : config->warnings) fmt::print(stderr, "{}\n", warning);
  runtime::ReplayRequest request{config->catalogue, *since, now, std::nullopt};
  if (!flags.service.empty()) request.only = ServiceId(flags.service);
  const auto report = replay_folder(data_folder_of(flags.data, *config), request);
  if (!report) return end_with(exit_failure, report.error().message);
  const bool known = !request.only || names_service(*config->catalogue, *request.only) ||
                     report->facts.unnamed.contains(*request.only) || !report->did.incidents.empty();
  if (!known) {
    return end_with(exit_usage, fmt::format("--service: neither the config nor the history names a service \"{}\"",
                                            printable(flags.service)));
  }
  const ReplayWords words{file.string(), *since, request.only.has_value()};
  if (flags.json)
    fmt::print("{}\n", render_replay(*report, words, *config->catalogue));
  else
    fmt::print("{}", draw_replay(*report, words, *config->catalogue));
  return exit_ok;
}

}  // namespace

void add_replay(Command program) {
  Command command = program.add_command(
      "replay", "What would a config have paged? Stored results judged by it, against what did page");
  const auto flags = std::make_shared<ReplayFlags>();
  command.add_option("--since", flags->since, "How far back, such as 12h, or from when (RFC 3339)").show_default();
  command.add_option("--config", flags->config, "The config to try");
  command.add_option("--data", flags->data, "Folder of the database, instead of the config's");
  command.add_option("--service", flags->service, "Count and compare this one alone; all are replayed");
  command.add_flag("--json", flags->json, "Print JSON");
  command.set_examples(
      "Judged anew: status, latency, confirmation, flapping, dependencies, maintenance, routing and grouping. What "
      "was\n"
      "found about bodies and certificates stays, and so do failures to connect. Reads only, also while serve runs.\n"
      "\n"
      "Examples:\n"
      "  allclear replay --since 30d --config new.yaml\n"
      "  allclear replay --since 12h --config new.yaml --service website --json");
  command.runs([flags] { return replay(*flags); });
}

}  // namespace allclear::app
