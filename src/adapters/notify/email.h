// Email: letters by SMTP, one for all recipients of a channel. One loop only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/notify/conversation.h"
#include "adapters/notify/smtp.h"
#include "core/model/channel.h"
#include "core/ports/clock.h"
#include "core/ports/notifier.h"

namespace allclear::notify {

class Email final : public Notifier {
 public:
  // The sender and the clock outlive it.
  Email(SmtpSender& sender, const Clock& clock, EmailChannel channel, Listener listener);

  Task<Delivery> send(const Notice& notice, MonotonicTime deadline) override;

 private:
  Mail letter(const Notice& notice) const;
  void remember(const AlertId& alert, const SmtpOutcome& outcome, const Delivery& delivery);

  SmtpSender& sender_;
  const Clock& clock_;
  const EmailChannel channel_;
  const Listener listener_;
  // Of alerts that were put off for some of their recipients: those that have them, or never will.
  std::map<AlertId, std::vector<std::string>> settled_;
};

// What a conversation means: 4xx again, 5xx dead, no conversation again; in words that say what to look at.
Delivery judge_mail(const SmtpOutcome& outcome, const EmailChannel& channel);

}  // namespace allclear::notify
