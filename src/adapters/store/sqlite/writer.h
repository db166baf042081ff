// Writer: the SqliteStore itself: one connection, what it keeps in memory, and the order of things. One thread.
#pragma once

#include "adapters/store/sqlite/decision_writer.h"
#include "adapters/store/sqlite/identities.h"
#include "adapters/store/sqlite/rollups.h"
#include "adapters/store/sqlite/sqlite_store.h"

namespace allclear::store {

class Writer final : public SqliteStore {
 public:
  Writer(Connection connection, const SqliteOptions& options, Log& log);

  // Reads what lives in memory: numbers, last results, and what the log holds beyond chunks and rollups.
  Result<void, OpenFault> recover();
  void set_recovery(Recovery recovery) { recovery_ = std::move(recovery); }

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

  const Recovery& recovery() const override { return recovery_; }
  std::shared_ptr<const RecentPoints> recent() const override { return recent_; }

 private:
  bool read_last_results();
  bool replay_log();
  void apply(const DecisionWriter& writer);
  void restate_back_dated(const DecisionWriter& writer);
  void put_meta(std::string_view name, std::int64_t value);
  void note_running(WallTime now);
  bool believes(WallTime now);
  void put_absences();
  Result<void> flush_when_due(WallTime now);
  Result<void> pack_and_trim(WallTime now);
  Result<void> expire(WallTime now);
  void tell(const RollupRepairs& repairs);
  std::vector<RolledService> rolled_services() const;
  void load_checks(StoredState& stored);
  void load_services(StoredState& stored);
  void load_incidents(StoredState& stored);
  void load_plans(StoredState& stored);

  Connection connection_;
  SqliteOptions options_;
  Log& log_;
  Recovery recovery_;
  Identities identities_;
  Rollups rollups_;
  std::shared_ptr<RecentPoints> recent_;
  LastResults last_;
  std::int64_t next_row_ = 1;
  std::int64_t rolled_up_to_ = 0;       // the last row of the log that the stored rollups contain
  std::optional<WallTime> alive_;       // when the monitor was last seen running
  std::optional<WallTime> through_;     // until when the stored times are right
  std::optional<WallTime> flushed_at_;  // through_ is later while the clock is behind and not believed
  std::optional<WallTime> last_expiry_;
  std::optional<WallTime> expiry_not_before_;
  std::vector<Absence> unstored_absences_;
  int log_pages_ = 0;
  bool told_left_out_ = false;
};

}  // namespace allclear::store
