// DnsServer: a small name server on loopback (UDP) that answers as its script says. Own thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace allclear::test {

struct DnsQuestion {
  std::string name;  // lower case, without the final dot
  std::uint16_t type = 1;
};

struct DnsRecord {
  std::uint16_t type = 1;
  std::uint32_t ttl = 60;
  std::string data;  // on the wire
};

struct DnsReply {
  bool silent = false;
  int code = 0;  // 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED
  std::vector<DnsRecord> answers;
  std::string raw;  // sent instead, after the query's id
};

class DnsServer {
 public:
  using Script = std::function<DnsReply(const DnsQuestion&)>;

  explicit DnsServer(Script script);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  // "127.0.0.1:port"
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int questions() const { return questions_; }

 private:
  void serve();

  Script script_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> questions_{0};
  std::jthread thread_;
};

// Wire forms of record data.
std::string dns_name(const std::string& name);
std::string dns_number(std::uint32_t number, int bytes);
std::string dns_address(const std::string& address);  // of either family

}  // namespace allclear::test
