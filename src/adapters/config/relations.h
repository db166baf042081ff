// Relations: what only the whole list of services can tell: dependencies exist and have no cycle. One load; one thread;
// the Document outlives it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/config/section.h"
#include "core/model/ids.h"

namespace allclear::config {

class Relations {
 public:
  explicit Relations(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void add(const ServiceId& id, const Section& service);
  // Reports unknown services and each cycle once.
  void check();

 private:
  struct Edge {
    const Node* to;
    std::size_t target;
  };
  struct Point {
    ServiceId id;
    std::string path;  // of its section; empty when no message can need it
    bool may_show;     // the id did not come from the environment
    std::vector<Edge> edges;
  };

  void link();
  static const std::string& shown_name(const Point& point) { return point.may_show ? point.id.value() : point.path; }
  void report_unknown(const Point& point, const Edge& edge, std::size_t& suggestions_left);
  std::vector<bool> points_on_cycles() const;
  void report_cycle_from(std::size_t start, const std::vector<bool>& on_cycle, std::vector<int>& visited, int walk);

  Diagnostics& diagnostics_;
  std::vector<Point> points_;
  std::unordered_map<std::string_view, std::size_t> index_;  // by id; the texts are the points'
};

}  // namespace allclear::config
