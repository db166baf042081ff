// Findings: the promises that a simulation saw broken. One thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace allclear::sim {

class Findings {
 public:
  std::function<void(const std::string&)> tell;  // at once; may be empty

  // The first tell the most: what breaks thousands of times is not kept thousands of times.
  void add(std::string what) {
    if (tell) tell("BROKEN " + what);
    if (all_.size() < most) all_.push_back(std::move(what));
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  static constexpr std::size_t most = 50;

  std::vector<std::string> all_;
};

}  // namespace allclear::sim
