// Webhook: posts events, signed as Standard Webhooks. One loop only.
#pragma once

#include <string>

#include "core/model/channel.h"
#include "core/ports/clock.h"
#include "core/ports/notifier.h"
#include "net/http_client.h"

namespace allclear::notify {

class Webhook final : public Notifier {
 public:
  // The network, the clock and the policy outlive it. The URL is one: the config judged it.
  Webhook(net::NetworkLoop& network, const Clock& clock, const net::AddressPolicy& policy, WebhookChannel channel,
          std::string user_agent);

  Task<Delivery> send(const Notice& notice, MonotonicTime deadline) override;

 private:
  const Clock& clock_;
  const net::AddressPolicy& policy_;
  const WebhookChannel channel_;
  const net::HttpUrl url_;
  const std::string user_agent_;
  net::HttpClient client_;
};

// What an answer means: 2xx sent; 408, 425, 429 and 5xx again, not before Retry-After; all else is no use to repeat.
Delivery judge_answer(const net::HttpAnswer& answer);

}  // namespace allclear::notify
