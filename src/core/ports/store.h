// Store: three narrow ports to what is durable. Blocking; each object is called from one thread at a time (the
// runtime's writer owns CheckLog and Outbox, readers own a Queries each). See docs/decisions/0001.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/model/alert.h"
#include "core/model/check_result.h"
#include "core/model/check_state.h"
#include "core/model/decision.h"
#include "core/model/incident.h"
#include "core/model/service.h"
#include "core/model/stored.h"
#include "core/model/uptime.h"

namespace allclear {

class CheckLog {
 public:
  virtual ~CheckLog() = default;
  virtual Result<StoredState> load() = 0;
  // All or nothing, durable on return.
  virtual Result<void, CommitError> commit(std::span<const Decision> decisions) = 0;
  // What the config names now: services and checks that are gone are archived (history kept), returning ones revived.
  virtual Result<void> put_catalogue(const Catalogue& catalogue, WallTime now) = 0;
  virtual Result<void> put_last_start(WallTime at) = 0;
  virtual Result<void> put_page_seq(std::uint64_t seq) = 0;
  // Called about once a second: flushes rollups when a minute has passed, packs and trims, checkpoints.
  virtual Result<void> upkeep(WallTime now) = 0;
};

// began_again: an end is not told behind a later beginning.
enum class ReplayOutcome : std::uint8_t { owed, not_found, not_dead, began_again };

class Outbox {
 public:
  virtual ~Outbox() = default;
  // Up to `limit` owed alerts whose time has come, oldest first, marked sending until now + lease. Channels in `busy`
  // are passed over. One that waits longer than any does (longest_wait) is due: the clock was set back meanwhile. What is
  // stale (stale_news) and owed beside its recovery counts as sent. What is moot (is_moot) says so, and is settled untried.
  virtual Result<std::vector<Alert>> claim(WallTime now, milliseconds lease, std::size_t limit,
                                           const std::vector<ChannelId>& busy) = 0;
  // Writes the try into the ledger.
  virtual Result<void> settle(const AlertId& id, const Delivery& delivery, WallTime now) = 0;
  // The wall clock was set back by so much and says `now`: nothing waits longer for it (R9). nullopt: perhaps, while nobody
  // looked; what is owed and was last tried later than `now` is due.
  virtual Result<void> set_back(WallTime now, std::optional<milliseconds> by) = 0;
  // By hand: a dead alert is owed again, due now. Its tries stay in the ledger and their count goes on. What was moot since
  // it was refused follows it (following_replay).
  virtual Result<ReplayOutcome> replay(const AlertId& id, WallTime now) = 0;
};

struct AlertQuery {
  std::vector<AlertState> states;  // empty: all
  std::optional<ChannelId> channel;
  std::optional<IncidentId> incident;
  std::optional<ServiceId> service;
  std::size_t limit = 100;  // 1 to 1000
  std::string cursor;       // of the page before; empty: the first
};

struct AlertPage {
  std::vector<AlertRecord> alerts;  // newest first
  std::string next;                 // empty: the last page
  bool bad_cursor = false;          // the query's cursor is not one of ours: no alerts
};

struct HistoryQuery {
  ServiceId service;
  std::optional<CheckId> check;
  std::optional<WallTime> from;  // inclusive
  std::optional<WallTime> to;    // exclusive
  std::size_t limit = 100;       // 1 to 1000
  std::string cursor;            // of the page before; empty: the first
};

struct HistoryRow {
  CheckKey key;
  CheckResult result;
};

struct HistoryPage {
  std::vector<HistoryRow> rows;  // newest first
  std::string next;              // empty: the last page
  bool bad_cursor = false;       // the query's cursor is not one of ours: no rows
};

// Of what a series is made: of single results, check by check, or of the service's counts by whole hours or days.
enum class SeriesSource : std::uint8_t { results, hours, days };

// `count` steps from `from` on, which is a whole one; of hours and days each step is one.
struct SeriesQuery {
  ServiceId service;
  SeriesSource source = SeriesSource::results;
  WallTime from{};
  milliseconds step{60'000};  // of results; hours and days have their own
  std::size_t count = 60;     // 1 to 1000

  milliseconds length() const {
    if (source == SeriesSource::results) return step;
    return source == SeriesSource::hours ? milliseconds(std::chrono::hours(1)) : milliseconds(std::chrono::days(1));
  }
};

// What is known of one step. Results that say nothing of the service (unknown) are not in it.
struct SeriesStep {
  std::uint32_t count = 0;
  std::uint32_t failed = 0;  // down
  // Of those that were up or degraded: the least value that such a share does not exceed. Absent: there were none.
  std::optional<microseconds> p50;
  std::optional<microseconds> p95;
  std::optional<microseconds> p99;
  PhaseTimings phases;  // their mean, a phase that one did not need as nothing; absent: of counts, or none had it

  friend bool operator==(const SeriesStep&, const SeriesStep&) = default;
};

struct Series {
  std::optional<CheckKey> key;  // absent: all of the service
  std::vector<SeriesStep> steps;
};

using ServiceFilter = std::function<bool(std::string_view id)>;
inline bool every_service(std::string_view) { return true; }

class Queries {
 public:
  virtual ~Queries() = default;
  virtual Result<HistoryPage> history(const HistoryQuery& query) = 0;
  // All wanted services in one call: the page's bars. Days from `first` to the day of `now`.
  virtual Result<std::vector<ServiceDays>> days(std::chrono::sys_days first, WallTime now,
                                                const ServiceFilter& wanted) = 0;
  // For charts: of results one for each check and location that has some, ascending; of hours and days one, which may be
  // a minute behind.
  virtual Result<std::vector<Series>> series(const SeriesQuery& query) = 0;
  // Of one service (or all when empty), newest first, opened before `to` and still open or resolved at
  // `from` or later: whatever touched [from, to).
  virtual Result<std::vector<Incident>> incidents(const std::optional<ServiceId>& service, WallTime from, WallTime to,
                                                  std::size_t limit) = 0;
  virtual Result<std::optional<Incident>> incident(const IncidentId& id) = 0;
  // The alerts' ledger.
  virtual Result<AlertPage> alerts(const AlertQuery& query) = 0;
  virtual Result<std::optional<AlertRecord>> alert(const AlertId& id) = 0;
};

}  // namespace allclear
