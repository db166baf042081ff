// LocalFaults: faults of our own, told in the log whatever the services' state: from unknown to unknown nothing changes
// that would be logged otherwise. At most one line a minute for each cause. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/log.h"
#include "core/model/check_result.h"
#include "core/model/ids.h"

namespace allclear::runtime {

class LocalFaults {
 public:
  explicit LocalFaults(Log& log) : log_(log) {}

  // Results of other reasons are none of its business. `cause`: what happened, without the target, so that one cause
  // is one however many checks meet it.
  void note(const CheckKey& key, const CheckResult& result, const std::string& cause, MonotonicTime now);

  static constexpr std::size_t most_causes = 100;  // beyond it the others of a phase count as one

 private:
  struct Told {
    MonotonicTime at = MonotonicTime::min();  // never
    std::int64_t results = 0;                 // since then
  };

  Told& told_of(Phase phase, const std::string& cause, MonotonicTime now);

  Log& log_;
  std::map<std::pair<Phase, std::string>, Told> told_;
};

}  // namespace allclear::runtime
