#include "core/rules/cron.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/rules/local_time.h"

namespace allclear {
namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr auto horizon = days(8 * 366);
constexpr std::uint32_t every_hour = (1U << 24) - 1;

struct Field {
  std::string_view name;
  int least, most;
  std::string_view names;  // three letters each, the first stands for `least`
};

constexpr std::array<Field, 5> fields{{
    {"minute", 0, 59, ""},
    {"hour", 0, 23, ""},
    {"day of month", 1, 31, ""},
    {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {"day of week", 0, 7, "sunmontuewedthufrisat"},
}};

struct Nickname {
  std::string_view name, fields;
};

constexpr std::array<Nickname, 7> nicknames{{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
}};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> number_in(std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

std::optional<int> value_of(const Field& field, std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (std::size_t i = 0; i + 3 <= field.names.size(); i += 3) {
    if (field.names.substr(i, 3) == lower) return field.least + static_cast<int>(i / 3);
  }
  return number_in(text, field.least, field.most);
}

// One element of a list: "*", "5", "1-5", each with "/step" if wanted. None: it is not one.
std::optional<std::uint64_t> bits_of(const Field& field, std::string_view element) {
  int step = 1;
  const auto slash = element.find('/');
  if (slash != std::string_view::npos) {
    const auto given = number_in(element.substr(slash + 1), 1, field.most);
    if (!given) return std::nullopt;
    step = *given;
    element = element.substr(0, slash);
  }
  int first = field.least, last = field.most;
  if (element != "*") {
    const auto dash = element.find('-');
    const auto from = value_of(field, element.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : value_of(field, element.substr(dash + 1));
    if (!from || !to || *to < *from) return std::nullopt;
    first = *from;
    last = dash == std::string_view::npos && slash != std::string_view::npos ? field.most : *to;
  }
  std::uint64_t bits = 0;
  for (int value = first; value <= last; value += step) bits |= std::uint64_t{1} << value;
  return bits;
}

Result<std::uint64_t> parse_field(const Field& field, std::string_view text) {
  const auto wrong = [&] {
    return failure(fmt::format("'{}' is no {} of cron: expected {} to {}{}, as 5, 1-5, */2 or 1,3", text, field.name,
                               field.least, field.most, field.names.empty() ? "" : " or a name of three letters"));
  };
  std::uint64_t bits = 0;
  for (const std::string_view element : split(text, ",")) {
    const auto some = bits_of(field, element);
    if (!some) return wrong();
    bits |= *some;
  }
  return bits;
}

bool has(std::uint64_t bits, unsigned bit) { return (bits >> bit & 1U) != 0; }

bool matches_day(const CronSchedule& schedule, local_days day) {
  const std::chrono::year_month_day date(day);
  if (!has(schedule.months, static_cast<unsigned>(date.month()))) return false;
  const bool by_date = has(schedule.days_of_month, static_cast<unsigned>(date.day()));
  const bool by_weekday = has(schedule.weekdays, std::chrono::weekday(day).c_encoding());
  if (schedule.any_day_of_month || schedule.any_weekday) return by_date && by_weekday;
  return by_date || by_weekday;
}

// The first match on the day that is later than `after`. The instants of a day are not in the order of its clocks.
std::optional<WallTime> match_on(const CronSchedule& schedule, const ZoneRules& zone, local_days day, WallTime after) {
  std::optional<WallTime> earliest;
  const auto offer = [&](std::optional<WallTime> at) {
    if (at && *at > after && (!earliest || *at < *earliest)) earliest = at;
  };
  for (unsigned hour = 0; hour < 24; ++hour) {
    if (!has(schedule.hours, hour)) continue;
    for (unsigned minute = 0; minute < 60; ++minute) {
      if (!has(schedule.minutes, minute)) continue;
      const LocalTime local = LocalTime(day) + std::chrono::hours(hour) + std::chrono::minutes(minute);
      offer(to_wall(zone, local));
      if (schedule.hours == every_hour) offer(to_wall_again(zone, local));
    }
  }
  return earliest;
}

}  // namespace

Result<CronSchedule> parse_cron(std::string_view text) {
  for (const Nickname& nickname : nicknames) {
    if (text == nickname.name) text = nickname.fields;
  }
  std::vector<std::string_view> parts = split(text, " \t");
  std::erase(parts, std::string_view());
  if (parts.size() != fields.size()) {
    return failure(fmt::format("'{}' is not a schedule of cron: expected five fields (minute, hour, day of month, month, "
                               "day of week) or @hourly, @daily, @weekly, @monthly, @yearly",
                               text));
  }
  std::array<std::uint64_t, 5> bits{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto parsed = parse_field(fields[i], parts[i]);
    if (!parsed) return tl::unexpected(parsed.error());
    bits[i] = *parsed;
  }
  CronSchedule schedule;
  schedule.minutes = bits[0];
  schedule.hours = static_cast<std::uint32_t>(bits[1]);
  schedule.days_of_month = static_cast<std::uint32_t>(bits[2]);
  schedule.months = static_cast<std::uint16_t>(bits[3]);
  schedule.weekdays = static_cast<std::uint8_t>((bits[4] | bits[4] >> 7) & 0x7fU);
  schedule.any_day_of_month = parts[2].front() == '*';
  schedule.any_weekday = parts[4].front() == '*';
  return schedule;
}

std::optional<WallTime> next_match(const CronSchedule& schedule, const ZoneRules& zone, WallTime after) {
  // From the day before: what the clocks skip late in a day comes after midnight.
  const local_days first = std::chrono::floor<days>(to_local(zone, after)) - days(1);
  std::optional<WallTime> found;
  for (local_days day = first; day <= first + horizon; day += days(1)) {
    if (!matches_day(schedule, day)) continue;
    const auto match = match_on(schedule, zone, day, after);
    if (match && (!found || *match < *found)) found = match;
    if (found && to_local(zone, *found) < LocalTime(day + days(1))) return found;
  }
  return found;
}

}  // namespace allclear
