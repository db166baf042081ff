// NotifyRunner: one event loop with the production notifiers on it; sends a notice to its end. One thread. Header-only.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/notify/registry.h"
#include "net/fault.h"

namespace allclear::test {

class NotifyClock final : public Clock {
 public:
  Instant now() const override {
    return {std::chrono::floor<milliseconds>(std::chrono::system_clock::now()), net::monotonic_now()};
  }
};

class NotifyRunner {
 public:
  NotifyRunner() { notifiers_.emplace(loop_, clock_, options()); }

  std::shared_ptr<Notifier> make(ChannelKind kind) {
    return notifiers_->make(Channel{ChannelId("ops"), std::move(kind), {}});
  }

  Delivery send(const std::shared_ptr<Notifier>& notifier, const Notice& notice,
                milliseconds limit = milliseconds(10'000)) {
    std::optional<Delivery> delivery;
    start(notifier, notice, limit, delivery);
    run_until([&] { return delivery.has_value(); });
    return delivery.value_or(Delivery{DeliveryOutcome::rejected, milliseconds(0), "no delivery"});
  }
  Delivery send(ChannelKind kind, const Notice& notice, milliseconds limit = milliseconds(10'000)) {
    return send(make(std::move(kind)), notice, limit);
  }

  // Goes on while the loop runs; `delivery` outlives that.
  void start(const std::shared_ptr<Notifier>& notifier, const Notice& notice, milliseconds limit,
             std::optional<Delivery>& delivery) {
    boost::asio::co_spawn(
        loop_, told(notifier, notice, net::monotonic_now() + limit, delivery),
        boost::asio::bind_cancellation_slot(stops_.emplace_back().slot(), [this](const std::exception_ptr& fault) {
          cancelled_ = cancelled_ || fault != nullptr;
        }));
  }
  void cancel() {
    for (auto& stop : stops_) stop.emit(boost::asio::cancellation_type::terminal);
  }
  bool cancelled() const { return cancelled_; }
  // False: it did not come true in half a minute.
  template <class Condition>
  bool run_until(const Condition& reached) {
    const MonotonicTime end = net::monotonic_now() + seconds(30);
    loop_.restart();
    while (!reached() && net::monotonic_now() < end) loop_.run_one_for(milliseconds(20));
    return reached();
  }

  std::vector<std::string> lines;  // of the conversations so far
  void end() { notifiers_.reset(); }

 private:
  static Task<void> told(std::shared_ptr<Notifier> notifier, Notice notice, MonotonicTime deadline,
                         std::optional<Delivery>& delivery) {
    delivery = co_await notifier->send(notice, deadline);
  }
  notify::NotifyOptions options() {
    notify::NotifyOptions options;
    options.tls_contexts = std::make_shared<net::TlsContexts>();
    options.listener = [this](const std::string& line) { lines.push_back(line); };
    return options;
  }

  boost::asio::io_context loop_{1};
  NotifyClock clock_;
  std::list<boost::asio::cancellation_signal> stops_;
  bool cancelled_ = false;
  std::optional<notify::Notifiers> notifiers_;
};

}  // namespace allclear::test
