#include "adapters/store/sqlite/outbox_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "adapters/store/codec/alert_page.h"
#include "adapters/store/codec/incident_codec.h"
#include "base/json.h"
#include "core/rules/alert_way.h"
#include "core/rules/delivery.h"

namespace allclear::store {
namespace {

constexpr int expired_per_call = 100;  // alerts, each with its tries

constexpr std::string_view columns =
    "SELECT id, incident, service, ordinal, step, channel, state, created_at, due_at, tries, last_answer, replayed_at"
    " FROM alerts AS a WHERE ";
// Pending: owed, or sending with a lease that may have run out. One that an earlier step of its incident still waits
// before on the same channel is left, so that a channel hears an incident's steps in their order (R5). What was never
// tried is due when it was made, which a clock that was set back may put ahead.
constexpr std::string_view ready_now =
    "state <> 2 AND state < 2 AND (due_at <= ?1 OR due_at > ?2 OR (state = 1 AND due_at > ?3) OR (state = 0 AND tries "
    "= 0 AND"
    " created_at > ?1)) AND channel NOT IN (SELECT value FROM json_each(?4)) AND NOT EXISTS (SELECT 1 FROM alerts AS b"
    " WHERE b.state < 2 AND b.incident = a.incident AND b.channel = a.channel AND b.ordinal < a.ordinal)"
    " ORDER BY created_at, incident, ordinal, id LIMIT ?5";

std::string select_alerts(std::string_view which) { return std::string(columns).append(which); }

// A number that no build of ours wrote becomes the last word, so that a flipped bit is no undefined behaviour.
template <class Word>
Word to_word(std::int64_t number, Word last) {
  return number >= 0 && number <= static_cast<std::int64_t>(last) ? static_cast<Word>(number) : last;
}

std::vector<Alert> read_alerts(Rows rows) {
  std::vector<Alert> alerts;
  while (rows.next()) {
    Alert alert;
    alert.id = AlertId(rows.text(0));
    alert.incident = IncidentId(rows.text(1));
    alert.service = ServiceId(rows.text(2));
    alert.ordinal = static_cast<std::uint32_t>(rows.integer(3));
    alert.step = to_word(rows.integer(4), IncidentStep::flapping_stopped);
    alert.channel = ChannelId(rows.text(5));
    alert.state = to_word(rows.integer(6), AlertState::dead);
    alert.created_at = rows.time(7);
    alert.due_at = rows.time(8);
    alert.tries = static_cast<std::uint32_t>(rows.integer(9));
    alert.last_answer = rows.text(10);
    alert.replayed_at = rows.optional_time(11);
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

std::vector<AlertRecord> with_tries(Connection& connection, std::vector<Alert> alerts) {
  std::vector<AlertRecord> records;
  for (Alert& alert : alerts) {
    AlertRecord& record = records.emplace_back();
    record.alert = std::move(alert);
    auto rows = connection.rows("SELECT number, at, outcome, answer FROM alert_tries WHERE alert = ? ORDER BY number",
                                record.alert.id.value());
    while (rows.next()) {
      record.tries.push_back({static_cast<std::uint32_t>(rows.integer(0)), rows.time(1),
                              to_word(rows.integer(2), DeliveryOutcome::rejected), std::string(rows.text(3))});
    }
  }
  return records;
}

AlertState state_after(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::sent: return AlertState::sent;
    case DeliveryOutcome::retry_after: return AlertState::owed;
    case DeliveryOutcome::rejected: return AlertState::dead;
  }
  return AlertState::owed;
}

void write_try(Connection& connection, const AlertId& id, std::int64_t number, const Delivery& delivery, WallTime now) {
  connection.run("INSERT OR REPLACE INTO alert_tries (alert, number, at, outcome, answer) VALUES (?, ?, ?, ?, ?)",
                 id.value(), number, now, static_cast<int>(delivery.outcome), delivery.answer);
  if (const auto outdated = outdated_try(static_cast<std::uint32_t>(number))) {
    connection.run("DELETE FROM alert_tries WHERE alert = ? AND number = ?", id.value(), *outdated);
  }
}

// Which alerts a query asks for. Each term names its argument also when nothing is asked of it, so that all arguments
// can be bound; those that are asked for are plain comparisons, which the indexes serve.
std::string wanted(const AlertQuery& query, bool has_cursor) {
  std::string terms;
  if (!query.states.empty()) {
    std::string numbers;
    for (const AlertState state : query.states) {
      numbers += (numbers.empty() ? "" : ", ") + std::to_string(static_cast<int>(state));
    }
    const auto& states = query.states;
    const bool unsent = std::find(states.begin(), states.end(), AlertState::sent) == states.end();
    if (unsent) terms += "state <> 2 AND ";  // in the words of alerts_unsent, which holds few
    terms += "state IN (" + numbers + ") AND ";
  }
  terms += query.channel ? "channel = ?1" : "?1 IS NULL";
  terms += query.incident ? " AND incident = ?2" : " AND ?2 IS NULL";
  terms += query.service ? " AND service = ?3" : " AND ?3 IS NULL";
  terms += has_cursor ? " AND (created_at, incident, ordinal, id) < (?4, ?5, ?6, ?7)"
                      : " AND ?4 IS NULL AND ?5 IS NOT NULL AND ?6 IS NOT NULL AND ?7 IS NOT NULL";
  return terms + " ORDER BY created_at DESC, incident DESC, ordinal DESC, id DESC LIMIT ?8";
}

template <class Id>
std::optional<std::string_view> text_of(const std::optional<Id>& id) {
  return id ? std::optional<std::string_view>(id->value()) : std::nullopt;
}

// When the incident ended matters only beside what was refused.
AlertWay way_of(Connection& connection, const IncidentId& incident, const ChannelId& channel) {
  AlertWay way;
  way.alerts = read_alerts(connection.rows(select_alerts("incident = ? AND channel = ? ORDER BY ordinal"),
                                           incident.value(), channel.value()));
  if (std::none_of(way.alerts.begin(), way.alerts.end(),
                   [](const Alert& one) { return one.state == AlertState::dead; }))
    return way;
  auto rows = connection.rows("SELECT document FROM incidents WHERE id = ?", incident.value());
  if (!rows.next()) return way;
  if (const auto read = unpack_incident(rows.text(0))) note_life(*read, way);
  return way;
}

// Its opening may have been replayed since it was claimed.
bool is_still_moot(Connection& connection, const AlertId& id) {
  const auto found = read_alerts(connection.rows(select_alerts("id = ?"), id.value()));
  return !found.empty() && is_moot(found.front(), way_of(connection, found.front().incident, found.front().channel));
}

void leave_to_recovery(Connection& connection, WallTime now) {
  constexpr std::string_view stale_beside_recovery =
      "state <> 2 AND state = 0 AND created_at <= ?1 AND EXISTS (SELECT 1 FROM alerts AS b WHERE b.state < 2 AND"
      " b.incident = a.incident AND b.channel = a.channel AND b.step = ?2 AND b.ordinal > a.ordinal)"
      " ORDER BY ordinal";
  const auto stale = read_alerts(connection.rows(select_alerts(stale_beside_recovery), now - stale_news,
                                                 static_cast<int>(IncidentStep::resolved)));
  for (const Alert& alert : stale) {
    if (!recovery_may_tell(alert, way_of(connection, alert.incident, alert.channel))) continue;
    connection.run("UPDATE alerts SET state = ?, last_answer = ? WHERE id = ?", static_cast<int>(AlertState::sent),
                   told_by_recovery, alert.id.value());
  }
}

// Also the later steps of the incident, which wait behind this one.
void hand_over(Connection& connection, const AlertId& id, const Delivery& delivery, WallTime now) {
  const auto steps = read_alerts(connection.rows(
      select_alerts(
          "(incident, channel) = (SELECT incident, channel FROM alerts WHERE id = ?1) AND (id = ?1 OR state < 2)"
          " ORDER BY ordinal"),
      id.value()));
  for (const Alert& step : steps) {
    const bool told_before = connection
                                 .value("SELECT 1 FROM alerts WHERE incident = ? AND channel = ? AND ordinal < ?",
                                        step.incident.value(), delivery.fallback->value(), step.ordinal)
                                 .has_value();
    if (goes_to_fallback(step, delivery, told_before))
      insert_alert(connection, in_stead(step, *delivery.fallback, now));
  }
}

}  // namespace

void insert_alert(Connection& connection, const Alert& alert) {
  connection.run(
      "INSERT OR IGNORE INTO alerts (id, incident, service, ordinal, step, channel, state, created_at, due_at, tries,"
      " last_answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      alert.id.value(), alert.incident.value(), alert.service.value(), alert.ordinal, static_cast<int>(alert.step),
      alert.channel.value(), static_cast<int>(alert.state), alert.created_at, alert.due_at, alert.tries,
      alert.last_answer);
}

Result<std::vector<Alert>> claim_alerts(Connection& connection, WallTime now, milliseconds lease, std::size_t limit,
                                        const std::vector<ChannelId>& busy) {
  Json passed_over = Json::array();
  for (const ChannelId& channel : busy) passed_over.push_back(channel.value());
  Transaction transaction(connection);
  leave_to_recovery(connection, now);
  std::vector<Alert> ready = read_alerts(connection.rows(select_alerts(ready_now), now, now + longest_wait,
                                                         now + longest_lease, passed_over.dump(), limit));
  for (Alert& alert : ready) {
    alert.state = AlertState::sending;
    alert.due_at = now + lease;
    connection.run("UPDATE alerts SET state = ?, due_at = ? WHERE id = ?", static_cast<int>(alert.state), alert.due_at,
                   alert.id.value());
    alert.moot = is_moot(alert, way_of(connection, alert.incident, alert.channel));
  }
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  return ready;
}

Result<void> settle_alert(Connection& connection, const AlertId& id, const Delivery& delivery, WallTime now) {
  Transaction transaction(connection);
  const auto before = connection.value("SELECT state FROM alerts WHERE id = ?", id.value());
  if (connection.ok() && !before) return failure("no alert " + id.value());
  if (before && *before != static_cast<int>(AlertState::sent)) {
    const bool is_owed = delivery.moot && !is_still_moot(connection, id);
    connection.run(
        "UPDATE alerts SET state = ?1, due_at = iif(?1 = 0, ?2, due_at), tries = tries + ?3, last_answer = ?4 WHERE id "
        "= ?5",
        static_cast<int>(is_owed ? AlertState::owed : state_after(delivery.outcome)), now + delivery.retry_after,
        delivery.moot ? 0 : 1, delivery.answer, id.value());
    const auto number = connection.value("SELECT tries FROM alerts WHERE id = ?", id.value());
    if (number && !delivery.moot) write_try(connection, id, *number, delivery, now);
    if (delivery.fallback) hand_over(connection, id, delivery, now);
  }
  return transaction.commit();
}

Result<void> set_alerts_back(Connection& connection, WallTime now, std::optional<milliseconds> by) {
  Transaction transaction(connection);
  if (by) {
    connection.run("UPDATE alerts SET due_at = max(?1, due_at - ?2) WHERE state < 2 AND due_at > ?1", now, by->count());
  } else {
    connection.run(
        "UPDATE alerts SET due_at = ?1 WHERE state < 2 AND state = 0 AND due_at > ?1 AND coalesce((SELECT at FROM "
        "alert_tries WHERE"
        " alert = alerts.id ORDER BY number DESC LIMIT 1), created_at) > ?1",
        now);
  }
  return transaction.commit();
}

Result<ReplayOutcome> replay_alert(Connection& connection, const AlertId& id, WallTime now) {
  Transaction transaction(connection);
  const auto found = read_alerts(connection.rows(select_alerts("id = ?"), id.value()));
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  if (found.empty()) return ReplayOutcome::not_found;
  const Alert& dead = found.front();
  if (dead.state != AlertState::dead) return ReplayOutcome::not_dead;
  const AlertWay way = way_of(connection, dead.incident, dead.channel);
  if (!may_replay(dead, way)) return ReplayOutcome::began_again;
  std::vector<Alert> owed = following_replay(dead, way);
  owed.push_back(dead);
  for (const Alert& alert : owed) {
    connection.run("UPDATE alerts SET state = ?, due_at = ?, replayed_at = ? WHERE id = ?",
                   static_cast<int>(AlertState::owed), now, now, alert.id.value());
  }
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  return ReplayOutcome::owed;
}

Result<AlertPage> list_alerts(Connection& connection, const AlertQuery& query) {
  const auto range = alert_range(query);
  if (!range) return tl::make_unexpected(range.error());
  if (range->bad_cursor) return AlertPage{{}, "", true};
  const AlertPosition after = range->after.value_or(AlertPosition{});
  auto rows = connection.rows(select_alerts(wanted(query, range->after.has_value())), text_of(query.channel),
                              text_of(query.incident), text_of(query.service),
                              range->after ? std::optional(after.created_at) : std::nullopt, after.incident.value(),
                              after.ordinal, after.id.value(), query.limit + 1);
  auto page = cut_alert_page(with_tries(connection, read_alerts(std::move(rows))), query.limit);
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  return page;
}

std::vector<StoredDeliveries> last_deliveries(Connection& connection, WallTime from) {
  // The answer is that of the row with the greatest time. What died may be much older than its death.
  constexpr std::string_view dead =
      "SELECT channel, max(alert_tries.at), answer FROM alerts INDEXED BY alerts_unsent CROSS JOIN alert_tries ON "
      "alert = id"
      " WHERE state <> 2 AND state = ?1 AND outcome = ?2 AND alert_tries.at >= ?3 GROUP BY channel";
  constexpr std::string_view sent =
      "SELECT channel, max(alert_tries.at) FROM alerts INDEXED BY alerts_by_time CROSS JOIN alert_tries ON alert = id"
      " WHERE state = ?1 AND outcome = ?2 AND created_at >= ?3 AND alert_tries.at >= ?3 GROUP BY channel";
  std::map<ChannelId, StoredDeliveries> by_channel;
  const auto each = [&](std::string_view newest, AlertState state, DeliveryOutcome outcome, const auto& note) {
    auto rows = connection.rows(newest, static_cast<int>(state), static_cast<int>(outcome), from);
    while (rows.next()) {
      StoredDeliveries& one = by_channel[ChannelId(rows.text(0))];
      one.channel = ChannelId(rows.text(0));
      note(one, rows);
    }
  };
  each(dead, AlertState::dead, DeliveryOutcome::rejected, [](StoredDeliveries& one, Rows& row) {
    one.rejected_at = row.time(1);
    one.answer = row.text(2);
  });
  each(sent, AlertState::sent, DeliveryOutcome::sent,
       [](StoredDeliveries& one, Rows& row) { one.sent_at = row.time(1); });
  std::vector<StoredDeliveries> all;
  for (auto& [channel, one] : by_channel) all.push_back(std::move(one));
  return all;
}

Result<std::optional<AlertRecord>> find_alert(Connection& connection, const AlertId& id) {
  auto found = with_tries(connection, read_alerts(connection.rows(select_alerts("id = ?"), id.value())));
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<void> expire_alerts(Connection& connection, WallTime made_before) {
  constexpr std::string_view settled =
      "SELECT id FROM alerts WHERE created_at < ? AND state >= 2 ORDER BY created_at,"
      " id LIMIT ?";
  const bool any = connection.rows(settled, made_before, 1).next();
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  if (!any) return {};
  Transaction transaction(connection);
  connection.run("DELETE FROM alert_tries WHERE alert IN (" + std::string(settled) + ")", made_before,
                 expired_per_call);
  connection.run("DELETE FROM alerts WHERE id IN (" + std::string(settled) + ")", made_before, expired_per_call);
  return transaction.commit();
}

}  // namespace allclear::store
