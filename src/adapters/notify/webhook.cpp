#include "adapters/notify/webhook.h"

#include <charconv>
#include <exception>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "adapters/notify/event.h"
#include "adapters/notify/signature.h"

namespace allclear::notify {
namespace {

constexpr std::size_t answer_limit = 4 * 1024;  // bytes; for the ledger
constexpr std::size_t shown_limit = 300;

bool may_pass(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

// Seconds (RFC 9110, 10.2.3); the form with a date is rare and counts as none.
milliseconds retry_after(const net::HttpAnswer& answer) {
  const std::string_view text = answer.header("Retry-After");
  std::int64_t wait_s = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wait_s);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && wait_s >= 0 && wait_s < 1'000'000;
  return whole ? milliseconds(std::chrono::seconds(wait_s)) : milliseconds(0);
}

std::string_view advice(int status) {
  if (status == 401 || status == 403) return " (is the address or the secret wrong?)";
  if (status == 404 || status == 410) return " (is the address wrong?)";
  if (status >= 300 && status < 400) return " (redirects are not followed: write the address that it leads to)";
  return "";
}

net::HttpUrl url_of(const WebhookChannel& channel) { return net::parse_http_url(channel.url).value_or(net::HttpUrl{}); }

}  // namespace

Delivery judge_answer(const net::HttpAnswer& answer) {
  Delivery delivery;
  delivery.answer = fmt::format("{}{}", answer.status, advice(answer.status));
  if (answer.status >= 200 && answer.status < 300) return delivery;
  if (!answer.body.empty())
    delivery.answer += ": " + net::clean_text(std::string_view(answer.body).substr(0, shown_limit));
  delivery.outcome = may_pass(answer.status) ? DeliveryOutcome::retry_after : DeliveryOutcome::rejected;
  if (delivery.outcome == DeliveryOutcome::retry_after) delivery.retry_after = retry_after(answer);
  return delivery;
}

Webhook::Webhook(net::NetworkLoop& network, const Clock& clock, const net::AddressPolicy& policy,
                 WebhookChannel channel, std::string user_agent)
    : clock_(clock),
      policy_(policy),
      channel_(std::move(channel)),
      url_(url_of(channel_)),
      user_agent_(std::move(user_agent)),
      client_(network) {}

Task<Delivery> Webhook::send(const Notice& notice, MonotonicTime deadline) {
  const std::string body = render_event(notice);
  const WallTime now = clock_.now().wall;
  const std::string timestamp = unix_seconds(now);
  const std::string signature =
      channel_.secret.empty() ? std::string() : sign(channel_.secret, notice.alert.id.value(), now, body);
  net::HttpCall call;
  call.url = url_;
  call.method = "POST";
  call.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                  {"webhook-id", notice.alert.id.value()},
                  {"webhook-timestamp", timestamp}};
  if (!signature.empty()) call.headers.push_back({"webhook-signature", signature});
  call.body = body;
  call.user_agent = user_agent_;
  call.redirects = net::Redirects::report;
  call.policy = &policy_;
  call.body_limit = answer_limit;
  Delivery delivery{DeliveryOutcome::retry_after, milliseconds(0), {}};
  try {
    const net::HttpReport report = co_await client_.exchange(call, deadline);
    if (report.answer) {
      delivery = judge_answer(*report.answer);
    } else if (report.fault) {
      if (report.fault->kind == net::FaultKind::blocked_address) delivery.outcome = DeliveryOutcome::rejected;
      delivery.answer = report.fault->detail;
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;  // the monitor stops: the lease runs out
    delivery.answer = error.what();
  } catch (const std::exception& error) {
    delivery.answer = error.what();
  }
  co_return delivery;
}

}  // namespace allclear::notify
