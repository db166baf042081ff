// Decisions as the engine makes them, in one line each, for tests of stores.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "core/model/decision.h"
#include "core/model/service.h"
#include "core/ports/store.h"

namespace allclear::contract {

using std::chrono::hours;
using std::chrono::minutes;

// 2026-11-20T10:00:00Z, a full hour: the time at which every case begins.
WallTime start_time();

CheckKey key_of(const std::string& service);
CheckKey key_of(const std::string& service, const std::string& check);

CheckResult result_at(WallTime at, Verdict verdict = Verdict::up, microseconds latency = milliseconds(20));
// A quiet result: one row of the log and nothing else.
Decision quiet(const CheckKey& key, const CheckResult& result);
// A result that made the state row with this version.
Decision with_state(const CheckKey& key, const CheckResult& result, std::uint64_t version);
// A confirmed change of the service at `result.at`, back-dated to `at`.
Decision change(const CheckKey& key, const CheckResult& result, Verdict from, WallTime at);

Incident incident_of(const std::string& service, const std::string& id, WallTime opened_at);
Alert alert_of(const Incident& incident, std::uint32_t ordinal, const std::string& channel, WallTime at);
// A decision about a whole service.
Decision with_incident(const Incident& incident, std::vector<Alert> alerts = {});

// Services with one check of this interval each.
Catalogue catalogue_of(std::initializer_list<std::string> services, milliseconds interval = minutes(1));

// Commits each alone; fails the test when one is refused.
void commit_all(CheckLog& log, const std::vector<Decision>& decisions);

std::vector<WallTime> times_of(const HistoryPage& page);

}  // namespace allclear::contract
