// Groups: of which channels so much is told at once that one message tells it all (R17). What a group stands for
// follows from the incidents that name its channel in `grouped`; here it is kept at hand. One thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/time.h"
#include "core/model/channel.h"
#include "core/model/incident.h"

namespace allclear {

class Groups {
 public:
  void set(const GroupingPolicy& policy) { policy_ = policy; }

  // A channel is about to be told that something began. True: it is one too many, the group tells it.
  bool is_too_many(const ChannelId& channel, MonotonicTime now);
  // The group of the channel tells of this incident from now on, or of its end. Returns the group's incident when it
  // is a new one, which has to be stored.
  std::optional<Incident> cover(const ChannelId& channel, const Incident& incident, const Instant& now);
  // Somebody else ended it.
  void end(const IncidentId& incident);
  // It never was: it is not counted.
  void forget(const IncidentId& incident);
  // As the store has it.
  void restore(const Incident& group, const Instant& now);
  // All that is still open is covered again: it stands for as many as it told of, or more.
  void count_on();

  struct Group {
    Incident incident;
    std::set<IncidentId> open;  // of those that it stands for
    std::set<IncidentId> over;  // of those, since the start
    std::size_t total = 0;      // that it stood for
    MonotonicTime next_word = MonotonicTime::max();
    bool news = false;
  };
  std::vector<ChannelId> due(MonotonicTime now) const;
  Group& at(const ChannelId& channel) { return groups_.at(channel); }
  // What was told: the group goes on, or is over.
  void told(const ChannelId& channel, Incident incident, MonotonicTime now);
  // The last one of the channel, unless another goes on; null: none ended.
  const Incident* ended(const ChannelId& channel) const;
  // Its end is void.
  void go_on(const ChannelId& channel);
  MonotonicTime next() const;  // max(): none

 private:
  GroupingPolicy policy_;
  std::map<ChannelId, std::deque<MonotonicTime>> begun_;  // within the policy's time
  std::map<ChannelId, Group> groups_;
  std::map<ChannelId, Group> ended_;  // as before their ends
};

}  // namespace allclear
