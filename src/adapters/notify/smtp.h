// SmtpSender: hands letters to mail servers. Each conversation is held by libcurl on a thread of its own, so that a server
// that hangs holds up nobody; at most 16 at once with one server. Names are resolved and addresses judged as those of checks are. Used on one loop only.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/notify/mail.h"
#include "adapters/notify/smtp_conversation.h"
#include "adapters/notify/turnstile.h"
#include "core/model/channel.h"
#include "core/ports/task.h"
#include "net/network_loop.h"

namespace allclear::notify {

class SmtpSender {
 public:
  // Both outlive it.
  SmtpSender(net::NetworkLoop& network, const net::AddressPolicy& policy);
  // Ends the conversations that are left and waits for their threads: about a second at most.
  ~SmtpSender();
  SmtpSender(const SmtpSender&) = delete;
  SmtpSender& operator=(const SmtpSender&) = delete;

  // Ends by `deadline`. Cancellation ends the conversation.
  Task<SmtpOutcome> send(EmailChannel server, Mail mail, MonotonicTime deadline);

 private:
  class Worker;

  void reap();
  Turnstile& turnstile_of(const EmailChannel& server);

  net::NetworkLoop& network_;
  const net::AddressPolicy& policy_;
  std::list<std::shared_ptr<Worker>> workers_;
  std::map<std::string, std::shared_ptr<Turnstile>> turnstiles_;  // by server
};

}  // namespace allclear::notify
