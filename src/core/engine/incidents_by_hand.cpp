#include "core/engine/incidents_by_hand.h"

#include <algorithm>

#include "core/rules/incident_by_hand.h"

namespace allclear {
namespace {

constexpr std::chrono::hours kept_after_end{24};

}  // namespace

void IncidentsByHand::restore(const StoredState& stored) {
  incidents_.clear();
  for (const auto* list : {&stored.recent_incidents, &stored.open_incidents}) {
    for (const Incident& incident : *list) {
      if (is_incident_by_hand(incident)) incidents_.push_back(std::make_shared<const Incident>(incident));
    }
  }
}

const Incident* IncidentsByHand::find(const IncidentId& id) const {
  const auto found = std::find_if(incidents_.begin(), incidents_.end(), [&](const auto& one) { return one->id == id; });
  return found == incidents_.end() ? nullptr : found->get();
}

const Incident* IncidentsByHand::find_requested(const std::string& who, const std::string& key) const {
  const auto found = std::find_if(incidents_.begin(), incidents_.end(),
                                  [&](const auto& one) { return is_of_request(*one, who, key); });
  return found == incidents_.end() ? nullptr : found->get();
}

void IncidentsByHand::put(Incident incident, WallTime now) {
  const auto found =
      std::find_if(incidents_.begin(), incidents_.end(), [&](const auto& one) { return one->id == incident.id; });
  auto kept = std::make_shared<const Incident>(std::move(incident));
  if (found != incidents_.end())
    *found = std::move(kept);
  else
    incidents_.push_back(std::move(kept));
  std::erase_if(incidents_, [&](const auto& one) { return !one->open() && *one->resolved_at < now - kept_after_end; });
}

std::vector<std::shared_ptr<const Incident>> IncidentsByHand::open() const {
  std::vector<std::shared_ptr<const Incident>> open;
  std::copy_if(incidents_.begin(), incidents_.end(), std::back_inserter(open),
               [](const auto& one) { return one->open(); });
  return open;
}

std::size_t IncidentsByHand::open_count() const {
  return static_cast<std::size_t>(
      std::count_if(incidents_.begin(), incidents_.end(), [](const auto& one) { return one->open(); }));
}

}  // namespace allclear
