#include "adapters/notify/smtp.h"

#include <atomic>
#include <csignal>
#include <thread>

#include <boost/asio/post.hpp>
#include <curl/curl.h>
#include <fmt/format.h>

#include "net/awaiting.h"

namespace allclear::notify {
namespace {

constexpr std::size_t conversations_at_once = 16;  // with one server: each has a thread

// Rings on the loop when the conversation's thread is through.
struct Bell {
  explicit Bell(boost::asio::io_context& loop) : timer(loop) {}

  net::Timer timer;
  bool rung = false;
};

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // they are the other threads'; a broken pipe is an error of one write
}

SmtpOutcome failed(SmtpEnd end, std::string detail) {
  SmtpOutcome outcome;
  outcome.end = end;
  outcome.detail = std::move(detail);
  return outcome;
}

SmtpEnd end_of(const net::Fault& fault) {
  if (fault.kind == net::FaultKind::timeout) return SmtpEnd::timeout;
  if (fault.kind == net::FaultKind::local_fault) return SmtpEnd::local_fault;
  return SmtpEnd::unreachable;
}

}  // namespace

// One conversation and its thread.
class SmtpSender::Worker {
 public:
  Worker(boost::asio::io_context& loop, SmtpCall call, const net::AddressPolicy& policy, milliseconds limit)
      : bell_(std::make_shared<Bell>(loop)), conversation_(std::move(call), policy) {
    thread_ = std::thread([this, limit, bell = bell_, &loop]() mutable {
      block_signals();
      conversation_.run(limit);
      boost::asio::post(loop, [bell = std::move(bell)] {
        bell->rung = true;
        bell->timer.cancel();
      });
      ended_ = true;
    });
  }
  ~Worker() { end(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void end() {
    conversation_.interrupt();
    if (thread_.joinable()) thread_.join();
  }
  std::shared_ptr<Bell> bell() const { return bell_; }
  SmtpConversation& conversation() { return conversation_; }
  bool ended() const { return ended_; }

 private:
  const std::shared_ptr<Bell> bell_;
  SmtpConversation conversation_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

SmtpSender::SmtpSender(net::NetworkLoop& network, const net::AddressPolicy& policy)
    : network_(network), policy_(policy) {
  curl_global_init(CURL_GLOBAL_DEFAULT);  // counted
}

SmtpSender::~SmtpSender() {
  for (const auto& worker : workers_)
    worker->conversation().interrupt();  // all at once, before the first is waited for
  for (const auto& worker : workers_) worker->end();
  curl_global_cleanup();
}

void SmtpSender::reap() {
  workers_.remove_if([](const auto& worker) { return worker->ended(); });
}

Turnstile& SmtpSender::turnstile_of(const EmailChannel& server) {
  auto& turnstile = turnstiles_[fmt::format("{}:{}", server.host, server.port)];
  if (turnstile == nullptr) turnstile = std::make_shared<Turnstile>(network_.loop, conversations_at_once);
  return *turnstile;
}

Task<SmtpOutcome> SmtpSender::send(EmailChannel server, Mail mail, MonotonicTime deadline) {
  const Turnstile::Pass pass = co_await turnstile_of(server).enter(deadline);
  if (!pass || net::monotonic_now() >= deadline) co_return failed(SmtpEnd::timeout, "too many letters wait for it");
  reap();
  const net::Place place{server.host, server.port, net::IpFamily::any, {}, &policy_};
  net::Trace trace;
  net::Outcome<net::Addresses> found;
  {
    net::Deadline limit(network_.deadlines, deadline);
    found = co_await net::find_addresses(network_, place, limit, trace);
  }
  if (!found) co_return failed(end_of(found.error()), found.error().detail);
  auto addresses = net::in_connect_order(*std::move(found), net::IpFamily::any);
  const auto left = std::chrono::floor<milliseconds>(deadline - net::monotonic_now());
  SmtpCall call{std::move(server), std::move(mail), std::move(addresses)};
  const auto worker = std::make_shared<Worker>(network_.loop, std::move(call), policy_, left);
  workers_.push_back(worker);  // until its thread has ended, however long this waits for it
  const auto bell = worker->bell();
  boost::system::error_code error;
  bell->timer.expires_at(net::to_steady(deadline));
  co_await bell->timer.async_wait(boost::asio::redirect_error(net::use_task, error));
  const bool cancelled = error && !bell->rung;
  if (!bell->rung) worker->conversation().interrupt();
  if (cancelled) net::end_cancelled_task();
  SmtpOutcome outcome = worker->conversation().outcome();
  if (!bell->rung && !outcome.dialogue.accepted()) outcome.end = SmtpEnd::timeout;
  co_return outcome;
}

}  // namespace allclear::notify
