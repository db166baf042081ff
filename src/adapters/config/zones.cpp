#include "adapters/config/zones.h"

#include <exception>

#include <date/tz.h>

namespace allclear::config {
namespace {

using SysSeconds = std::chrono::sys_seconds;

ZoneRules rules_of(const date::time_zone& zone) {
  const SysSeconds end = std::chrono::sys_days(std::chrono::year(2038) / 1 / 1);
  SysSeconds at{};
  ZoneRules rules{zone.name(), zone.get_info(at).offset, {}};
  while (at < end) {
    const date::sys_info now = zone.get_info(at);
    if (now.end <= at || now.end >= end) break;
    at = now.end;
    const seconds offset = zone.get_info(at).offset;
    const seconds before = rules.changes.empty() ? rules.first_offset : rules.changes.back().offset;
    if (offset != before) rules.changes.push_back({at, offset});
  }
  return rules;
}

}  // namespace

Result<std::shared_ptr<const ZoneRules>> load_zone(const std::string& name) {
  if (name == "UTC") return std::make_shared<const ZoneRules>();
  try {
    return std::make_shared<const ZoneRules>(rules_of(*date::locate_zone(name)));
  } catch (const std::exception&) {  // the library's way to say that it does not know the name, or found no files
    return failure("expected a name of the IANA time zone database such as Europe/Berlin (package tzdata)");
  }
}

}  // namespace allclear::config
