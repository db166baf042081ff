// Exec: runs a program of the config for each step, with the event on its standard input. Fixed arguments, no shell, no
// text from elsewhere but in that input. One loop only.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/notify/conversation.h"
#include "core/model/channel.h"
#include "core/ports/notifier.h"

namespace allclear::notify {

class Exec final : public Notifier {
 public:
  // The loop outlives it.
  Exec(boost::asio::io_context& loop, ExecChannel channel, Listener listener);

  // The program and its group are killed at its timeout, at `deadline` and on cancellation, whichever comes first.
  Task<Delivery> send(const Notice& notice, MonotonicTime deadline) override;

 private:
  boost::asio::io_context& loop_;
  const ExecChannel channel_;
  const Listener listener_;
};

// All that the program's environment holds: ALLCLEAR_… of ids and fixed words, and PATH.
std::vector<std::string> exec_environment(const Notice& notice);

}  // namespace allclear::notify
