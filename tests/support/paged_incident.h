// An incident as it paged: a time-out that ops was told of.
#pragma once

#include <optional>
#include <string>

#include "core/rules/compare_paging.h"
#include "tests/support/builders.h"

namespace allclear::test {

// From and to in seconds; without an end it goes on.
inline PagedIncident paged_incident(const std::string& service, int from_s, std::optional<int> to_s) {
  PagedIncident made;
  made.service = ServiceId(service);
  made.began = wall_s(from_s);
  if (to_s) made.ended = wall_s(*to_s);
  made.worst = Verdict::down;
  made.severity = Severity::major;
  made.reason = Reason::timeout;
  made.told = {ChannelId("ops")};
  return made;
}

}  // namespace allclear::test
