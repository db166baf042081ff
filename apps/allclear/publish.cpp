#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "adapters/api/trend_collector.h"
#include "adapters/store/sqlite/sqlite_store.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/page_settings.h"
#include "apps/allclear/site_folder.h"
#include "apps/allclear/stored_folder.h"
#include "apps/allclear/terminal.h"
#include "base/json.h"
#include "core/engine/engine.h"
#include "runtime/system_clock.h"

namespace allclear::app {
namespace {

constexpr milliseconds shortest_interval{30'000};
constexpr milliseconds longest_interval{3'600'000};

struct PublishFlags {
  std::string to;
  std::string every;  // empty: reckoned
  std::string config;
  std::string data;
};

// What the folder's last publication says about itself.
struct Before {
  std::uint64_t seq = 0;
  std::optional<WallTime> updated_at;
};

Before read_before(const std::filesystem::path& folder) {
  Before before;
  std::ifstream in(folder / "status.json", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto status = parse_json(text);
  if (!status || !status->is_object()) return before;
  if (const auto seq = status->find("seq"); seq != status->end() && seq->is_number_unsigned()) before.seq = *seq;
  if (const auto at = status->find("updated_at"); at != status->end() && at->is_string()) {
    if (const auto time = parse_rfc3339(at->get<std::string>())) before.updated_at = *time;
  }
  return before;
}

// How often readers may expect a new page: as told, else as long as it took since the last.
milliseconds interval_of(const std::optional<milliseconds>& told, const Before& before, WallTime updated_at) {
  if (told) return *told;
  if (!before.updated_at || *before.updated_at >= updated_at) return shortest_interval;
  const milliseconds between = std::chrono::round<seconds>(updated_at - *before.updated_at);
  return std::clamp(between, shortest_interval, longest_interval);
}

// The present as the store has it, seen through the config.
Snapshot present_of(const config::ConfigFile& config, StoredState stored, const Instant& now) {
  Snapshot snapshot;
  snapshot.at = std::min(now.wall, stored.alive_at.value_or(WallTime{}));
  Engine engine{EngineLimits{}};
  Commands unused;  // nothing is begun and nothing is stored: it is only looked at
  engine.on(Started{config.catalogue, std::move(stored), Pace::single_pass}, now, unused);
  snapshot.services = engine.services();
  snapshot.maintenances = engine.maintenances();
  snapshot.by_hand = engine.incidents_by_hand();
  return snapshot;
}

Result<WrittenSite> publish_folder(const config::ConfigFile& config, const std::filesystem::path& data,
                                   const std::filesystem::path& to, const std::optional<milliseconds>& every) {
  const auto file = readable_database(data);
  if (!file) return tl::unexpected(file.error());
  auto stored = store::read_sqlite_state(*file);
  if (!stored) return tl::unexpected(about_file(*file, stored.error()));
  const auto queries = store::open_sqlite_queries(*file);
  if (!queries) return tl::unexpected(about_file(*file, queries.error()));

  const Instant now = runtime::SystemClock().now();
  const Before before = read_before(to);
  const std::uint64_t seq =
      std::max({before.seq + 1, stored->page_seq + 1, static_cast<std::uint64_t>(now.wall.time_since_epoch().count())});
  const Snapshot snapshot = present_of(config, std::move(*stored), now);
  const auto days =
      (*queries)->days(day_of(now.wall) - std::chrono::days(api::shown_days - 1), now.wall, every_service);
  if (!days) return tl::unexpected(about_file(*file, days.error()));
  const auto past =
      (*queries)->incidents(std::nullopt, now.wall - api::past_span, now.wall + milliseconds(1), api::most_past);
  if (!past) return tl::unexpected(about_file(*file, past.error()));
  api::TrendCollector trends(**queries);
  trends.collect(snapshot, now.wall, [] { return true; });
  api::PageSettings page = page_settings_of(config);
  page.publish_interval = interval_of(every, before, snapshot.at);
  return write_site(api::make_public_view(snapshot, *days, *past, std::move(page), seq, now.wall, trends.trends()), to);
}

int publish(const PublishFlags& flags) {
  if (flags.to.starts_with("s3://")) return end_with(exit_usage, "--to: s3:// is not built yet; expected a folder");
  std::optional<milliseconds> every;
  if (!flags.every.empty()) {
    const auto parsed = parse_duration(flags.every);
    if (!parsed || *parsed < seconds(1))
      return end_with(exit_usage, fmt::format("--every: expected a duration of at least 1s, such as 2m, got \"{}\"",
                                              printable(flags.every)));
    every = *parsed;
  }
  std::filesystem::path file;
  const auto config = find_and_load(flags.config, file);
  if (!config) return exit_bad_config;
  for (const std::string& warning : config->warnings) fmt::print(stderr, "{}\n", warning);
  const std::filesystem::path data = data_folder_of(flags.data, *config);
  const std::filesystem::path to = flags.to.empty() ? data / "site" : std::filesystem::path(flags.to);
  const auto written = publish_folder(*config, data, to, every);
  if (!written) return end_with(exit_failure, written.error().message);
  fmt::print("{} files in {}, {} of them new or changed\n", written->files, to.string(), written->changed);
  return exit_ok;
}

}  // namespace

void add_publish(Command program) {
  Command command = program.add_command("publish", "Writes the public site as files, for a static host");
  const auto flags = std::make_shared<PublishFlags>();
  command.add_option("--to", flags->to, "The folder (default: site in the data folder)");
  command.add_option("--every", flags->every,
                     "How often this is run, such as 2m: readers are told so (default: since the last time)");
  command.add_option("--config", flags->config, "The config file");
  command.add_option("--data", flags->data, "Folder of the database, instead of the config's");
  command.set_examples(
      "Reads only, also while serve runs. Give it to a static host as it is; a page that is not written anew turns "
      "grey\n"
      "in its readers' browsers by itself.\n"
      "\n"
      "Example, every two minutes by cron:\n"
      "  */2 * * * *  allclear once && allclear publish --every 2m --to /var/www/status");
  command.runs([flags] { return publish(*flags); });
}

}  // namespace allclear::app
