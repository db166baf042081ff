// MemoryStore: all ports of core/ports/store.h and stored_results.h in memory, for the simulation and for tests of
// other parts. Any thread (one mutex). Nothing survives the object; nothing is ever trimmed.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "adapters/store/codec/latency_histogram.h"
#include "adapters/store/codec/timeline.h"
#include "core/ports/store.h"
#include "core/ports/stored_results.h"
#include "core/rules/alert_way.h"

namespace allclear::store {

class MemoryStore final : public CheckLog, public Outbox, public Queries, public StoredResults {
 public:
  Result<StoredState> load() override;
  Result<void, CommitError> commit(std::span<const Decision> decisions) override;
  Result<void> put_catalogue(const Catalogue& catalogue, WallTime now) override;
  Result<void> put_last_start(WallTime at) override;
  Result<void> put_page_seq(std::uint64_t seq) override;
  Result<void> upkeep(WallTime now) override;

  Result<std::vector<Alert>> claim(WallTime now, milliseconds lease, std::size_t limit,
                                   const std::vector<ChannelId>& busy) override;
  Result<void> settle(const AlertId& id, const Delivery& delivery, WallTime now) override;
  Result<void> set_back(WallTime now, std::optional<milliseconds> by) override;
  Result<ReplayOutcome> replay(const AlertId& id, WallTime now) override;

  Result<HistoryPage> history(const HistoryQuery& query) override;
  Result<std::vector<ServiceDays>> days(std::chrono::sys_days first, WallTime now,
                                        const ServiceFilter& wanted) override;
  Result<std::vector<Series>> series(const SeriesQuery& query) override;
  Result<std::vector<Incident>> incidents(const std::optional<ServiceId>& service, WallTime from, WallTime to,
                                          std::size_t limit) override;
  Result<std::optional<Incident>> incident(const IncidentId& id) override;
  Result<AlertPage> alerts(const AlertQuery& query) override;
  Result<std::optional<AlertRecord>> alert(const AlertId& id) override;

  Result<void> read(WallTime from, WallTime to, const TakeResult& take) override;

 private:
  std::vector<StoredDeliveries> last_deliveries(WallTime from) const;
  struct DayCount {
    std::uint32_t results = 0;
    LatencyHistogram latencies;
  };
  struct ServiceRecord {
    std::optional<ServiceState> state;
    Timeline timeline;
    milliseconds patience = least_absence;
    bool archived = false;
    std::map<std::chrono::sys_days, DayCount> counts;
  };
  struct CheckRecord {
    bool archived = false;
    std::optional<CheckState> state;
    std::optional<CheckResult> last;   // newest by arrival
    std::vector<CheckResult> results;  // ascending by time, equal times as stored
  };

  std::set<ServiceId> conflicts(std::span<const Decision> decisions) const;
  void apply(const Decision& decision);
  void add_result(const CheckKey& key, const CheckResult& result);
  void note_running(WallTime now);
  bool waits_for_earlier(const Alert& alert) const;
  AlertWay way_of(const Alert& alert) const;
  void leave_to_recovery(WallTime now);
  void note_try(Alert& alert, const Delivery& delivery, WallTime now);
  void hand_over(const Alert& tried, const Delivery& delivery, WallTime now);
  AlertRecord record_of(const Alert& alert) const;
  ServiceDays days_of(const ServiceId& id, const ServiceRecord& record, std::chrono::sys_days first,
                      WallTime now) const;

  mutable std::mutex mutex_;
  std::map<CheckKey, CheckRecord> checks_;
  std::map<ServiceId, ServiceRecord> services_;
  std::map<IncidentId, Incident> incidents_;
  std::vector<IncidentId> incident_order_;  // as they were first stored
  std::map<AlertId, Alert> alerts_;
  std::map<AlertId, std::vector<AlertTry>> tries_;
  std::map<MaintenanceId, std::shared_ptr<const Maintenance>> plans_;
  std::vector<Absence> absences_;
  std::optional<WallTime> last_running_;
  std::optional<WallTime> last_start_;
  std::uint64_t page_seq_ = 0;
};

}  // namespace allclear::store
