// LifeSign: the outbound dead-man's ping, a GET each minute while checks run and the store takes what they say. Somebody
// else, far away, notices when it stays out: a monitor that is dead or cut off cannot tell that itself. Own thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/log.h"
#include "net/http_client.h"
#include "runtime/monitor.h"
#include "runtime/tasks_in_flight.h"
#include "runtime/ticker.h"

namespace allclear::app {

class LifeSign {
 public:
  // Both outlive it.
  LifeSign(const runtime::Monitor& monitor, std::vector<net::AddressRange> listed, Log& log);
  ~LifeSign();
  LifeSign(const LifeSign&) = delete;
  LifeSign& operator=(const LifeSign&) = delete;

  // The address, which the config judged; empty: nobody is told. Any thread.
  void adopt(std::string url);

 private:
  enum class Last : unsigned char { none, sent, failed };

  void beat();
  Task<void> send(net::HttpUrl url);
  void tell(const std::string& fault);

  const runtime::Monitor& monitor_;
  Log& log_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<LoopExecutor> work_;
  struct Line;  // to the network
  std::unique_ptr<Line> line_;
  runtime::TasksInFlight in_flight_{loop_};
  std::optional<net::HttpUrl> url_;
  bool sending_ = false;
  Last last_ = Last::none;
  std::optional<runtime::Ticker> each_minute_;
  std::thread thread_;
};

}  // namespace allclear::app
