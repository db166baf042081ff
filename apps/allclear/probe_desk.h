// ProbeDesk: asks single targets for GET /probe, on a loop and a thread of its own, so that neither checks nor answers wait.
#pragma once

#include <memory>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/api/probe_route.h"
#include "adapters/config/config.h"
#include "core/ports/probe.h"
#include "runtime/system_clock.h"
#include "runtime/tasks_in_flight.h"

namespace allclear::app {

class ProbeDesk {
 public:
  explicit ProbeDesk(const config::ConfigFile& config);
  // What is under way is dropped: `done` of it is never called.
  ~ProbeDesk();
  ProbeDesk(const ProbeDesk&) = delete;
  ProbeDesk& operator=(const ProbeDesk&) = delete;

  using Done = std::function<void(Result<api::ProbeSighting>)>;
  // Any thread; `done` is called on the desk's.
  void ask(const api::ProbeQuestion& question, Done done);

 private:
  Task<void> observe(std::shared_ptr<const Check> check, Done done);

  boost::asio::io_context loop_{1};
  runtime::SystemClock clock_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<Probe> probe_;
  runtime::TasksInFlight in_flight_{loop_};
  std::thread thread_;
};

// Off when the config has no server.probe.
api::ProbeRouteOptions probe_route_of(const config::ConfigFile& config);

}  // namespace allclear::app
