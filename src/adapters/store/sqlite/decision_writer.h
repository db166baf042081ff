// DecisionWriter: puts decisions into the tables, inside one transaction of the caller. One thread.
// It must not know of anything in memory: what it accepted is applied there once the transaction is durable.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/identities.h"
#include "core/model/decision.h"

namespace allclear::store {

struct AcceptedResult {
  KnownCheck check;
  std::int64_t row = 0;  // of the append log
  const CheckResult* result = nullptr;
};

struct BackDating {
  ServiceId service;
  WallTime from;
};

class DecisionWriter {
 public:
  // alive: when the monitor was last seen running.
  DecisionWriter(Connection& connection, Identities& identities, std::int64_t next_row, std::optional<WallTime> alive)
      : connection_(connection), identities_(identities), next_row_(next_row), alive_(alive) {}

  void write(const Decision& decision);

  const std::vector<AcceptedResult>& accepted() const { return accepted_; }
  const std::vector<BackDating>& transitions() const { return transitions_; }
  // Services whose stored version did not match, or that have another automatic incident open: roll back then.
  const std::set<ServiceId>& conflicting() const { return conflicting_; }

 private:
  void write_state(const Decision& decision, const KnownCheck& check);
  void write_result(const KnownCheck& check, const CheckResult& result);
  void write_service(const Decision& decision);
  void write_incident(const Decision& decision);
  void write_plan(const MaintenancePlan& plan);

  Connection& connection_;
  Identities& identities_;
  std::int64_t next_row_;
  std::optional<WallTime> alive_;
  std::vector<AcceptedResult> accepted_;
  std::vector<BackDating> transitions_;
  std::set<ServiceId> conflicting_;
};

}  // namespace allclear::store
