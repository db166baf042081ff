#include "runtime/dispatcher.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include <boost/asio/post.hpp>

#include "core/rules/delivery.h"

namespace allclear::runtime {
namespace {

constexpr seconds patience_at_stop{3};
constexpr seconds noticeable_set_back{2};
constexpr milliseconds unknown_channel_wait = std::chrono::minutes(5);
constexpr std::size_t steps_looked_at = 1'000;

}  // namespace

struct Dispatcher::Link {
  explicit Link(boost::asio::io_context& to) : loop(&to) {}

  void post(std::function<void()> work) {
    const std::lock_guard lock(mutex);
    if (loop != nullptr) boost::asio::post(*loop, std::move(work));
  }
  void cut() {
    const std::lock_guard lock(mutex);
    loop = nullptr;
  }

  std::mutex mutex;
  boost::asio::io_context* loop;  // null: the dispatcher has ended
};

Dispatcher::Dispatcher(DispatcherOptions options, const Clock& clock, OnStore on_store, Queries& queries,
                       const MakeFactory& make_factory, Log& log)
    : options_(options),
      clock_(clock),
      on_store_(std::move(on_store)),
      queries_(queries),
      log_(log),
      work_(loop_.get_executor()),
      make_notifier_(make_factory(loop_)),
      link_(std::make_shared<Link>(loop_)) {
  each_look_.emplace(loop_, options_.look, [this] { look(); });
  thread_ = std::thread([this] { loop_.run(); });
}

Dispatcher::~Dispatcher() {
  link_->cut();
  boost::asio::post(loop_, [this] {
    each_look_.reset();
    work_.reset();
    in_flight_.end(patience_at_stop, [this] { loop_.stop(); });
  });
  thread_.join();
  if (in_flight_.empty()) return;
  // One that does not end when cancelled may still refer to what its notifier holds: that is left to the process's end.
  new std::pair(std::move(notifiers_), std::move(make_notifier_));
}

void Dispatcher::adopt(Addressees addressees) {
  boost::asio::post(loop_, [this, addressees = std::move(addressees)] {
    notifiers_.clear();  // those that are sending are held by their tries
    const auto before = std::exchange(fallbacks_, {});
    stand_ins_.clear();
    for (const Channel& channel : addressees.channels) {
      notifiers_[channel.id] = make_notifier_(channel);
      if (channel.policy.fallback) fallbacks_.emplace(channel.id, *channel.policy.fallback);
    }
    for (const auto& [channel, fallback] : before) {  // of one that left: it may owe the end of what it told
      if (!notifiers_.contains(channel) && notifiers_.contains(fallback)) fallbacks_.emplace(channel, fallback);
    }
    catalogue_ = addressees.catalogue;
    const auto& services = catalogue_->services;
    by_id_.resize(services.size());
    std::iota(by_id_.begin(), by_id_.end(), 0U);
    std::sort(by_id_.begin(), by_id_.end(), [&](auto a, auto b) { return services[a]->id < services[b]->id; });
    page_url_ = addressees.page_url;
    adopted_ = true;
    look();
  });
}

std::function<void()> Dispatcher::waker() {
  return [this, link = link_] { link->post([this] { look(); }); };
}

void Dispatcher::look() {
  if (!adopted_ || in_flight_.ending()) return;
  if (looking_) {
    look_again_ = true;
    return;
  }
  looking_ = true;
  const Instant instant = clock_.now();
  note_clock(instant);
  on_store_([this, link = link_, now = instant.wall, options = options_, busy = busy()](Outbox& outbox) {
    link->post([this, claimed = outbox.claim(now, options.lease, options.batch, busy)]() mutable {
      take(std::move(claimed));
    });
  });
}

// What is stored as wall time would wait as long as the clock was set back by (R9).
void Dispatcher::note_clock(const Instant& now) {
  const auto last = std::exchange(last_look_, now);
  std::optional<milliseconds> by;
  if (last) {
    by = std::chrono::floor<milliseconds>(now.monotonic - last->monotonic) - (now.wall - last->wall);
    if (*by < noticeable_set_back) return;
    log_.warning("clock_set_back", {{"by_ms", by->count()}});
  }
  on_store_([this, link = link_, wall = now.wall, by](Outbox& outbox) {
    if (outbox.set_back(wall, by)) return;
    link->post([this] { last_look_.reset(); });  // the next look begins as the first did
  });
}

std::vector<ChannelId> Dispatcher::busy() const {
  std::vector<ChannelId> channels;
  for (const auto& [channel, tries] : tries_) {
    if (tries >= options_.per_channel) channels.push_back(channel);
  }
  return channels;
}

void Dispatcher::take(Result<std::vector<Alert>> claimed) {
  looking_ = false;
  if (!claimed) {
    log_.error("alerts_not_claimed", {{"error", claimed.error().message}});
    return;
  }
  if (claimed->size() == options_.batch) look_again_ = true;
  for (Alert& alert : *claimed) start(std::move(alert));
  if (std::exchange(look_again_, false)) return look();
  if (options_.at_rest && sending_.empty() && unsettled_ == 0) options_.at_rest();
}

void Dispatcher::start(Alert alert) {
  if (!sending_.insert(alert.id).second) return;
  const auto incident = queries_.incident(alert.incident);
  const auto notifier = notifiers_.find(alert.channel);
  if (!incident) {
    return settle(alert, {DeliveryOutcome::retry_after, milliseconds(0), "the store: " + incident.error().message});
  }
  if (!*incident) return settle(alert, {DeliveryOutcome::rejected, milliseconds(0), "its incident is not stored"});
  if (notifier == notifiers_.end()) {
    const Delivery unknown = of_unknown_channel(alert);
    return settle(alert, alert.moot ? moot_delivery() : unknown);
  }
  if (alert.moot) return settle(alert, moot_delivery());
  Notice notice{alert, **incident, service(alert.service), page_url_};
  ++tries_[notice.alert.channel];
  in_flight_.spawn(deliver(notifier->second, std::move(notice)));
}

// It may come back. Who stood in for it hears what follows, too.
Delivery Dispatcher::of_unknown_channel(const Alert& alert) {
  const auto way = std::pair(alert.incident, alert.channel);
  if (!fallbacks_.contains(alert.channel) && !stand_ins_.contains(way)) {
    if (auto channel = stand_in(alert)) stand_ins_.emplace(way, *std::move(channel));
  }
  return {DeliveryOutcome::retry_after, unknown_channel_wait, "the config names no such channel"};
}

// By the ledger: told of a step that was also this channel's, of which the incident itself knows nothing.
std::optional<ChannelId> Dispatcher::stand_in(const Alert& alert) {
  AlertQuery query;
  query.incident = alert.incident;
  query.limit = steps_looked_at;
  const auto page = queries_.alerts(query);
  const auto incident = queries_.incident(alert.incident);
  if (!page || !incident || !*incident) return std::nullopt;
  std::set<std::uint32_t> own;
  for (const AlertRecord& record : page->alerts) {
    if (record.alert.channel == alert.channel) own.insert(record.alert.ordinal);
  }
  std::uint32_t lives_since = 0;
  for (const TimelineEntry& entry : (*incident)->timeline) {
    if (entry.step == IncidentStep::resolved && entry.ordinal < alert.ordinal) lives_since = entry.ordinal;
  }
  const auto stands_in = [&](const AlertRecord& record) {
    const ChannelId& channel = record.alert.channel;
    return channel != alert.channel && notifiers_.contains(channel) && own.contains(record.alert.ordinal) &&
           record.alert.ordinal > lives_since &&
           std::none_of((*incident)->told.begin(), (*incident)->told.end(),
                        [&](const Told& one) { return one.channel == channel; });
  };
  const auto found = std::find_if(page->alerts.begin(), page->alerts.end(), stands_in);
  return found == page->alerts.end() ? std::nullopt : std::optional(found->alert.channel);
}

std::optional<ChannelId> Dispatcher::fallback_of(const Alert& alert) const {
  if (const auto found = fallbacks_.find(alert.channel); found != fallbacks_.end()) return found->second;
  const auto found = stand_ins_.find({alert.incident, alert.channel});
  return found == stand_ins_.end() ? std::nullopt : std::optional(found->second);
}

std::shared_ptr<const Service> Dispatcher::service(const ServiceId& id) const {
  const auto& services = catalogue_->services;
  const auto found =
      std::lower_bound(by_id_.begin(), by_id_.end(), id,
                       [&](std::uint32_t each, const ServiceId& wanted) { return services[each]->id < wanted; });
  return found == by_id_.end() || services[*found]->id != id ? nullptr : services[*found];
}

Task<void> Dispatcher::deliver(std::shared_ptr<Notifier> notifier, Notice notice) {
  const MonotonicTime deadline = clock_.now().monotonic + options_.one_try;
  Delivery seen;
  try {
    seen = co_await notifier->send(notice, deadline);
  } catch (const std::exception& fault) {  // cancelled, or a third party's surprise
    seen = {DeliveryOutcome::retry_after, milliseconds(0), fault.what()};
  }
  if (in_flight_.ending()) co_return;
  if (const auto tries = tries_.find(notice.alert.channel); --tries->second == 0) tries_.erase(tries);
  settle(notice.alert, seen);
}

void Dispatcher::settle(const Alert& alert, const Delivery& answered) {
  sending_.erase(alert.id);
  Delivery seen = answered;
  seen.answer = log_.masked(std::move(seen.answer));  // receivers echo what they were sent (S7)
  const WallTime now = clock_.now().wall;
  const double random = static_cast<double>(random_() - std::minstd_rand::min()) /
                        (static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min()) + 1);
  const Delivery delivery = settle_try(alert, seen, now, random, fallback_of(alert));
  tell(alert, delivery);
  ++unsettled_;
  on_store_([this, link = link_, alert, delivery, now](Outbox& outbox) {
    const auto settled = outbox.settle(alert.id, delivery, now);
    link->post([this, settled, alert, delivery] {
      --unsettled_;
      if (!settled)  // owed again after its lease, with the same key
        log_.error("alert_not_settled", {{"alert", alert.id.value()}, {"error", settled.error().message}});
      else if (options_.on_settled && !delivery.moot)
        options_.on_settled(alert.channel, delivery);
      look();  // the next step of its incident may have waited
    });
  });
}

void Dispatcher::tell(const Alert& alert, const Delivery& delivery) {
  const bool sent = delivery.outcome == DeliveryOutcome::sent;
  const bool dead = delivery.outcome == DeliveryOutcome::rejected;
  const bool quiet = sent || delivery.moot;  // what is moot follows from a refusal that was told
  log_.write(quiet  ? LogLevel::info
             : dead ? LogLevel::error
                    : LogLevel::warning,
             delivery.moot ? "alert_left_out"
             : sent        ? "alert_sent"
             : dead        ? "alert_dead"
                           : "alert_put_off",
             {{"alert", alert.id.value()},
              {"channel", alert.channel.value()},
              {"incident", alert.incident.value()},
              {"service", alert.service.value()},
              {"step", std::string(to_string(alert.step))},
              {"try", static_cast<std::int64_t>(alert.tries) + (delivery.moot ? 0 : 1)},
              {"answer", delivery.answer},
              {"handed_to", delivery.hand_over ? delivery.fallback->value() : ""}});
}

}  // namespace allclear::runtime
