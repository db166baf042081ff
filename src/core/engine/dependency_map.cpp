#include "core/engine/dependency_map.h"

#include <algorithm>

namespace allclear {
namespace {

const std::vector<std::size_t>& linked(const std::unordered_map<std::size_t, std::vector<std::size_t>>& links,
                                       std::size_t row) {
  static const std::vector<std::size_t> none;
  const auto found = links.find(row);
  return found == links.end() ? none : found->second;
}

}  // namespace

Dependencies::Dependencies(const Roster& roster) {
  std::unordered_map<ServiceId, std::size_t> rows;
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    const auto& depends_on = *roster.service(row).service->depends_on;
    if (depends_on.empty()) continue;
    if (rows.empty()) {
      for (std::size_t each = 0; each < roster.row_count(); ++each)
        rows.emplace(roster.service(each).service->id, each);
    }
    for (const ServiceId& parent : depends_on) {
      const auto found = rows.find(parent);
      if (found == rows.end() || found->second == row) continue;
      parents_[row].push_back(found->second);
      children_[found->second].push_back(row);
    }
  }
}

const std::vector<std::size_t>& Dependencies::parents(std::size_t row) const { return linked(parents_, row); }
const std::vector<std::size_t>& Dependencies::children(std::size_t row) const { return linked(children_, row); }

std::vector<std::size_t> Dependencies::dependent_rows() const {
  std::vector<std::size_t> rows;
  for (const auto& [row, parents] : parents_) rows.push_back(row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

void Dependencies::hold(std::size_t row, MonotonicTime until) {
  let_go(row);
  held_.emplace(row, until);
  if (until != MonotonicTime::max()) order_.emplace(until, row);
}

void Dependencies::let_go(std::size_t row) {
  const auto found = held_.find(row);
  if (found == held_.end()) return;
  order_.erase({found->second, row});
  held_.erase(found);
}

MonotonicTime Dependencies::held_until(std::size_t row) const {
  const auto found = held_.find(row);
  return found == held_.end() ? MonotonicTime::min() : found->second;
}

std::vector<std::size_t> Dependencies::held_rows() const {
  std::vector<std::size_t> rows;
  for (const auto& [row, until] : held_) rows.push_back(row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::size_t> Dependencies::due(MonotonicTime now) const {
  std::vector<std::size_t> rows;
  for (const auto& [until, row] : order_) {
    if (until > now) break;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace allclear
