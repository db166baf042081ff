// RunningServer: an HttpServer on its own loop and thread, on a free loopback port, for one test.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "net/http_server.h"

namespace allclear::test {

class RunningServer {
 public:
  RunningServer(net::HttpServerOptions options, net::Handler handler, Log& log) : io_(1) {
    auto server = net::HttpServer::listen(io_, std::move(options), std::move(handler), log);
    if (!server) throw std::runtime_error(server.error().message);
    server_ = std::move(*server);
    port_ = server_->port();
    thread_ = std::thread([this] {
      io_.run();
      done_ = true;
    });
  }
  ~RunningServer() {
    boost::asio::post(io_, [this] { server_.reset(); });  // not waited for: a stopped loop runs nothing any more
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  bool done() const { return done_; }
  std::size_t connections() {
    return on_loop([this] { return server_->connection_count(); });
  }
  void stop() {
    on_loop([this] { server_->stop(); });
  }

 private:
  template <class Action>
  std::invoke_result_t<Action> on_loop(Action action) {
    std::packaged_task<std::invoke_result_t<Action>()> task(std::move(action));
    auto result = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return result.get();
  }

  boost::asio::io_context io_;
  std::unique_ptr<net::HttpServer> server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace allclear::test
