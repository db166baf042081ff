#include "adapters/config/read_heartbeat.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/config/read_parts.h"
#include "core/rules/cron.h"
#include "net/digest.h"

namespace allclear::config {
namespace {

constexpr milliseconds usual_grace = std::chrono::minutes(5);
constexpr milliseconds most_time = std::chrono::days(400);
constexpr auto how_often =
    "expected how often a ping comes: a duration such as 1d, or the five fields of cron such as \"30 2 * * *\"";
constexpr auto token_rule = "expected a token of 16 to 128 letters, digits and ._~-";

bool is_token(const std::string& text) {
  constexpr std::size_t shortest = 16;
  constexpr std::size_t longest = 128;
  return text.size() >= shortest && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("._~-").find(c) != std::string_view::npos;
         });
}

// The longest pause between the schedule's next times; nothing when there are none. From a Thursday on, so that also
// what comes every minute is seen to leave out a weekend.
std::optional<milliseconds> longest_pause(const CronTimes& times) {
  constexpr int fewest = 64;
  constexpr int most = 3000;
  const WallTime from = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  WallTime at = from;
  milliseconds longest{0};
  for (int i = 0; i < fewest || (i < most && at < from + std::chrono::days(35)); ++i) {
    const auto next = next_match(times.schedule, *times.zone, at);
    if (!next) return std::nullopt;
    longest = std::max(longest, milliseconds(*next - at));
    at = *next;
  }
  return longest;
}

void read_cron(const Section& heartbeat, const std::string& words, Check& check, HeartbeatTarget& target) {
  const auto schedule = parse_cron(words);
  if (!schedule) return heartbeat.error("every", schedule.error().message);
  auto times = std::make_shared<const CronTimes>(CronTimes{*schedule, read_zone(heartbeat)});
  const auto pause = longest_pause(*times);
  if (!pause) return heartbeat.misfit("every", "expected times that come: this schedule has no such day");
  check.interval = *pause;
  target.cron = std::move(times);
}

void read_every(const Section& heartbeat, Check& check, HeartbeatTarget& target) {
  require(heartbeat, "every", "expected how often a ping comes, such as 1d");
  const auto words = heartbeat.text("every");
  if (!words) return;
  if (words->find(' ') != std::string::npos || words->starts_with('@'))
    return read_cron(heartbeat, *words, check, target);
  if (heartbeat.has("zone")) heartbeat.error("zone", "goes with a cron schedule in every; a duration needs no zone");
  if (!parse_duration(*words)) return heartbeat.misfit("every", how_often);
  check.interval = heartbeat.duration("every", seconds(1), most_time).value_or(check.interval);
}

}  // namespace

SharedText HeartbeatReader::read_token(const Section& heartbeat) {
  const auto token = heartbeat.secret("token");
  if (!token) return {};
  const std::string_view key = heartbeat.has("token") ? "token" : "token_file";
  if (!is_token(*token)) {
    heartbeat.error(key, token_rule);  // never with what was found
    return {};
  }
  std::string digest = net::sha256(*token);
  const auto [owner, is_new] = owners_.try_emplace(digest, heartbeat.path(key));
  if (!is_new) heartbeat.error(key, fmt::format("the same token as {}: each heartbeat needs its own", owner->second));
  return SharedText(std::move(digest));
}

std::shared_ptr<Check> HeartbeatReader::read(const Section& service, const CheckIdentity& identity,
                                             const Timing& inherited) {
  const std::size_t errors_before = service.reading().diagnostics.errors();
  const Section heartbeat(service.reading(), *service.find("heartbeat"), Object::heartbeat, "heartbeat", &service);
  auto check = std::make_shared<Check>();
  HeartbeatTarget target;
  read_every(heartbeat, *check, target);
  target.grace = heartbeat.duration("grace", seconds(1), most_time).value_or(usual_grace);
  target.token_digest = read_token(heartbeat);
  check->service = identity.service;
  check->id = identity.id;
  check->target = std::move(target);
  check->expect = CopyOnWrite(Expectations{});
  check->confirm.down = check->confirm.up = 1;
  check->confirm.flapping = read_flapping(service, inherited.confirm.flapping);
  return service.reading().diagnostics.errors() == errors_before ? check : nullptr;
}

}  // namespace allclear::config
