#include "adapters/store/sqlite/outbox_table.h"

#include "base/json.h"

namespace allclear::store {
namespace {

// Pending: owed, or sending with a lease that may have run out. One that an earlier step of its incident still waits
// before on the same channel is left, so that a channel hears an incident's steps in their order (R5).
constexpr std::string_view select_ready =
    "SELECT id, incident, service, ordinal, step, channel, state, created_at, due_at, tries, last_answer FROM alerts "
    "AS a"
    " WHERE state < 2 AND due_at <= ? AND channel NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 "
    "FROM alerts AS b WHERE b.state < 2"
    " AND b.incident = a.incident AND b.channel = a.channel AND b.ordinal < a.ordinal)"
    " ORDER BY created_at, incident, ordinal, id LIMIT ?";
constexpr std::string_view select_newest =
    "SELECT id, incident, service, ordinal, step, channel, state, created_at, due_at, tries, last_answer FROM alerts"
    " ORDER BY created_at DESC, incident DESC, ordinal DESC, id DESC LIMIT ?";

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
    alert.step = to_word(rows.integer(4), IncidentStep::reopened);
    alert.channel = ChannelId(rows.text(5));
    alert.state = to_word(rows.integer(6), AlertState::dead);
    alert.created_at = rows.time(7);
    alert.due_at = rows.time(8);
    alert.tries = static_cast<std::uint32_t>(rows.integer(9));
    alert.last_answer = rows.text(10);
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

}  // namespace

Result<std::vector<Alert>> claim_alerts(Connection& connection, WallTime now, milliseconds lease, std::size_t limit,
                                        const std::vector<ChannelId>& busy) {
  Json passed_over = Json::array();
  for (const ChannelId& channel : busy) passed_over.push_back(channel.value());
  Transaction transaction(connection);
  std::vector<Alert> ready = read_alerts(connection.rows(select_ready, now, passed_over.dump(), limit));
  for (Alert& alert : ready) {
    alert.state = AlertState::sending;
    alert.due_at = now + lease;
    connection.run("UPDATE alerts SET state = ?, due_at = ? WHERE id = ?", static_cast<int>(alert.state), alert.due_at,
                   alert.id.value());
  }
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  return ready;
}

Result<void> settle_alert(Connection& connection, const AlertId& id, const Delivery& delivery, WallTime now) {
  AlertState state = AlertState::owed;
  switch (delivery.outcome) {
    case DeliveryOutcome::sent: state = AlertState::sent; break;
    case DeliveryOutcome::rejected: state = AlertState::dead; break;
    case DeliveryOutcome::retry_after: break;
  }
  Transaction transaction(connection);
  const auto before = connection.value("SELECT state FROM alerts WHERE id = ?", id.value());
  if (connection.ok() && !before) return failure("no alert " + id.value());
  if (before && *before != static_cast<int>(AlertState::sent)) {
    connection.run(
        "UPDATE alerts SET state = ?1, due_at = iif(?1 = 0, ?2, due_at), tries = tries + 1, last_answer = ?3 WHERE id "
        "= ?4",
        static_cast<int>(state), now + delivery.retry_after, delivery.answer, id.value());
  }
  return transaction.commit();
}

Result<std::vector<Alert>> list_alerts(Connection& connection, std::size_t limit) {
  std::vector<Alert> alerts = read_alerts(connection.rows(select_newest, limit));
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  return alerts;
}

}  // namespace allclear::store
