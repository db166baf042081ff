// ServiceManager: tells systemd about readiness and progress (sd_notify protocol over a datagram socket).
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace allclear::runtime {

class ServiceManager {
 public:
  // `socket` is $NOTIFY_SOCKET (a path, or "@" for the abstract namespace); empty: every call does nothing.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  void ready() const { send("READY=1\nSTATUS=watching"); }
  void reloading() const;
  void stopping() const { send("STOPPING=1"); }
  void progress() const { send("WATCHDOG=1"); }  // only while scheduler and store make progress (R26)

 private:
  void send(const std::string& text) const;

  std::string socket_;
};

// Half of $WATCHDOG_USEC: how often to tell progress; nothing when no watchdog is set.
std::optional<milliseconds> watchdog_period(const char* watchdog_usec);

}  // namespace allclear::runtime
