// Outflow: what one streaming connection still has to send. Internal to net; one thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include <boost/asio/buffer.hpp>

#include "net/http_stream.h"

namespace allclear::net {

class Outflow {
 public:
  explicit Outflow(std::shared_ptr<StreamSource> source) : source_(std::move(source)) {}

  StreamSource& source() { return *source_; }
  // It is over; what is being written stays valid.
  void forget_source() { source_.reset(), state_ = StreamState::ended; }
  void add(std::vector<StreamBytes> parts, StreamState state);
  std::size_t waiting() const { return waiting_; }  // bytes, those under way included
  bool ended() const { return state_ == StreamState::ended; }
  bool writing() const { return writing_; }
  void begin_head() { writing_ = true; }
  bool empty() const { return parts_.empty(); }
  // All that waits, to be written as one; valid until sent().
  std::vector<boost::asio::const_buffer> begin();
  void sent();

 private:
  std::shared_ptr<StreamSource> source_;
  std::deque<StreamBytes> parts_;
  std::size_t under_way_ = 0;  // of parts_
  std::size_t waiting_ = 0;
  StreamState state_ = StreamState::open;
  bool writing_ = false;
};

}  // namespace allclear::net
