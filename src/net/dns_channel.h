// DnsChannel: one c-ares channel on one loop: its sockets and timer wait in Asio, nothing blocks.
// Kept alive by its pending queries' waiters.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/time.h"
#include "net/dns_message.h"
#include "net/fault.h"
#include "net/task.h"

struct ares_channeldata;

namespace allclear::net {

// c-ares calls an unreachable server also what is our own lack of descriptors: this tells them apart.
bool machine_is_out_of_sockets();

enum class DnsStatus : std::uint8_t { ok, no_data, nxdomain, servfail, refused_query, no_answer, unreachable, broken };

struct FoundAddresses {
  std::vector<boost::asio::ip::address> addresses;
  seconds ttl{0};
};

class DnsChannel : public std::enable_shared_from_this<DnsChannel> {
 public:
  // `servers`: "ip:port" for one resolver, empty for the system's.
  static Outcome<std::shared_ptr<DnsChannel>> make(boost::asio::io_context& loop, const std::string& servers);
  ~DnsChannel();
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  using OnAddresses = std::function<void(DnsStatus, FoundAddresses)>;
  using OnMessage = std::function<void(DnsStatus, std::span<const unsigned char>)>;
  // May call back before returning. A query that nobody waits for any more lives on until its own timeout.
  void find_addresses(const std::string& name, int family, OnAddresses done);
  void ask(const std::string& name, DnsType type, OnMessage done);
  // Asks for the root's name servers, unless that is under way: does anybody answer at all?
  void ask_for_life();
  // When a name server last answered anything.
  MonotonicTime last_answer() const { return last_answer_; }

 private:
  class Socket;

  explicit DnsChannel(boost::asio::io_context& loop);
  void socket_state(int handle, bool readable, bool writable);
  void watch(const std::shared_ptr<Socket>& socket, bool readable);
  void process(int readable, int writable);
  void arm_timeout();
  DnsStatus seen(int status);
  template <class Callback>
  struct Query;

  boost::asio::io_context& loop_;
  ares_channeldata* channel_ = nullptr;
  std::unordered_map<int, std::shared_ptr<Socket>> sockets_;
  class Clockwork;
  std::unique_ptr<Clockwork> clockwork_;
  MonotonicTime last_answer_ = MonotonicTime::min();
  bool asking_for_life_ = false;
};

}  // namespace allclear::net
