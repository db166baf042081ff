#include "adapters/notify/exec.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <fmt/format.h>

#include "adapters/notify/child_process.h"
#include "adapters/notify/event.h"
#include "net/awaiting.h"
#include "net/fault.h"

namespace allclear::notify {
namespace {

constexpr std::size_t output_limit = 4 * 1024;  // bytes that are kept; more is read and forgotten
constexpr std::size_t shown_of_output = 300;
constexpr int exit_try_later = 75;  // sysexits.h: EX_TEMPFAIL

using Descriptor = boost::asio::posix::basic_stream_descriptor<LoopExecutor>;

// One run of the program. Shared with the handlers that watch it.
struct Running : std::enable_shared_from_this<Running> {
  Running(boost::asio::io_context& loop, ChildProcess started)
      : child(std::move(started)), timer(loop), exit(loop), output(loop) {}
  ~Running() { release(); }

  void watch() {
    boost::system::error_code ignored;
    exit.assign(child.exit_descriptor(), ignored);
    output.assign(child.output_descriptor(), ignored);
    exit.async_wait(Descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
      if (error) return;
      self->ended = true;
      self->timer.cancel();
    });
    watch_output();
  }
  void watch_output() {
    output.async_wait(Descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && self->read_output()) self->watch_output();
    });
  }
  // What is there now. False: there will be no more.
  bool read_output() {
    std::array<char, 4096> bytes{};
    for (;;) {
      const ssize_t count = ::read(child.output_descriptor(), bytes.data(), bytes.size());
      if (count <= 0) return count < 0 && (errno == EAGAIN || errno == EINTR);
      printed.append(bytes.data(), std::min(static_cast<std::size_t>(count), output_limit - printed.size()));
    }
  }
  // The descriptors are the child's.
  void release() {
    if (exit.is_open()) exit.release();
    if (output.is_open()) output.release();
  }

  ChildProcess child;
  net::Timer timer;
  Descriptor exit;
  Descriptor output;
  std::string printed;
  bool ended = false;
};

Delivery could_not_start(const std::string& program, int error) {
  const bool may_pass = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE || error == ETXTBSY;
  return {may_pass ? DeliveryOutcome::retry_after : DeliveryOutcome::rejected, milliseconds(0),
          fmt::format("cannot run {}: {}", program, std::strerror(error))};
}

std::string with_output(std::string what, const std::string& printed) {
  if (printed.empty()) return what;
  return fmt::format("{}: {}", what, net::clean_text(printed, shown_of_output));
}

Delivery judge_exit(const ChildProcess::Exit& exit, const std::string& printed) {
  if (exit.signal != 0) {
    return {DeliveryOutcome::retry_after, milliseconds(0),
            with_output(fmt::format("ended by signal {}", exit.signal), printed)};
  }
  const auto outcome = exit.code == 0                ? DeliveryOutcome::sent
                       : exit.code == exit_try_later ? DeliveryOutcome::retry_after
                                                     : DeliveryOutcome::rejected;
  return {outcome, milliseconds(0), with_output(fmt::format("exit {}", exit.code), printed)};
}

}  // namespace

std::vector<std::string> exec_environment(const Notice& notice) {
  return {"PATH=/usr/local/bin:/usr/bin:/bin",
          "ALLCLEAR_ALERT=" + notice.alert.id.value(),
          "ALLCLEAR_CHANNEL=" + notice.alert.channel.value(),
          "ALLCLEAR_INCIDENT=" + notice.incident.id.value(),
          "ALLCLEAR_SERVICE=" + notice.alert.service.value(),
          fmt::format("ALLCLEAR_STEP={}", to_string(notice.alert.step)),
          fmt::format("ALLCLEAR_SEVERITY={}", to_string(notice.incident.severity))};
}

Exec::Exec(boost::asio::io_context& loop, ExecChannel channel, Listener listener)
    : loop_(loop), channel_(std::move(channel)), listener_(std::move(listener)) {}

Task<Delivery> Exec::send(const Notice& notice, MonotonicTime deadline) {
  const std::string event = render_event(notice) + "\n";
  if (listener_) listener_(fmt::format("* {}", fmt::join(channel_.argv, " ")));
  tell_lines(listener_, "> ", event);
  auto started = ChildProcess::start(channel_.argv, exec_environment(notice), event);
  if (!started) co_return could_not_start(channel_.argv.front(), started.error());
  const auto running = std::make_shared<Running>(loop_, *std::move(started));
  running->watch();
  running->timer.expires_at(net::to_steady(std::min(deadline, net::monotonic_now() + channel_.timeout)));
  boost::system::error_code error;
  co_await running->timer.async_wait(boost::asio::redirect_error(net::use_task, error));
  const bool cancelled = error && !running->ended;
  if (!running->ended) running->child.kill();
  (void)running->read_output();
  const auto exit = running->ended ? running->child.reap() : std::nullopt;
  running->release();
  if (cancelled) net::end_cancelled_task();
  if (!running->printed.empty()) tell_lines(listener_, "< ", running->printed);
  if (exit) co_return judge_exit(*exit, running->printed);
  co_return Delivery{DeliveryOutcome::retry_after, milliseconds(0),
                     with_output(fmt::format("did not end within {} and was killed", format_duration(channel_.timeout)),
                                 running->printed)};
}

}  // namespace allclear::notify
