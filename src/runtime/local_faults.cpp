#include "runtime/local_faults.h"

namespace allclear::runtime {
namespace {

constexpr std::chrono::minutes silence{1};

}  // namespace

void LocalFaults::note(const CheckKey& key, const CheckResult& result, const std::string& cause, MonotonicTime now) {
  if (result.reason != Reason::local_fault) return;
  auto found = told_.find({result.phase, cause});
  const bool known = found != told_.end();
  if (!known) {
    if (told_.size() >= most_causes)
      std::erase_if(told_, [&](const auto& each) { return now - each.second.at >= silence; });
    if (told_.size() >= most_causes) return;
    found = told_.emplace(std::pair(result.phase, cause), Told{now}).first;
  }
  Told& told = found->second;
  ++told.results;
  if (known && now - told.at < silence) return;
  log_.warning("local_fault", {{"phase", std::string(to_string(result.phase))},
                               {"service", key.service.value()},
                               {"check", key.check.value()},
                               {"detail", result.detail},
                               {"results", told.results}});
  told = {now};
}

}  // namespace allclear::runtime
