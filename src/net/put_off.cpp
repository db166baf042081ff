#include "net/put_off.h"

#include <boost/asio/post.hpp>

#include "net/http_connection.h"

namespace allclear::net {

void LoopGate::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (loop_ != nullptr) boost::asio::post(*loop_, std::move(work));
}

void LoopGate::close() {
  const std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

PutOff::~PutOff() {
  if (!answered_.exchange(true)) post({});
}

void PutOff::respond(Make make) {
  if (!answered_.exchange(true)) post(std::move(make));
}

void PutOff::post(Make make) {
  gate_->post([connection = connection_, number = number_, make = std::move(make)] {
    if (const auto alive = connection.lock()) alive->answer_put_off(number, make);
  });
}

}  // namespace allclear::net
