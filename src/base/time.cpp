#include "base/time.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace allclear {
namespace {

constexpr std::size_t date_length = 10;

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 6> units{{{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// Hours, minutes and seconds with the offset, from behind the date: "T08:40:00.123+01:00".
Result<milliseconds> parse_time_of_day(std::string_view text) {
  const auto hour = digits(text, 1, 2);
  const auto minute = digits(text, 4, 2);
  const auto second = digits(text, 7, 2);
  const bool shaped = text.size() >= 10 && (text[0] == 'T' || text[0] == 't') && text[3] == ':' && text[6] == ':';
  if (!shaped || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return failure("expected a time such as 2026-11-20T08:40:00Z");
  }
  milliseconds sum = std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
  std::size_t at = 9;
  if (text[at] == '.') {
    int scale = 100;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      sum += milliseconds((text[at] - '0') * scale);
      scale /= 10;
    }
  }
  const std::string_view zone = text.substr(at);
  if (zone == "Z" || zone == "z") return sum;
  const auto zone_hour = digits(zone, 1, 2);
  const auto zone_minute = digits(zone, 4, 2);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || !zone_hour || !zone_minute || *zone_hour > 23 ||
      *zone_minute > 59) {
    return failure("expected Z or an offset such as +01:00 at the end of the time");
  }
  const milliseconds offset = std::chrono::hours(*zone_hour) + std::chrono::minutes(*zone_minute);
  return zone[0] == '+' ? sum - offset : sum + offset;
}

}  // namespace

std::string format_date(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string format_rfc3339(WallTime time) {
  const auto day = day_of(time);
  const std::chrono::hh_mm_ss clock{time - day};
  const auto fraction = clock.subseconds().count();
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_date(day), clock.hours().count(), clock.minutes().count(),
                                 clock.seconds().count());
  if (fraction != 0) text += fmt::format(".{:03}", fraction);
  return text + "Z";
}

Result<std::chrono::sys_days> parse_date(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (text.size() != date_length || text[4] != '-' || text[7] != '-' || !year || !month || !day) {
    return failure("expected a date such as 2026-11-20");
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return failure("there is no such date");
  return std::chrono::sys_days{date};
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  const auto day = parse_date(text.substr(0, date_length));
  if (!day) return tl::unexpected(day.error());
  const auto clock = parse_time_of_day(text.substr(date_length));
  if (!clock) return tl::unexpected(clock.error());
  return WallTime{*day} + *clock;
}

Result<milliseconds> parse_duration(std::string_view text) {
  const auto expected = [] { return failure("expected a duration such as 500ms, 30s, 1h30m or 1d"); };
  constexpr double limit = 1000.0 * 366 * 86'400'000;  // a thousand years
  if (text.empty()) return expected();
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const auto used = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || text.front() == '-' || !std::isfinite(number)) return expected();
    text.remove_prefix(used);
    std::size_t length = 0;
    while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
    const Unit* unit = find_unit(text.substr(0, length));
    if (unit == nullptr) return expected();
    text.remove_prefix(length);
    sum += number * static_cast<double>(unit->milliseconds);
    if (sum > limit) return failure("the duration is longer than a thousand years");
  }
  return milliseconds(std::llround(sum));
}

std::string format_duration(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  std::string text;
  std::int64_t left = duration.count();
  for (const Unit& unit : units) {
    if (unit.name == "w") continue;
    if (const std::int64_t count = left / unit.milliseconds; count != 0) text += fmt::format("{}{}", count, unit.name);
    left %= unit.milliseconds;
  }
  return text;
}

std::string describe_duration(milliseconds duration) {
  const std::int64_t total = std::max<std::int64_t>(0, duration.count() / 1000);
  const auto pair = [](std::int64_t large, std::string_view large_name, std::int64_t small, std::string_view small_name) {
    return small == 0 ? fmt::format("{} {}", large, large_name) : fmt::format("{} {} {} {}", large, large_name, small, small_name);
  };
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3'600) return pair(total / 60, "min", total < 600 ? total % 60 : 0, "s");
  if (total < 86'400) return pair(total / 3'600, "h", total % 3'600 / 60, "min");
  return pair(total / 86'400, "d", total % 86'400 / 3'600, "h");
}

}  // namespace allclear
