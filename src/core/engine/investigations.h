// Investigations: checks that fail, each with its newest failure, the last good result before it and what was seen
// around it; and who is to be looked at next. Nothing of it is stored. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

#include "core/model/check_result.h"
#include "core/model/evidence.h"
#include "core/model/ids.h"
#include "core/rules/diagnose.h"

namespace allclear {

class Investigations {
 public:
  static constexpr std::size_t at_once = 50;   // looked at (R4)
  static constexpr std::size_t most = 10'000;  // kept

  struct Investigation {
    CheckResult failure;  // the newest
    std::optional<LastGood> last_good;
    std::optional<Evidence> evidence;
    std::optional<Cause> told;  // that its incident tells of
  };

  // The check fails. True: it begins to, or nobody knew.
  bool note(const CheckKey& key, const CheckResult& failure) {
    const auto known = by_key_.find(key);
    if (known != by_key_.end()) {
      known->second.failure = failure;
      return false;
    }
    if (by_key_.size() >= most) return false;
    by_key_[key].failure = failure;
    wanted_.push_back(key);
    return true;
  }
  void end(const CheckKey& key) { by_key_.erase(key); }
  template <class Wanted>
  void keep(const Wanted& wanted) {
    std::erase_if(by_key_, [&](const auto& one) { return !wanted(one.first); });
  }
  Investigation* find(const CheckKey& key) {
    const auto known = by_key_.find(key);
    return known == by_key_.end() ? nullptr : &known->second;
  }
  // Who is looked at now; nullopt: nobody waits, or there is no place.
  std::optional<CheckKey> depart() {
    while (!wanted_.empty() && under_way_ < at_once) {
      CheckKey key = std::move(wanted_.front());
      wanted_.pop_front();
      if (!by_key_.contains(key)) continue;  // it is well again
      ++under_way_;
      return key;
    }
    return std::nullopt;
  }
  void landed() { under_way_ -= under_way_ == 0 ? 0 : 1; }

 private:
  std::unordered_map<CheckKey, Investigation> by_key_;
  std::deque<CheckKey> wanted_;
  std::size_t under_way_ = 0;
};

}  // namespace allclear
