// Resolver: names to addresses without blocking, with a cache by TTL; and single DNS queries. One per loop.
// Answers IP literals, localhost and the hosts file itself, the rest through c-ares.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/address_policy.h"
#include "net/connect.h"
#include "net/deadline.h"
#include "net/dns_message.h"
#include "net/fault.h"

namespace allclear::net {

class DnsChannel;
class HostsFile;

class Resolver {
 public:
  // `system_servers`: "ip:port,…"; empty: those of /etc/resolv.conf, read again when it changed.
  explicit Resolver(boost::asio::io_context& loop, std::string system_servers = {});
  ~Resolver();

  // What is known without asking anybody: literals, the hosts file, the cache. `server`: "ip" or "ip:port", empty:
  // the system's; then, and only then, its silence is our own fault.
  std::optional<Outcome<Addresses>> known(std::string_view host, IpFamily family, std::string_view server);
  Task<Outcome<Addresses>> resolve(std::string host, IpFamily family, std::string server, Deadline& deadline);
  // One query as given, without search domains or cache.
  Task<Outcome<DnsAnswer>> query(std::string name, DnsType type, std::string server, Deadline& deadline);

 private:
  struct Cached {
    Addresses addresses;
    MonotonicTime until;
  };

  Outcome<std::shared_ptr<DnsChannel>> channel_for(const std::string& server);
  void look_for_other_system_servers();
  static std::string cache_key(std::string_view host, IpFamily family, std::string_view server);

  boost::asio::io_context& loop_;
  std::string system_servers_;
  std::filesystem::file_time_type system_changed_{};
  MonotonicTime system_looked_at_{};
  std::unique_ptr<HostsFile> hosts_;
  std::unordered_map<std::string, Cached> cache_;
  std::map<std::string, std::shared_ptr<DnsChannel>> channels_;
};

// The address and port of a resolver as the config writes it; port 53 unless given.
struct ResolverAddress {
  boost::asio::ip::address address;
  std::uint16_t port = 53;
};
Result<ResolverAddress> parse_resolver(std::string_view text);

}  // namespace allclear::net
