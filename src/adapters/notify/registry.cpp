#include "adapters/notify/registry.h"

#include <utility>

#include "adapters/notify/webhook.h"
#include "net/network_loop.h"

namespace allclear::notify {
namespace {

// Keeps what a channel is owed until it can be sent.
class NotBuilt final : public Notifier {
 public:
  explicit NotBuilt(std::string kind) : kind_(std::move(kind)) {}

  Task<Delivery> send(const Notice&, MonotonicTime) override {
    co_return Delivery{DeliveryOutcome::retry_after, std::chrono::hours(1), kind_ + " is not built yet"};
  }

 private:
  const std::string kind_;
};

}  // namespace

struct Notifiers::Shared {
  Shared(boost::asio::io_context& loop, const Clock& the_clock, NotifyOptions options)
      : clock(the_clock),
        user_agent(std::move(options.user_agent)),
        network(loop, std::move(options.tls_contexts)),
        policy(net::InternalAddresses::allowed, std::move(options.api_targets)) {}

  std::shared_ptr<Notifier> make(const WebhookChannel& channel) {
    return std::make_shared<Webhook>(network, clock, policy, channel, user_agent);
  }
  std::shared_ptr<Notifier> make(const UnsupportedChannel& channel) { return std::make_shared<NotBuilt>(channel.kind); }

  const Clock& clock;
  const std::string user_agent;
  net::NetworkLoop network;
  net::AddressPolicy policy;
};

Notifiers::Notifiers(boost::asio::io_context& loop, const Clock& clock, NotifyOptions options)
    : shared_(std::make_unique<Shared>(loop, clock, std::move(options))) {}
Notifiers::~Notifiers() = default;

std::shared_ptr<Notifier> Notifiers::make(const Channel& channel) {
  return std::visit([&](const auto& kind) { return shared_->make(kind); }, channel.kind);
}

}  // namespace allclear::notify
