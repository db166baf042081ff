// ping: ICMP echo to one address, through an unprivileged ICMP socket or else a raw one. One loop only.
#pragma once

#include <boost/asio/ip/address.hpp>

#include "net/deadline.h"
#include "net/fault.h"
#include "net/task.h"

namespace allclear::net {

struct PingReport {
  int sent = 0;
  int received = 0;
  std::optional<microseconds> round_trip;  // the mean of those that came back
};

// Sends the next request when the one before was answered or its share of the time is over. Not one answer:
// timeout. Neither socket allowed: local_fault that says what is missing.
Task<Outcome<void>> ping(boost::asio::ip::address to, int count, Deadline& deadline, PingReport& report);

}  // namespace allclear::net
