#include "adapters/store/sqlite/decision_writer.h"

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/incident_codec.h"
#include "adapters/store/codec/plan_codec.h"
#include "adapters/store/codec/result_codec.h"
#include "adapters/store/codec/state_codec.h"
#include "adapters/store/sqlite/outbox_table.h"
#include "adapters/store/sqlite/service_column.h"
#include "adapters/store/sqlite/timeline_table.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear::store {

void DecisionWriter::write(const Decision& decision) {
  if (decision.key && (decision.state || decision.result)) {
    const KnownCheck check = identities_.check(*decision.key);
    if (decision.state) write_state(decision, check);
    if (decision.result) write_result(check, *decision.result);
  }
  if (decision.service_state || decision.transition) write_service(decision);
  if (decision.incident) write_incident(decision);
  for (const Alert& alert : decision.alerts) insert_alert(connection_, alert);
  if (decision.plan) write_plan(*decision.plan);
}

void DecisionWriter::write_plan(const MaintenancePlan& plan) {
  if (plan.dropped) {
    connection_.run("DELETE FROM plans WHERE id = ?", plan.maintenance->id.value());
  } else {
    connection_.run("INSERT OR REPLACE INTO plans (id, document) VALUES (?, ?)", plan.maintenance->id.value(),
                    pack_plan(*plan.maintenance));
  }
}

void DecisionWriter::write_state(const Decision& decision, const KnownCheck& check) {
  const std::string packed = pack_state(*decision.state);
  const std::uint64_t version = decision.state->version;
  if (version == 1) {
    connection_.run("INSERT OR IGNORE INTO states (check_number, version, state) VALUES (?, 1, ?)", check.number,
                    Bytes{packed});
  } else {
    connection_.run("UPDATE states SET version = ?2, state = ?3 WHERE check_number = ?1 AND version = ?2 - 1",
                    check.number, version, Bytes{packed});
  }
  if (connection_.ok() && connection_.changes() == 0) conflicting_.insert(decision.service);
}

void DecisionWriter::write_result(const KnownCheck& check, const CheckResult& result) {
  ByteWriter writer;
  writer.number(static_cast<std::uint64_t>(check.number));
  store::write_result(writer, result);
  connection_.run("INSERT INTO recent (row, result) VALUES (?, ?)", next_row_, Bytes{writer.bytes()});
  accepted_.push_back({check, next_row_, &result});
  ++next_row_;
}

void DecisionWriter::write_service(const Decision& decision) {
  const ServiceNumber number = identities_.service(decision.service);
  if (!connection_.ok()) return;  // then the service may not be known
  if (decision.service_state) {
    const ServiceState& state = *decision.service_state;
    connection_.run("UPDATE services SET verdict = ?, reason = ?, since = ? WHERE number = ?",
                    to_column(state), static_cast<int>(state.reason), state.since, number);
  }
  if (decision.transition) {
    const milliseconds patience = identities_.services().at(decision.service).patience;
    const WallTime at = entry_time(decision.transition->at, alive_, patience);
    enter_stored_state(connection_, number, at, to_shown(decision.transition->to, decision.transition->maintenance));
    transitions_.push_back({decision.service, at});
  }
}

void DecisionWriter::write_incident(const Decision& decision) {
  const Incident& incident = *decision.incident;
  const bool automatic = is_automatic_incident(incident);
  if (automatic && incident.open()) {
    const auto other = connection_.value(
        "SELECT 1 FROM incidents WHERE service = ? AND resolved_at IS NULL AND automatic = 1 AND id <> ?",
        incident.service.value(), incident.id.value());
    if (other) {
      conflicting_.insert(decision.service);
      return;
    }
  }
  connection_.run(
      "INSERT INTO incidents (id, service, opened_at, resolved_at, automatic, document) VALUES (?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET service = excluded.service, opened_at = excluded.opened_at,"
      " resolved_at = excluded.resolved_at, automatic = excluded.automatic, document = excluded.document",
      incident.id.value(), incident.service.value(), incident.opened_at, incident.resolved_at, automatic ? 1 : 0,
      pack_incident(incident));
}

}  // namespace allclear::store
