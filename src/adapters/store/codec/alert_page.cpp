#include "adapters/store/codec/alert_page.h"

#include <algorithm>
#include <tuple>

#include "adapters/store/codec/cursor.h"

namespace allclear::store {
namespace {

template <class Id>
bool admits(const std::optional<Id>& wanted, const Id& id) {
  return !wanted || *wanted == id;
}

}  // namespace

AlertPosition position_of(const Alert& alert) { return {alert.created_at, alert.incident, alert.ordinal, alert.id}; }

bool is_older(const AlertPosition& left, const AlertPosition& right) {
  return std::tie(left.created_at, left.incident, left.ordinal, left.id) <
         std::tie(right.created_at, right.incident, right.ordinal, right.id);
}

std::string encode_alert_cursor(const AlertPosition& position) {
  return std::to_string(position.created_at.time_since_epoch().count()) + "." + std::to_string(position.ordinal) + "." +
         std::to_string(position.incident.value().size()) + "." + position.incident.value() + position.id.value();
}

Result<AlertPosition> decode_alert_cursor(const std::string& cursor) {
  std::string_view rest = cursor;
  std::int64_t at = 0;
  AlertPosition position;
  std::size_t incident = 0;  // its length
  const bool readable =
      read_cursor_number(rest, at) && read_cursor_number(rest, position.ordinal) && read_cursor_number(rest, incident);
  if (!readable || incident > rest.size()) return failure("cursor is not one of ours");
  position.created_at = WallTime(milliseconds(at));
  position.incident = IncidentId(rest.substr(0, incident));
  position.id = AlertId(rest.substr(incident));
  return position;
}

Result<AlertRange> alert_range(const AlertQuery& query) {
  if (query.limit < 1 || query.limit > 1000) return failure("limit must be 1 to 1000");
  AlertRange range;
  if (query.cursor.empty()) return range;
  auto position = decode_alert_cursor(query.cursor);
  range.bad_cursor = !position;
  if (position) range.after = std::move(*position);
  return range;
}

bool is_wanted(const AlertQuery& query, const Alert& alert) {
  const bool in_state =
      query.states.empty() || std::find(query.states.begin(), query.states.end(), alert.state) != query.states.end();
  return in_state && admits(query.channel, alert.channel) && admits(query.incident, alert.incident) &&
         admits(query.service, alert.service);
}

AlertPage cut_alert_page(std::vector<AlertRecord> found, std::size_t limit) {
  AlertPage page;
  page.alerts = std::move(found);
  if (page.alerts.size() <= limit) return page;
  page.alerts.resize(limit);
  page.next = encode_alert_cursor(position_of(page.alerts.back().alert));
  return page;
}

}  // namespace allclear::store
