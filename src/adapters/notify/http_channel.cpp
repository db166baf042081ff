#include "adapters/notify/http_channel.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "net/http_answer.h"

namespace allclear::notify {
namespace {

constexpr std::size_t answer_limit = 4 * 1024;  // bytes; for the ledger
constexpr std::size_t shown_of_body = 300;

bool status_may_pass(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

std::optional<WallTime> http_date(std::string_view text) {
  const auto unix_s = net::parse_http_date(text);
  return unix_s ? std::optional(WallTime(seconds(*unix_s))) : std::nullopt;
}

// A date is one of the receiver's clock: our own may differ, and is asked only when the answer does not tell.
milliseconds wait_until(WallTime date, const net::HttpAnswer& answer, WallTime now) {
  return date - http_date(answer.header("Date")).value_or(now);
}

constexpr seconds longest_wait{1'000'000};  // more is no other: whoever asks for it is tried again after an hour

std::optional<seconds> parse_wait(std::string_view digits) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  std::int64_t wait_s = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wait_s);
  const bool beyond = error != std::errc{} || wait_s > longest_wait.count();
  return beyond ? longest_wait : seconds(wait_s);
}

// Seconds or a date (RFC 9110, 10.2.3).
milliseconds header_retry_after(const net::HttpAnswer& answer, WallTime now) {
  const std::string_view text = answer.header("Retry-After");
  milliseconds wait{0};
  if (const auto date = http_date(text)) {
    wait = wait_until(*date, answer, now);
  } else {
    wait = parse_wait(text).value_or(seconds(0));
  }
  return std::clamp(wait, milliseconds(0), milliseconds(longest_wait));
}

// Discord: {"retry_after": 0.65}; Telegram: {"parameters": {"retry_after": 35}}; both in seconds.
milliseconds body_retry_after(const net::HttpAnswer& answer) {
  const auto json = parse_json(answer.body);
  if (!json || !json->is_object()) return milliseconds(0);
  const auto parameters = json->find("parameters");
  const bool nested = parameters != json->end() && parameters->is_object();
  const Json& holder = nested ? *parameters : *json;
  const auto wait = holder.find("retry_after");
  if (wait == holder.end() || !wait->is_number()) return milliseconds(0);
  const double wait_s = wait->get<double>();
  if (!(wait_s > 0)) return milliseconds(0);
  const std::chrono::duration<double> most = longest_wait;
  return std::chrono::ceil<milliseconds>(std::min(std::chrono::duration<double>(wait_s), most));
}

std::string_view advice_of(int status, const Advice& advice) {
  if (status == 400 || status == 422) return advice.malformed;
  if (status == 401 || status == 403) return advice.refused;
  if (status == 404 || status == 410) return advice.missing;
  if (status >= 300 && status < 400) return "redirects are not followed: write the address that it leads to";
  return "";
}

}  // namespace

Delivery judge_answer(const net::HttpAnswer& answer, WallTime now, const Advice& advice,
                      std::span<const std::string> secrets) {
  Delivery delivery;
  delivery.answer = std::to_string(answer.status);
  if (answer.status >= 200 && answer.status < 300) return delivery;
  if (const auto words = advice_of(answer.status, advice); !words.empty())
    delivery.answer += fmt::format(" ({})", words);
  const std::string body = hide(answer.body, secrets);
  if (!body.empty()) delivery.answer += ": " + net::clean_text(std::string_view(body).substr(0, shown_of_body));
  delivery.outcome = status_may_pass(answer.status) ? DeliveryOutcome::retry_after : DeliveryOutcome::rejected;
  if (delivery.outcome == DeliveryOutcome::retry_after)
    delivery.retry_after = std::max(header_retry_after(answer, now), body_retry_after(answer));
  return delivery;
}

Task<Delivery> HttpChannel::send(const Notice& notice, MonotonicTime deadline) {
  const Post post = dialect_.compose(notice, office_.clock.now().wall);
  net::HttpCall call;
  call.url = post.url;
  call.method = "POST";
  call.headers = {{"Content-Type", post.content_type}};
  for (const net::HttpField& header : post.headers) call.headers.push_back({header.name, header.value});
  call.authorization = post.authorization;
  call.body = post.body;
  call.user_agent = office_.user_agent;
  call.redirects = net::Redirects::report;
  call.policy = &office_.policy;
  call.body_limit = answer_limit;
  show_post(post);
  Delivery delivery{DeliveryOutcome::retry_after, milliseconds(0), {}};
  try {
    const net::HttpReport report = co_await office_.client.exchange(call, deadline);
    if (report.answer) {
      show_answer(*report.answer);
      delivery = judge_answer(*report.answer, office_.clock.now().wall, dialect_.advice, dialect_.secrets);
    } else if (report.fault) {
      if (report.fault->kind == net::FaultKind::blocked_address) delivery.outcome = DeliveryOutcome::rejected;
      delivery.answer = hide(report.fault->detail, dialect_.secrets);
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;  // the monitor stops: the lease runs out
    delivery.answer = hide(error.what(), dialect_.secrets);
  } catch (const std::exception& error) {
    delivery.answer = hide(error.what(), dialect_.secrets);
  }
  co_return delivery;
}

void HttpChannel::show_post(const Post& post) const {
  if (!office_.listener) return;
  const auto tell = [&](const std::string& text) { tell_lines(office_.listener, "> ", hide(text, dialect_.secrets)); };
  tell(fmt::format("POST {} HTTP/1.1", post.url.path));
  tell("Host: " + net::authority_of(post.url));
  if (!post.authorization.empty()) tell("Authorization: ***");
  tell("Content-Type: " + post.content_type);
  for (const net::HttpField& header : post.headers) tell(fmt::format("{}: {}", header.name, header.value));
  tell("");
  tell(post.body);
}

void HttpChannel::show_answer(const net::HttpAnswer& answer) const {
  if (!office_.listener) return;
  const auto tell = [&](const std::string& text) { tell_lines(office_.listener, "< ", hide(text, dialect_.secrets)); };
  tell(fmt::format("HTTP {}", answer.status));
  for (const net::HttpField& header : answer.headers) tell(fmt::format("{}: {}", header.name, header.value));
  if (answer.body.empty()) return;
  tell("");
  tell(answer.body);
}

net::HttpUrl http_url(std::string_view url) {
  net::HttpUrl nowhere;
  nowhere.host = "invalid";
  return net::parse_http_url(url).value_or(std::move(nowhere));
}

std::vector<std::string> secrets_of_url(std::string_view url) {
  constexpr std::size_t telling = 8;  // a shorter path is no secret
  std::vector<std::string> secrets;
  const std::string path = http_url(url).path;
  if (path.size() >= telling) secrets = {std::string(url), path};
  return secrets;
}

}  // namespace allclear::notify
