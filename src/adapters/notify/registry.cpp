#include "adapters/notify/registry.h"

#include <utility>

#include "adapters/notify/discord.h"
#include "adapters/notify/email.h"
#include "adapters/notify/exec.h"
#include "adapters/notify/http_channel.h"
#include "adapters/notify/ntfy.h"
#include "adapters/notify/pagerduty.h"
#include "adapters/notify/slack.h"
#include "adapters/notify/teams.h"
#include "adapters/notify/telegram.h"
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
  Shared(boost::asio::io_context& the_loop, const Clock& the_clock, NotifyOptions options)
      : loop(the_loop),
        clock(the_clock),
        listener(std::move(options.listener)),
        network(loop, std::move(options.tls_contexts)),
        policy(net::InternalAddresses::allowed, std::move(options.api_targets)),
        office{net::HttpClient(network), policy, clock, std::move(options.user_agent), listener},
        smtp(network, policy) {}

  std::shared_ptr<Notifier> http(HttpDialect dialect) {
    return std::make_shared<HttpChannel>(office, std::move(dialect));
  }

  std::shared_ptr<Notifier> make(const WebhookChannel& channel) { return http(webhook(channel)); }
  std::shared_ptr<Notifier> make(const SlackChannel& channel) { return http(slack(channel)); }
  std::shared_ptr<Notifier> make(const PagerDutyChannel& channel) { return http(pagerduty(channel)); }
  std::shared_ptr<Notifier> make(const TeamsChannel& channel) { return http(teams(channel)); }
  std::shared_ptr<Notifier> make(const DiscordChannel& channel) { return http(discord(channel)); }
  std::shared_ptr<Notifier> make(const TelegramChannel& channel) { return http(telegram(channel)); }
  std::shared_ptr<Notifier> make(const NtfyChannel& channel) { return http(ntfy(channel)); }
  std::shared_ptr<Notifier> make(const EmailChannel& channel) {
    return std::make_shared<Email>(smtp, clock, channel, listener);
  }
  std::shared_ptr<Notifier> make(const ExecChannel& channel) { return std::make_shared<Exec>(loop, channel, listener); }
  std::shared_ptr<Notifier> make(const UnsupportedChannel& channel) { return std::make_shared<NotBuilt>(channel.kind); }

  boost::asio::io_context& loop;
  const Clock& clock;
  const Listener listener;
  net::NetworkLoop network;
  net::AddressPolicy policy;
  HttpOffice office;
  SmtpSender smtp;
};

Notifiers::Notifiers(boost::asio::io_context& loop, const Clock& clock, NotifyOptions options)
    : shared_(std::make_unique<Shared>(loop, clock, std::move(options))) {}
Notifiers::~Notifiers() = default;

std::shared_ptr<Notifier> Notifiers::make(const Channel& channel) {
  return std::visit([&](const auto& kind) { return shared_->make(kind); }, channel.kind);
}

}  // namespace allclear::notify
