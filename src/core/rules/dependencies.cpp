#include "core/rules/dependencies.h"

#include <algorithm>

namespace allclear {
namespace {

bool doubtful(const ChildView& child, const ParentView& parent) {
  if (parent.verdict == Verdict::unknown) return false;
  const bool not_seen_since = parent.last_at < child.failing_since;
  const bool recovered_unseen = parent.since > child.failing_since && parent.since > child.last_at;
  return not_seen_since || parent.failing || recovered_unseen;
}

}  // namespace

Parents judge_parents(const ChildView& child, std::span<const ParentView> parents) {
  const auto is_down = [](const ParentView& parent) { return parent.verdict == Verdict::down; };
  if (std::any_of(parents.begin(), parents.end(), is_down)) return Parents::down;
  const auto in_doubt = [&](const ParentView& parent) { return doubtful(child, parent); };
  return std::any_of(parents.begin(), parents.end(), in_doubt) ? Parents::doubtful : Parents::fine;
}

}  // namespace allclear
