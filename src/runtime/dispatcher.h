// Dispatcher: claims the alerts that are owed, sends them, settles what came of each try (hop 6). Own thread and event
// loop; the outbox is touched on the store's thread only. It knows neither the kinds of channels nor what a message says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/log.h"
#include "core/model/channel.h"
#include "core/ports/clock.h"
#include "core/ports/notifier.h"
#include "core/ports/store.h"
#include "runtime/tasks_in_flight.h"
#include "runtime/ticker.h"

namespace allclear::runtime {

struct DispatcherOptions {
  milliseconds lease{60'000};     // an alert whose try nobody settles is owed again after it
  milliseconds one_try{15'000};   // less than the lease
  milliseconds look{1'000};       // between two looks at the outbox when nobody woke it
  std::size_t batch = 16;         // claimed at once
  std::size_t per_channel = 8;    // tries at once; one batch may add to it
  std::function<void()> at_rest;  // nothing is owed now and nothing under way; on the dispatcher's thread
  std::function<void(const ChannelId&, const Delivery&)> on_settled;  // what came of a try is stored; as above
};

// Whom to tell and of what: from the config.
struct Addressees {
  std::vector<Channel> channels;
  std::shared_ptr<const Catalogue> catalogue;
  std::string page_url;  // without a slash at its end
};

class Dispatcher {
 public:
  using MakeNotifier = std::function<std::shared_ptr<Notifier>(const Channel&)>;
  using MakeFactory = std::function<MakeNotifier(boost::asio::io_context&)>;
  // Runs work on the store's thread, in the order of the calls; drops it when the store has ended.
  using OnStore = std::function<void(std::function<void(Outbox&)>)>;

  // `queries` is used on the dispatcher's thread only, from here to the destructor.
  Dispatcher(DispatcherOptions options, const Clock& clock, OnStore on_store, Queries& queries,
             const MakeFactory& make_factory, Log& log);
  // Tries in flight are cancelled: their alerts are owed again after the lease.
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void adopt(Addressees addressees);  // any thread; nothing is sent before the first
  // To be called when something may be owed now: from any thread, also after the dispatcher has ended.
  std::function<void()> waker();

 private:
  struct Link;  // to this loop, for the store's thread: it may outlive the dispatcher

  void look();
  void note_clock(const Instant& now);
  Delivery of_unknown_channel(const Alert& alert);
  std::optional<ChannelId> stand_in(const Alert& alert);
  std::optional<ChannelId> fallback_of(const Alert& alert) const;
  std::vector<ChannelId> busy() const;
  void take(Result<std::vector<Alert>> claimed);
  void start(Alert alert);
  std::shared_ptr<const Service> service(const ServiceId& id) const;  // null: not named
  Task<void> deliver(std::shared_ptr<Notifier> notifier, Notice notice);
  void settle(const Alert& alert, const Delivery& answered);
  void tell(const Alert& alert, const Delivery& delivery);

  const DispatcherOptions options_;
  const Clock& clock_;
  const OnStore on_store_;
  Queries& queries_;
  Log& log_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<LoopExecutor> work_;
  MakeNotifier make_notifier_;
  std::map<ChannelId, std::shared_ptr<Notifier>> notifiers_;
  std::map<ChannelId, ChannelId> fallbacks_;
  std::map<std::pair<IncidentId, ChannelId>, ChannelId> stand_ins_;  // for channels that left the config, by the ledger
  std::map<ChannelId, std::size_t> tries_;                           // in flight
  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<std::uint32_t> by_id_;  // places in it: there may be 100,000
  std::string page_url_;
  std::set<AlertId> sending_;  // a lease that ran out under a wall clock that leapt ahead sends nothing twice
  std::size_t unsettled_ = 0;  // tries that ended and are not stored yet
  std::optional<Instant> last_look_;
  bool adopted_ = false;
  bool looking_ = false;
  bool look_again_ = false;
  std::minstd_rand random_{std::random_device{}()};
  TasksInFlight in_flight_{loop_};
  std::optional<Ticker> each_look_;
  std::shared_ptr<Link> link_;
  std::thread thread_;
};

}  // namespace allclear::runtime
