// HttpChannel: what all channels that are reached by one POST share: sending, hiding secrets, and what an answer means.
// One loop only. How a channel is spoken to is its HttpDialect: a value, made by the channel's own file.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/notify/conversation.h"
#include "core/ports/clock.h"
#include "core/ports/notifier.h"
#include "net/http_client.h"

namespace allclear::notify {

struct Post {
  net::HttpUrl url;
  std::string content_type = "application/json";
  std::vector<net::HttpField> headers;
  std::string authorization;  // the header's value; empty: none
  std::string body;
};

// What a person should look at when the receiver does not take an alert; empty: nothing to say.
struct Advice {
  std::string_view malformed;                                        // 400, 422
  std::string_view refused = "is the address or the secret wrong?";  // 401, 403
  std::string_view missing = "is the address wrong?";                // 404, 410
};

struct HttpDialect {
  std::function<Post(const Notice&, WallTime now)> compose;  // pure
  Advice advice{};
  std::vector<std::string> secrets{};  // never in an answer or a shown conversation
};

// What the HTTP channels of one loop share. What is referred to outlives it.
struct HttpOffice {
  net::HttpClient client;
  const net::AddressPolicy& policy;
  const Clock& clock;
  std::string user_agent;
  Listener listener;
};

class HttpChannel final : public Notifier {
 public:
  // The office outlives it.
  HttpChannel(HttpOffice& office, HttpDialect dialect) : office_(office), dialect_(std::move(dialect)) {}

  Task<Delivery> send(const Notice& notice, MonotonicTime deadline) override;

 private:
  void show_post(const Post& post) const;
  void show_answer(const net::HttpAnswer& answer) const;

  HttpOffice& office_;
  const HttpDialect dialect_;
};

// 2xx sent; 408, 425, 429 and 5xx again, not before Retry-After (or what Discord and Telegram write into their JSON);
// all else is no use to repeat. `now`: for a Retry-After that is a date, in an answer that has no Date. `secrets`: never
// repeated from the answer; our own words about it stay whole.
Delivery judge_answer(const net::HttpAnswer& answer, WallTime now, const Advice& advice = {},
                      std::span<const std::string> secrets = {});

// An address that the config judged; what it could not have let through becomes an address that nobody has.
net::HttpUrl http_url(std::string_view url);
// The address and the part of it that a request shows: who knows either may post.
std::vector<std::string> secrets_of_url(std::string_view url);

}  // namespace allclear::notify
