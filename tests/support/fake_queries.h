// FakeQueries: answers what a test put into it and keeps what it was asked. FixedClock: stands still. One thread.
#pragma once

#include "core/ports/clock.h"
#include "core/ports/store.h"
#include "tests/support/sample_world.h"

namespace allclear::test {

class FakeQueries final : public Queries {
 public:
  Result<HistoryPage> history(const HistoryQuery& query) override {
    asked = query;
    if (broken) return failure("disk I/O error at /secret/path");
    return page;
  }
  Result<std::vector<ServiceDays>> days(std::chrono::sys_days, WallTime, const ServiceFilter&) override {
    return std::vector<ServiceDays>{};
  }
  Result<std::vector<Series>> series(const SeriesQuery& query) override {
    asked_series = query;
    if (broken) return failure("disk I/O error at /secret/path");
    return lines;
  }
  Result<std::vector<Incident>> incidents(const std::optional<ServiceId>&, WallTime from, WallTime to,
                                          std::size_t) override {
    incidents_from = from;
    incidents_to = to;
    if (broken) return failure("disk I/O error at /secret/path");
    return stored;
  }
  Result<std::optional<Incident>> incident(const IncidentId& id) override {
    ++incident_reads;
    if (broken) return failure("disk I/O error at /secret/path");
    for (const Incident& each : stored) {
      if (each.id == id) return std::optional(each);
    }
    return std::optional<Incident>{};
  }
  Result<AlertPage> alerts(const AlertQuery& query) override {
    asked_alerts = query;
    if (broken) return failure("disk I/O error at /secret/path");
    return ledger;
  }
  Result<std::optional<AlertRecord>> alert(const AlertId& id) override {
    if (broken) return failure("disk I/O error at /secret/path");
    for (const AlertRecord& record : ledger.alerts) {
      if (record.alert.id == id) return std::optional(record);
    }
    return std::optional<AlertRecord>{};
  }

  bool broken = false;
  HistoryPage page;
  std::vector<Incident> stored;
  HistoryQuery asked;
  SeriesQuery asked_series;
  std::vector<Series> lines;
  AlertPage ledger;
  AlertQuery asked_alerts;
  WallTime incidents_from{};
  WallTime incidents_to{};
  int incident_reads = 0;
};

class FixedClock final : public Clock {
 public:
  Instant now() const override { return {sample_now(), {}}; }
};

}  // namespace allclear::test
