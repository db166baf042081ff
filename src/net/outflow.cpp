#include "net/outflow.h"

namespace allclear::net {

void Outflow::add(std::vector<StreamBytes> parts, StreamState state) {
  state_ = state;
  for (StreamBytes& part : parts) {
    waiting_ += part->size();
    parts_.push_back(std::move(part));
  }
}

std::vector<boost::asio::const_buffer> Outflow::begin() {
  writing_ = true;
  under_way_ = parts_.size();
  std::vector<boost::asio::const_buffer> buffers;
  buffers.reserve(under_way_);
  for (const StreamBytes& part : parts_) buffers.push_back(boost::asio::buffer(*part));
  return buffers;
}

void Outflow::sent() {
  writing_ = false;
  for (; under_way_ > 0; --under_way_) {
    waiting_ -= parts_.front()->size();
    parts_.pop_front();
  }
}

}  // namespace allclear::net
