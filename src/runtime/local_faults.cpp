#include "runtime/local_faults.h"

namespace allclear::runtime {
namespace {

constexpr std::chrono::minutes silence{1};

}  // namespace

LocalFaults::Told& LocalFaults::told_of(Phase phase, const std::string& cause, MonotonicTime now) {
  const auto found = told_.find({phase, cause});
  if (found != told_.end()) return found->second;
  if (told_.size() >= most_causes)
    std::erase_if(told_, [&](const auto& each) { return now - each.second.at >= silence; });
  return told_[{phase, told_.size() < most_causes ? cause : std::string()}];  // all beyond the bound are one
}

void LocalFaults::note(const CheckKey& key, const CheckResult& result, const std::string& cause, MonotonicTime now) {
  if (result.reason != Reason::local_fault) return;
  Told& told = told_of(result.phase, cause, now);
  ++told.results;
  if (told.at != MonotonicTime::min() && now - told.at < silence) return;
  log_.warning("local_fault", {{"phase", std::string(to_string(result.phase))},
                               {"service", key.service.value()},
                               {"check", key.check.value()},
                               {"detail", result.detail},
                               {"results", told.results}});
  told = {now};
}

}  // namespace allclear::runtime
