// SmtpConversation: one letter to one server by libcurl, on the thread that calls run(). What came of it so far can be
// asked for, and the conversation ended, from any other.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/notify/mail.h"
#include "adapters/notify/smtp_dialogue.h"
#include "core/model/channel.h"
#include "net/address_policy.h"
#include "net/connect.h"

namespace allclear::notify {

// How a conversation ended, as far as the last reply does not tell.
enum class SmtpEnd : std::uint8_t {
  done,         // said to its end; the dialogue tells what came of it
  timeout,      // by the deadline
  unreachable,  // no connection, or it broke
  blocked,      // the address is not one to talk to
  no_tls,       // the server has no STARTTLS, and the channel wants it
  certificate,  // not trusted, or another's
  tls,          // the handshake failed otherwise
  garbage,      // what it said is no SMTP
  local_fault,  // ours
};

struct SmtpOutcome {
  SmtpEnd end = SmtpEnd::done;
  std::string detail;  // in libcurl's or the network's words; clean_text() was applied
  SmtpDialogue dialogue;
};

struct SmtpCall {
  EmailChannel server;
  Mail mail;
  net::Addresses addresses;  // of the server's host
};

class SmtpConversation {
 public:
  // The policy outlives it.
  SmtpConversation(SmtpCall call, const net::AddressPolicy& policy);

  // Blocks for at most `limit`, and two seconds for taking leave.
  void run(milliseconds limit);
  // run() returns at once, or as soon as a connection attempt has ended (a second).
  void interrupt();
  SmtpOutcome outcome() const;

 private:
  struct Callbacks;  // libcurl's, into this
  using Clock = std::chrono::steady_clock;

  int open_socket(int family, int kind, int protocol, const boost::asio::ip::address& address);
  void close_socket(int handle);
  bool must_end() const;
  void settle(int curl_code, const char* words);

  const SmtpCall call_;
  const net::AddressPolicy& policy_;
  mutable std::mutex mutex_;  // of all below
  SmtpOutcome outcome_;
  std::vector<int> sockets_;
  bool interrupted_ = false;
  bool address_blocked_ = false;
  std::optional<Clock::time_point> quit_at_;
};

}  // namespace allclear::notify
