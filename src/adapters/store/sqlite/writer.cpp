#include "adapters/store/sqlite/writer.h"

#include <algorithm>
#include <utility>

#include "adapters/store/sqlite/day_sheets.h"
#include "adapters/store/sqlite/outbox_table.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/timeline_table.h"

namespace allclear::store {
namespace {

constexpr std::chrono::minutes flush_every{1};
constexpr std::chrono::hours expire_every{1};
constexpr int checkpoint_pages = 1'000;

}  // namespace

Writer::Writer(Connection connection, const SqliteOptions& options, Log& log)
    : connection_(std::move(connection)),
      options_(options),
      log_(log),
      identities_(connection_),
      rollups_(connection_),
      recent_(std::make_shared<RecentPoints>()) {
  connection_.watch_log(log_pages_);
}

Result<void, CommitError> Writer::commit(std::span<const Decision> decisions) {
  for (const Decision& decision : decisions) {
    if (!decision.result) continue;
    const WallTime at = decision.result->at;
    if (alive_ && tells_of_set_clock(at, *alive_)) note_running(at);
    alive_ = std::max(alive_.value_or(at), at);  // a batch may span what would count as an absence
  }
  Transaction transaction(connection_);
  DecisionWriter writer(connection_, identities_, next_row_, alive_);
  for (const Decision& decision : decisions) writer.write(decision);
  if (connection_.ok() && !writer.conflicting().empty()) {
    identities_.forget();
    return tl::make_unexpected(CommitError{CommitFault::conflict,
                                           {writer.conflicting().begin(), writer.conflicting().end()},
                                           "stored by another writer meanwhile"});
  }
  restate_back_dated(writer);
  const RollupRepairs repairs = rollups_.take_repairs();
  if (auto stored = transaction.commit(); !stored) {
    identities_.forget();
    return tl::make_unexpected(CommitError{CommitFault::unavailable, {}, stored.error().message});
  }
  tell(repairs);
  identities_.keep();
  apply(writer);
  return {};
}

void Writer::apply(const DecisionWriter& writer) {
  for (const AcceptedResult& accepted : writer.accepted()) {
    const CheckResult& result = *accepted.result;
    recent_->append(accepted.check.number, accepted.row, result);
    rollups_.add(accepted.check.service, result);
    CheckResult& last = last_[accepted.check.number];
    last = result;
    last.detail.clear();
    next_row_ = accepted.row + 1;
  }
}

// Buckets that were already closed get the time that moved; open ones are reckoned at their flush.
void Writer::restate_back_dated(const DecisionWriter& writer) {
  if (!through_) return;
  for (const BackDating& transition : writer.transitions()) {
    if (hour_number(transition.from) >= hour_number(*through_)) continue;
    const auto known = identities_.services().find(transition.service);
    if (known == identities_.services().end()) continue;
    rollups_.restate({known->second.number, known->second.patience}, transition.from, *through_);
  }
}

void Writer::put_meta(std::string_view name, std::int64_t value) {
  connection_.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value);
}

bool Writer::believes(WallTime now) {
  if (!alive_ || *alive_ - now <= leap) return true;
  std::vector<Absence> absences = read_absences(connection_, now);
  absences.insert(absences.end(), unstored_absences_.begin(), unstored_absences_.end());
  return is_believed(now, alive_, first_known(connection_), absences);
}

void Writer::note_running(WallTime now) {
  if (!believes(now)) {
    expiry_not_before_ = *alive_;
    return;
  }
  if (alive_ && *alive_ - now > leap) {
    std::erase_if(unstored_absences_, [&](const Absence& absence) { return absence.from >= now; });
    for (Absence& absence : unstored_absences_) absence.to = std::min(absence.to, now);
    end_absences(connection_, now);
  }
  if (alive_ && now - *alive_ > least_absence) unstored_absences_.push_back({*alive_, now});
  const bool leapt = alive_ && (now - *alive_ > leap || *alive_ - now > leap);
  if (leapt) expiry_not_before_ = now + leap;  // nothing is deleted for a day: it may leap back
  alive_ = now;
}

void Writer::put_absences() {
  for (const Absence& absence : unstored_absences_) add_absence(connection_, absence);
  put_meta("alive_at", alive_->time_since_epoch().count());
}

Result<void> Writer::put_catalogue(const Catalogue& catalogue, WallTime now) {
  note_running(now);
  Transaction transaction(connection_);
  store_catalogue(connection_, identities_, catalogue, *alive_);
  put_absences();
  auto stored = transaction.commit();
  if (stored) {
    unstored_absences_.clear();
    identities_.adopt(catalogue);
  } else {
    identities_.forget();
  }
  if (auto fault = connection_.take_fault(); fault && stored) return tl::make_unexpected(std::move(*fault));
  return stored;
}

