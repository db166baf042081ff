#include "adapters/config/relations.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear::config {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

}  // namespace

void Relations::add(const ServiceId& id, const Section& service) {
  const Node* written = service.find("id");
  Point point{id, {}, written != nullptr && !written->from_environment, {}};
  for (const Node* item : service.items("depends_on")) {
    if (item->is_scalar()) point.edges.push_back({item, nowhere});
  }
  if (!point.may_show || !point.edges.empty()) point.path = service.path();
  if (!id.empty()) index_.emplace(id.value(), points_.size());
  points_.push_back(std::move(point));
}

void Relations::check() {
  link();
  const std::vector<bool> on_cycle = points_on_cycles();
  std::vector<int> visited(points_.size(), 0);
  int walk = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    if (on_cycle[i] && visited[i] == 0) report_cycle_from(i, on_cycle, visited, ++walk);
  }
}

void Relations::link() {
  std::size_t suggestions_left = 20;  // each looks at many ids
  for (Point& point : points_) {
    for (Edge& edge : point.edges) {
      const auto found = index_.find(edge.to->text);
      if (found == index_.end()) {
        report_unknown(point, edge, suggestions_left);
      } else {
        edge.target = found->second;
      }
    }
  }
}

void Relations::report_unknown(const Point& point, const Edge& edge, std::size_t& suggestions_left) {
  constexpr std::size_t most_candidates = 10'000;
  std::string_view close;
  if (suggestions_left > 0 && !edge.to->from_environment) {
    --suggestions_left;
    std::vector<std::string_view> ids;
    for (std::size_t i = 0; i < std::min(points_.size(), most_candidates); ++i) {
      if (!points_[i].id.empty() && points_[i].may_show) ids.push_back(points_[i].id.value());
    }
    close = nearest(edge.to->text, ids);
  }
  // A value from the environment is a secret until the opposite is known: only what the file says is repeated.
  const std::string what = edge.to->from_environment ? "with the id that the environment gives" : shown(edge.to->text);
  diagnostics_.error(edge.to->place, fmt::format("{}.depends_on: there is no service {}{}", point.path, what,
                                                 close.empty() ? "" : fmt::format("; did you mean \"{}\"?", close)));
}

// Takes away points that depend on nothing (left), again and again: what remains is on a cycle or leads to one.
std::vector<bool> Relations::points_on_cycles() const {
  std::vector<std::vector<std::size_t>> dependants(points_.size());
  std::vector<std::size_t> left(points_.size(), 0);
  for (std::size_t i = 0; i < points_.size(); ++i) {
    for (const Edge& edge : points_[i].edges) {
      if (edge.target == nowhere) continue;
      dependants[edge.target].push_back(i);
      ++left[i];
    }
  }
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    if (left[i] == 0) free.push_back(i);
  }
  std::vector<bool> remains(points_.size(), true);
  while (!free.empty()) {
    const std::size_t point = free.back();
    free.pop_back();
    remains[point] = false;
    for (const std::size_t dependant : dependants[point]) {
      if (--left[dependant] == 0) free.push_back(dependant);
    }
  }
  return remains;
}

// Follows one remaining edge from each point; every remaining point has one, so the walk meets a cycle or an old walk.
void Relations::report_cycle_from(std::size_t start, const std::vector<bool>& on_cycle, std::vector<int>& visited,
                                  int walk) {
  std::vector<std::pair<std::size_t, const Edge*>> way;
  std::size_t at = start;
  while (visited[at] == 0) {
    visited[at] = walk;
    const auto& edges = points_[at].edges;
    const auto next = std::find_if(edges.begin(), edges.end(),
                                   [&](const Edge& edge) { return edge.target != nowhere && on_cycle[edge.target]; });
    way.emplace_back(at, &*next);
    at = next->target;
  }
  if (visited[at] != walk) return;
  const auto first = std::find_if(way.begin(), way.end(), [&](const auto& step) { return step.first == at; });
  constexpr std::ptrdiff_t most_shown = 8;
  std::string cycle;
  for (auto step = first; step != way.end() && step - first < most_shown; ++step)
    cycle += shown_name(points_[step->first]) + " -> ";
  if (way.end() - first > most_shown) cycle += "… -> ";
  diagnostics_.error(first->second->to->place,
                     fmt::format("{}.depends_on: a cycle: {}{}", points_[at].path, cycle, shown_name(points_[at])));
}

}  // namespace allclear::config
