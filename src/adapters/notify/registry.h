// The notifier of every channel. A new kind of channel is one file pair and one line in the .cpp.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include <boost/asio/io_context.hpp>

#include "adapters/notify/conversation.h"
#include "core/model/channel.h"
#include "core/ports/clock.h"
#include "core/ports/notifier.h"
#include "net/address_policy.h"
#include "net/tls_context.h"

namespace allclear::notify {

struct NotifyOptions {
  std::string user_agent = "allclear";
  std::shared_ptr<net::TlsContexts> tls_contexts;
  std::vector<net::AddressRange> api_targets;
  Listener listener;  // to every conversation; empty: nobody
};

// What the notifiers of one loop share, and the notifiers. Used on that loop only; `clock` outlives it.
class Notifiers {
 public:
  Notifiers(boost::asio::io_context& loop, const Clock& clock, NotifyOptions options);
  ~Notifiers();

  std::shared_ptr<Notifier> make(const Channel& channel);

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace allclear::notify
