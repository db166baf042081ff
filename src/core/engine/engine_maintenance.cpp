// Maintenance windows that begin and end.
#include "core/engine/engine_state.h"

namespace allclear {

void Engine::State::take_due_maintenance(const Instant& now) {
  if (!calendar.due(now)) return;
  for (const std::size_t row : calendar.look(roster, now)) turn_maintenance(row, now);
}

// Into it, the service becomes unknown; out of it, it stands as its checks say, and what is owed is told.
void Engine::State::turn_maintenance(std::size_t row, const Instant& now) {
  const Verdict before = roster.service(row).state.verdict;
  reconcile(row, now.wall, !dependencies.parents(row).empty());
  follow_ups.touch(row);
  follow_children(row, before, now);
  follow_dependencies(row, {}, now);
}

}  // namespace allclear
