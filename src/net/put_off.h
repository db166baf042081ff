// PutOff: the Responder of a connection whose handler answers later. Internal to net.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include <boost/asio/io_context.hpp>

#include "net/http_later.h"

namespace allclear::net {

class Connection;

// Posts to the server's loop for as long as there is a server. Any thread.
class LoopGate {
 public:
  explicit LoopGate(boost::asio::io_context& loop) : loop_(&loop) {}
  void post(std::function<void()> work);
  void close();

 private:
  std::mutex mutex_;
  boost::asio::io_context* loop_;  // null: closed
};

class PutOff final : public Responder {
 public:
  // `number`: of the request among those of its connection that were put off.
  PutOff(std::shared_ptr<LoopGate> gate, std::weak_ptr<Connection> connection, std::uint64_t number)
      : gate_(std::move(gate)), connection_(std::move(connection)), number_(number) {}
  ~PutOff() override;

  void respond(Make make) override;

 private:
  void post(Make make);  // empty: nobody will answer

  const std::shared_ptr<LoopGate> gate_;
  const std::weak_ptr<Connection> connection_;
  const std::uint64_t number_;
  std::atomic<bool> answered_ = false;
};

}  // namespace allclear::net
