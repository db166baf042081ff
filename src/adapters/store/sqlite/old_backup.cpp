#include "adapters/store/sqlite/old_backup.h"

#include <vector>

#include "adapters/store/codec/incident_codec.h"
#include "adapters/store/sqlite/identities.h"
#include "core/model/alert.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear::store {
namespace {

constexpr const char* ended_words = "Ended: restored from an old backup, what followed is not known";
constexpr std::string_view unsent_words = "not sent: restored from an old backup, what followed is not known";

void end_incidents(Connection& connection, WallTime last_commit) {
  std::vector<Incident> open;
  {
    auto rows = connection.rows("SELECT document FROM incidents WHERE resolved_at IS NULL AND automatic = 1");
    while (rows.next()) {
      auto incident = unpack_incident(rows.text(0));
      if (!incident) return connection.fail(incident.error().message, FaultKind::corruption);
      open.push_back(std::move(*incident));
    }
  }
  for (Incident& incident : open) {
    const Incident ended = end_incident(std::move(incident), last_commit, ended_words).incident;
    connection.run("UPDATE incidents SET resolved_at = ?, document = ? WHERE id = ?", ended.resolved_at,
                   pack_incident(ended), ended.id.value());
  }
}

void archive_all(Connection& connection, WallTime last_commit) {
  connection.run("UPDATE services SET verdict = ?, reason = ?, since = ? WHERE verdict IS NOT NULL",
                 static_cast<int>(Verdict::unknown), static_cast<int>(Reason::no_data), last_commit);
  Identities identities(connection);
  identities.load();
  store_catalogue(connection, identities, Catalogue{}, last_commit);
}

}  // namespace

Result<void> mark_old_backup(Connection& connection, WallTime last_commit) {
  Transaction transaction(connection);
  connection.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('old_backup_of', ?)", last_commit);
  return transaction.commit();
}

Result<std::optional<WallTime>> settle_old_backup(Connection& connection) {
  const auto marked = connection.value("SELECT value FROM meta WHERE name = 'old_backup_of'");
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  if (!marked) return std::nullopt;
  const WallTime last_commit{milliseconds(*marked)};
  Transaction transaction(connection);
  end_incidents(connection, last_commit);
  connection.run("UPDATE alerts SET state = ?, last_answer = ? WHERE state IN (?, ?)",
                 static_cast<int>(AlertState::dead), unsent_words, static_cast<int>(AlertState::owed),
                 static_cast<int>(AlertState::sending));
  archive_all(connection, last_commit);
  connection.run("DELETE FROM meta WHERE name = 'old_backup_of'");
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(std::move(stored.error()));
  return last_commit;
}

}  // namespace allclear::store
