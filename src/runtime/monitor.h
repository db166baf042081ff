// Monitor: the engine on its own thread, carrying its commands out on probe loops and the commit writer, and
// publishing what was committed. It decides nothing.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.h"
#include "core/engine/engine.h"
#include "core/model/snapshot.h"
#include "core/ports/operations.h"
#include "runtime/commit_writer.h"
#include "runtime/lateness.h"
#include "runtime/local_faults.h"
#include "runtime/mailbox.h"
#include "runtime/pending_operations.h"
#include "runtime/probe_loop.h"
#include "runtime/ticker.h"

namespace allclear::runtime {

struct MonitorOptions {
  std::size_t probe_loops = 1;
  EngineLimits limits;
  CommitWriterOptions writer;
  StoreOpening store_opening;  // told with the monitor's facts
  Pace pace = Pace::continuous;
  milliseconds tick{10};                    // starts are gathered on this grid: fewer wake-ups
  std::function<void()> on_idle;            // single pass: everything ran and is durable; engine's thread
  std::function<void()> on_urgent_durable;  // a change, with the alerts that it owes; engine's thread
};

class Monitor final : public Operations {
 public:
  // The store is used by the writer's thread only, from here to the destructor.
  Monitor(MonitorOptions options, const Clock& clock, CheckLog& store, const MakeProbe& make_probe, Log& log);
  // Cancels probes, commits what was decided, joins all threads.
  ~Monitor() override;
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  void start(std::shared_ptr<const Catalogue> catalogue, StoredState stored);
  // `stored`: what the store has, for services that return. Any thread.
  void reload(std::shared_ptr<const Catalogue> catalogue, StoredState stored);
  void config_failed(std::string error);                             // any thread; the old catalogue stays
  void perform(CommitWriter::StoreWork work);                        // any thread; on the store's thread
  void settled(const ChannelId& channel, const Delivery& delivery);  // any thread; a try to tell it, stored
  void operate(Operation operation, Done done) override;
  std::shared_ptr<const Snapshot> snapshot() const;  // any thread; never null after start()
  // The engine turned and the store took commits lately. Any thread.
  bool decides() const;
  // It decides, and all probe loops turned lately (R26). Any thread.
  bool makes_progress() const;

 private:
  void handle(std::vector<Event>& events);
  void handle_finished(std::vector<ProbeFinished>& finished);
  void apply(const Event& event);
  void on_engine_thread(const std::function<void()>& work);
  void tell_when_idle();
  void carry_out();
  void dispatch(StartProbe command);
  ProbeLoop& loop_for(const CheckKey& key);
  void arm(MonotonicTime at);
  bool notice_sleep();
  void turn_each_second();
  void publish_when_due();
  void publish();
  MonitorFacts facts() const;
  void log_transitions(const Commit& commit);

  const MonitorOptions options_;
  const Clock& clock_;
  Log& log_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<LoopExecutor> work_;
  Engine engine_;
  Commands commands_;
  LatenessMeter lateness_;
  LocalFaults local_faults_;
  boost::asio::steady_timer wake_;
  MonotonicTime armed_for_ = MonotonicTime::max();
  MonotonicTime last_publication_{};
  std::uint64_t publications_ = 0;
  std::set<std::uint64_t> urgent_;  // commits that change what is shown and are not durable yet
  bool dirty_ = false;
  bool started_ = false;
  bool stopping_ = false;
  nanoseconds suspended_{0};
  WallTime started_at_{};
  std::string config_error_;
  std::string config_version_;
  WallTime config_loaded_at_{};
  std::atomic<std::int64_t> last_turn_ns_{0};
  mutable std::mutex snapshot_mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
  PendingOperations operations_;
  Mailbox<Event> events_;
  Mailbox<ProbeFinished> finished_;
  std::optional<Ticker> each_second_;
  std::optional<Ticker> each_publication_;
  std::unique_ptr<CommitWriter> writer_;
  std::vector<std::unique_ptr<ProbeLoop>> probe_loops_;
  std::thread thread_;
};

}  // namespace allclear::runtime