Result<void> Writer::put_last_start(WallTime at) {
  Transaction transaction(connection_);
  put_meta("last_start", at.time_since_epoch().count());
  return transaction.commit();
}

Result<void> Writer::put_page_seq(std::uint64_t seq) {
  Transaction transaction(connection_);
  put_meta("page_seq", static_cast<std::int64_t>(seq));
  return transaction.commit();
}

Result<void> Writer::upkeep(WallTime now) {
  note_running(now);
  if (auto flushed = flush_when_due(now); !flushed) return flushed;
  if (auto packed = pack_and_trim(now); !packed) return packed;
  if (log_pages_ > checkpoint_pages) connection_.checkpoint();
  if (auto fault = connection_.take_fault()) return tl::make_unexpected(std::move(*fault));
  return {};
}

Result<void> Writer::flush_when_due(WallTime now) {
  const bool due = !flushed_at_ || now < *flushed_at_ || now - *flushed_at_ >= flush_every ||
                   hour_number(now) != hour_number(*flushed_at_) || !unstored_absences_.empty();
  if (!due) return {};
  Transaction transaction(connection_);
  put_absences();
  rollups_.flush(rolled_services(), through_.value_or(now), now);
  put_meta("rolled_up_to", next_row_ - 1);
  // A clock that is not believed closes no bucket that was closed before.
  const WallTime through = through_ && *through_ - now > leap && *alive_ != now ? *through_ : now;
  put_meta("times_through", through.time_since_epoch().count());
  const RollupRepairs repairs = rollups_.take_repairs();
  if (auto stored = transaction.commit(); !stored) return stored;
  tell(repairs);
  rollups_.settle();
  unstored_absences_.clear();
  rolled_up_to_ = next_row_ - 1;
  through_ = through;
  flushed_at_ = now;
  return expire(now);
}

std::vector<RolledService> Writer::rolled_services() const {
  std::vector<RolledService> services;
  for (const auto& [id, service] : identities_.services()) services.push_back({service.number, service.patience});
  std::sort(services.begin(), services.end(),
            [](const RolledService& left, const RolledService& right) { return left.number < right.number; });
  return services;
}

Result<void> Writer::pack_and_trim(WallTime now) {
  const auto packed = pack_hours(connection_, *recent_, last_, now);
  if (!packed) return tl::make_unexpected(packed.error());
  if (*packed == Packed::more_left) return {};
  const std::int64_t needed = recent_->oldest_row().value_or(next_row_);
  const auto trimmed = trim_log(connection_, std::min(needed, rolled_up_to_ + 1));
  if (!trimmed) return tl::make_unexpected(trimmed.error());
  return {};
}

Result<void> Writer::expire(WallTime now) {
  if (expiry_not_before_ && now < *expiry_not_before_) return {};
  if (auto expired = expire_points(connection_, options_.retention, now); !expired) return expired;
  if (auto expired = expire_alerts(connection_, now - options_.retention.alerts); !expired) return expired;
  if (last_expiry_ && now >= *last_expiry_ && now - *last_expiry_ < expire_every) return {};
  last_expiry_ = now;
  if (auto expired = expire_rollups(connection_, options_.retention, now); !expired) return expired;
  const auto rebuilt = check_day_sheets(connection_);
  if (!rebuilt) return tl::make_unexpected(rebuilt.error());
  tell({*rebuilt, 0});
  return {};
}

void Writer::tell(const RollupRepairs& repairs) {
  const SheetRepairs& sheets = repairs.sheets;
  if (sheets.sheets > 0) log_.warning("day_sheets_rebuilt", {{"sheets", std::int64_t{sheets.sheets}}});
  if (sheets.left_out > 0 && !std::exchange(told_left_out_, true)) {
    log_.error("daily_rows_left_out", {{"rows", std::int64_t{sheets.left_out}}});
  }
  if (repairs.counts > 0) log_.error("rollup_counts_lost", {{"rows", std::int64_t{repairs.counts}}});
}

Result<std::vector<Alert>> Writer::claim(WallTime now, milliseconds lease, std::size_t limit,
                                         const std::vector<ChannelId>& busy) {
  return claim_alerts(connection_, now, lease, limit, busy);
}

Result<void> Writer::settle(const AlertId& id, const Delivery& delivery, WallTime now) {
  return settle_alert(connection_, id, delivery, now);
}

Result<void> Writer::set_back(WallTime now, std::optional<milliseconds> by) {
  return set_alerts_back(connection_, now, by);
}

Result<ReplayOutcome> Writer::replay(const AlertId& id, WallTime now) { return replay_alert(connection_, id, now); }

}  // namespace allclear::store
