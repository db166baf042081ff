// Postman: plays the dispatcher of one driver on the virtual clock: claims what is owed, tries, settles by the rule of
// core/rules/delivery. It keeps to the steps of src/runtime/dispatcher.cpp. One thread; dies with its process.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "core/model/channel.h"
#include "core/ports/store.h"
#include "tests/sim/channels.h"
#include "tests/sim/delivery_auditor.h"

namespace allclear::sim {

// What the simulation does for it.
struct Street {
  std::function<Instant()> now;
  std::function<bool()> store_works;
  // Not when the process died meanwhile.
  std::function<void(milliseconds, std::function<void()>)> later;
  // Whatever happens to the process.
  std::function<void(milliseconds, std::function<void()>)> later_in_any_case;
};

class Postman {
 public:
  Postman(DriverNumber driver, Street street, Outbox& outbox, Queries& queries, const ChannelPolicies& policies,
          const Channels& channels, Random& random, DeliveryAuditor& auditor);

  void look();

 private:
  void note_clock(const Instant& now);
  std::vector<ChannelId> busy() const;
  void start(const Alert& alert);
  void settle(const Alert& alert, const Delivery& seen);
  milliseconds since_start() const;

  const DriverNumber driver_;
  const Street street_;
  Outbox& outbox_;
  Queries& queries_;
  const ChannelPolicies& policies_;
  const Channels& channels_;
  Random& random_;
  DeliveryAuditor& auditor_;
  std::set<AlertId> sending_;
  std::map<ChannelId, std::size_t> tries_;
  std::optional<Instant> last_look_;
};

}  // namespace allclear::sim
