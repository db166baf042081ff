// IncidentsByHand: those that people opened, beside the ones that checks open: open, or resolved so lately that they may be
// opened again. One thread.
#pragma once

#include <memory>
#include <vector>

#include "core/model/incident.h"
#include "core/model/stored.h"

namespace allclear {

class IncidentsByHand {
 public:
  void restore(const StoredState& stored);
  // Null: there is no such one.
  const Incident* find(const IncidentId& id) const;
  // What this person opened under this key; null: nothing.
  const Incident* find_requested(const std::string& who, const std::string& key) const;
  void put(Incident incident, WallTime now);
  // In the order in which they were opened. What did not change is the same pointer.
  std::vector<std::shared_ptr<const Incident>> open() const;
  std::size_t open_count() const;

 private:
  std::vector<std::shared_ptr<const Incident>> incidents_;
};

}  // namespace allclear
