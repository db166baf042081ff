#include "tests/sim/postman.h"

#include <utility>

#include "core/rules/delivery.h"

namespace allclear::sim {
namespace {

// Of DispatcherOptions.
constexpr milliseconds lease{60'000};
constexpr std::size_t batch = 16;
constexpr std::size_t per_channel = 8;
constexpr seconds noticeable_set_back{2};

}  // namespace

Postman::Postman(DriverNumber driver, Street street, Outbox& outbox, Queries& queries, const ChannelPolicies& policies,
                 const Channels& channels, Random& random, DeliveryAuditor& auditor)
    : driver_(driver),
      street_(std::move(street)),
      outbox_(outbox),
      queries_(queries),
      policies_(policies),
      channels_(channels),
      random_(random),
      auditor_(auditor) {}

milliseconds Postman::since_start() const {
  return std::chrono::floor<milliseconds>(street_.now().monotonic.time_since_epoch());
}

void Postman::look() {
  if (!street_.store_works()) return;
  const Instant now = street_.now();
  note_clock(now);
  for (std::size_t claimed = batch; claimed == batch;) {
    const auto alerts = outbox_.claim(now.wall, lease, batch, busy());
    for (const Alert& alert : *alerts) start(alert);
    claimed = alerts->size();
  }
}

void Postman::note_clock(const Instant& now) {
  const auto last = std::exchange(last_look_, now);
  std::optional<milliseconds> by;
  if (last) {
    by = std::chrono::floor<milliseconds>(now.monotonic - last->monotonic) - (now.wall - last->wall);
    if (*by < noticeable_set_back) return;
  }
  if (!outbox_.set_back(now.wall, by)) last_look_.reset();
}

std::vector<ChannelId> Postman::busy() const {
  std::vector<ChannelId> channels;
  for (const auto& [channel, tries] : tries_) {
    if (tries >= per_channel) channels.push_back(channel);
  }
  return channels;
}

void Postman::start(const Alert& alert) {
  if (!sending_.insert(alert.id).second) return;
  const auto incident = queries_.incident(alert.incident);
  if (!*incident) return settle(alert, {DeliveryOutcome::rejected, milliseconds(0), "its incident is not stored"});
  if (alert.moot) return settle(alert, moot_delivery());
  auditor_.try_begins(alert, driver_, since_start());
  ++tries_[alert.channel];
  const Attempt attempt = channels_.attempt(random_, alert.channel, since_start());
  if (attempt.arrives)
    street_.later_in_any_case(attempt.takes / 2, [&auditor = auditor_, alert] { auditor.arrived(alert); });
  street_.later(attempt.takes, [this, alert, seen = attempt.seen] {
    --tries_[alert.channel];
    auditor_.try_ends(alert.id, driver_);
    settle(alert, seen);
  });
}

void Postman::settle(const Alert& alert, const Delivery& seen) {
  sending_.erase(alert.id);
  if (!street_.store_works()) return;  // owed again after its lease
  const auto policy = policies_.find(alert.channel);
  const auto fallback = policy == policies_.end() ? std::nullopt : policy->second.fallback;
  const WallTime now = street_.now().wall;
  const Delivery delivery = settle_try(alert, seen, now, random_.share(), fallback);
  if (outbox_.settle(alert.id, delivery, now))
    delivery.moot ? auditor_.left_out(alert) : auditor_.settled(alert.id, delivery.outcome);
  look();
}

}  // namespace allclear::sim
