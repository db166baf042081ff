#include "adapters/notify/email.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

namespace allclear::notify {
namespace {

Delivery again(std::string answer) { return {DeliveryOutcome::retry_after, milliseconds(0), std::move(answer)}; }
Delivery dead(std::string answer) { return {DeliveryOutcome::rejected, milliseconds(0), std::move(answer)}; }

bool code_may_pass(int code) { return code < 500; }

// What to look at when the server says no for good.
std::string advice_of(const SmtpDialogue& dialogue, const EmailChannel& channel) {
  if (dialogue.code() == 530) return "it wants user and password, or TLS";
  switch (dialogue.stage()) {
    case SmtpStage::greeting:
    case SmtpStage::hello: return "it does not talk to this host";
    case SmtpStage::start_tls: return "it refuses TLS";
    case SmtpStage::login: return "is the user or the password wrong?";
    case SmtpStage::sender: return fmt::format("may {} send through it?", channel.from);
    case SmtpStage::recipient: return "is the address right, and does it relay for this sender?";
    case SmtpStage::data:
    case SmtpStage::letter: return "it did not take the letter";
    case SmtpStage::quit: break;  // no reply to it is kept
  }
  return "";
}

// What others say may repeat the password: it is hidden there, and our own words about it stay whole.
std::string masked(std::string words, const EmailChannel& channel) {
  return hide(std::move(words), {&channel.password, 1});
}

std::string refusals(const SmtpDialogue& dialogue, const EmailChannel& channel) {
  std::string text;
  for (const SmtpRefusal& refusal : dialogue.refused()) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", refusal.recipient, masked(refusal.reply, channel));
  }
  return text;
}

Delivery judge_accepted(const SmtpDialogue& dialogue, const EmailChannel& channel) {
  const auto& refused = dialogue.refused();
  if (refused.empty()) return {DeliveryOutcome::sent, milliseconds(0), masked(dialogue.reply(), channel)};
  const bool later = std::any_of(refused.begin(), refused.end(), [](const auto& one) { return code_may_pass(one.code); });
  std::string answer = fmt::format("{}; but not for {}", masked(dialogue.reply(), channel), refusals(dialogue, channel));
  return later ? again(std::move(answer)) : Delivery{DeliveryOutcome::sent, milliseconds(0), std::move(answer)};
}

Delivery judge_refusal(const SmtpDialogue& dialogue, const EmailChannel& channel) {
  const auto& refused = dialogue.refused();
  const bool of_recipients = dialogue.stage() == SmtpStage::recipient && !refused.empty();
  const bool later =
      of_recipients ? std::any_of(refused.begin(), refused.end(), [](const auto& one) { return code_may_pass(one.code); })
                    : code_may_pass(dialogue.code());
  const std::string reply = of_recipients ? refusals(dialogue, channel) : masked(dialogue.reply(), channel);
  if (later) return again(reply);
  return dead(fmt::format("{} ({})", reply, advice_of(dialogue, channel)));
}

}  // namespace

Delivery judge_mail(const SmtpOutcome& outcome, const EmailChannel& channel) {
  const SmtpDialogue& dialogue = outcome.dialogue;
  const std::string server = fmt::format("{}:{}", channel.host, channel.port);
  const std::string detail = masked(outcome.detail, channel);
  if (dialogue.accepted()) return judge_accepted(dialogue, channel);
  if (outcome.end == SmtpEnd::timeout) return again(fmt::format("{} did not answer in time", server));
  if (dialogue.code() >= 400 && dialogue.code() < 600) return judge_refusal(dialogue, channel);
  switch (outcome.end) {
    case SmtpEnd::blocked: return dead(fmt::format("connections to {} are not allowed", server));
    case SmtpEnd::no_tls:
      return dead(fmt::format("{} offers no STARTTLS: use smtps://, or allow plain text by tls: offered", server));
    case SmtpEnd::certificate: return again(fmt::format("the certificate of {}: {}", server, detail));
    case SmtpEnd::tls: return again(fmt::format("no TLS with {}: {}", server, detail));
    case SmtpEnd::garbage: return again(fmt::format("what {} says is no SMTP: {}", server, detail));
    case SmtpEnd::done:  // libcurl found no way to log in
      return dead(fmt::format("{} offers no login that is known here: {}", server, detail));
    case SmtpEnd::timeout:
    case SmtpEnd::unreachable:
    case SmtpEnd::local_fault: break;
  }
  return again(fmt::format("{}: {}", server, detail));
}

Email::Email(SmtpSender& sender, const Clock& clock, EmailChannel channel, Listener listener)
    : sender_(sender), clock_(clock), channel_(std::move(channel)), listener_(std::move(listener)) {}

Task<Delivery> Email::send(const Notice& notice, MonotonicTime deadline) {
  Delivery delivery = again({});
  try {
    const SmtpOutcome outcome = co_await sender_.send(channel_, letter(notice), deadline);
    for (const std::string& line : outcome.dialogue.lines()) {
      if (listener_) listener_(masked(line, channel_));
    }
    delivery = judge_mail(outcome, channel_);
    remember(notice.alert.id, outcome, delivery);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;  // the monitor stops: the lease runs out
    delivery.answer = masked(error.what(), channel_);
  } catch (const std::exception& error) {
    delivery.answer = masked(error.what(), channel_);
  }
  co_return delivery;
}

Mail Email::letter(const Notice& notice) const {
  Mail mail = compose_mail(channel_, notice, clock_.now().wall);
  const auto found = settled_.find(notice.alert.id);
  if (found == settled_.end()) return mail;
  std::erase_if(mail.to, [&](const std::string& recipient) {
    return std::find(found->second.begin(), found->second.end(), recipient) != found->second.end();
  });
  return mail;
}

void Email::remember(const AlertId& alert, const SmtpOutcome& outcome, const Delivery& delivery) {
  constexpr std::size_t most = 1'000;
  if (delivery.outcome != DeliveryOutcome::retry_after) {
    settled_.erase(alert);
    return;
  }
  if (!outcome.dialogue.accepted()) return;
  if (settled_.size() >= most) settled_.clear();  // then some get it twice, with the same Message-ID
  auto& settled = settled_[alert];
  const auto& accepted = outcome.dialogue.accepted_recipients();
  settled.insert(settled.end(), accepted.begin(), accepted.end());
  for (const SmtpRefusal& refusal : outcome.dialogue.refused()) {
    if (!code_may_pass(refusal.code)) settled.push_back(refusal.recipient);
  }
}

}  // namespace allclear::notify
