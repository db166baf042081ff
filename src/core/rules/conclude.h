// conclude: from a check's step to the whole decision: service state, incident, alerts owed. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/model/decision.h"
#include "core/model/service.h"
#include "core/rules/aggregate.h"

namespace allclear {

struct ServiceView {
  const Service* service = nullptr;
  const ChannelPolicies* channels = nullptr;  // null: none has a policy
  std::vector<CheckView> checks;              // with the step's next state already in place
  std::optional<std::size_t> stepped;  // index in `checks` of the one whose step this is; none: the config changed
  ServiceState state;                  // as confirmed before
  std::optional<Incident> open_incident;
  std::optional<Incident> last_resolved;
  std::uint64_t rows_written = 0;  // how often the rows of its checks' states were stored
  Reason trouble = Reason::ok;     // of the stepping check's newest result, or the one before, if it failed
  bool parent_down = false;        // flapping is not told then
  bool held = false;               // something else may explain it (a parent): what is worse is not told yet
  bool maintenance = false;        // it is unknown then, whatever its checks say
};

// `key`, `result` and `state` of the decision are the caller's; this fills in the rest.
Decision conclude(const ServiceView& view, const CheckResult& result, WallTime now);

// Whether the service stands worse than people were told, or would have been: it was held.
bool owes_news(const ServiceView& view);

// What was held is told: its incident opens or escalates, back-dated. `detail` is evidence, as far as there is any.
// The view's `held` is not looked at.
Decision conclude_release(const ServiceView& view, const std::string& detail, WallTime now);

// The service is paused or left the config: it becomes unknown, its open incident ends with a word that says why.
// The view's `checks` and `stepped` are not looked at.
Decision conclude_end(const ServiceView& view, WallTime now, const std::string& why);

}  // namespace allclear
