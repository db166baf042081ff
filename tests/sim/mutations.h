// Mutations: mistakes that other monitors were found to make, made here on purpose at the seams between engine, store and
// dispatcher, so that it is known that the simulation would see them. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/decision.h"
#include "core/model/service.h"
#include "core/model/stored.h"
#include "core/ports/store.h"

namespace allclear::sim {

enum class Mutation : std::uint8_t {
  none,
  recovery_dropped_on_send_error,
  beginning_dropped_on_send_error,
  told_before_stored,
  recovery_from_unknown_not_told,
  recovery_told_to_all,
  told_again_after_restart,
  incidents_forgotten_at_restart,
  marked_sent_before_sending,
  recovery_lost_over_reload,
  owed_dropped_at_reload,
  two_drivers_send_the_same,
  recovery_of_held_dropped,
  hanging_channel_stops_checks,
  no_anchors,
  no_grouping,
  no_dependencies,
  zone_stands_still,
  schedule_on_wall_clock,
  acknowledgement_ignored,
  pings_not_heard,
  grace_without_end,
  failed_commit_taken_as_stored,
};

struct MutationCase {
  Mutation mutation = Mutation::none;
  std::string_view name;
  std::string_view seen_by;  // part of a finding that tells of it
};
std::span<const MutationCase> all_mutations();
inline void PrintTo(const MutationCase& mistake, std::ostream* out) { *out << mistake.name; }  // for GoogleTest

class Mutant {
 public:
  explicit Mutant(Mutation mutation) : mutation_(mutation) {}

  bool is(Mutation mutation) const { return mutation_ == mutation; }
  // What the engine is given instead.
  std::shared_ptr<const Catalogue> spoil(std::shared_ptr<const Catalogue> catalogue);
  StoredState spoil(StoredState stored) const;
  // What the store is given instead.
  void spoil(Decision& decision);
  void reloaded() { open_at_reload_ = open_; }

 private:
  bool parent_is_down(const ServiceId& service) const;
  void tell_all(Decision& decision) const;

  const Mutation mutation_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::map<ServiceId, Verdict> verdicts_;
  std::set<IncidentId> open_;
  std::set<IncidentId> open_at_reload_;
};

// What a dispatcher is given instead of the store's outbox.
class SpoiledOutbox final : public Outbox {
 public:
  SpoiledOutbox(const Mutant& mutant, Outbox& outbox, Queries& queries)
      : mutant_(mutant), outbox_(outbox), queries_(queries) {}

  Result<std::vector<Alert>> claim(WallTime now, milliseconds lease, std::size_t limit,
                                   const std::vector<ChannelId>& busy) override;
  Result<void> settle(const AlertId& id, const Delivery& delivery, WallTime now) override;
  Result<void> set_back(WallTime now, std::optional<milliseconds> by) override { return outbox_.set_back(now, by); }
  Result<ReplayOutcome> replay(const AlertId& id, WallTime now) override { return outbox_.replay(id, now); }

 private:
  bool drops(const AlertId& id, const Delivery& delivery) const;

  const Mutant& mutant_;
  Outbox& outbox_;
  Queries& queries_;
  std::deque<Alert> claimed_;  // lately, by any driver
};

}  // namespace allclear::sim
