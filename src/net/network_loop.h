// NetworkLoop: what all exchanges of one event loop share. One loop only, but for the TLS contexts.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/address_policy.h"
#include "net/chain_cache.h"
#include "net/connect.h"
#include "net/deadline.h"
#include "net/resolver.h"
#include "net/stream.h"
#include "net/tls_context.h"

namespace allclear::net {

enum class ChainCaching : std::uint8_t { on, off };

struct NetworkLoop {
  NetworkLoop(boost::asio::io_context& io, std::shared_ptr<TlsContexts> contexts,
              ChainCaching caching = ChainCaching::on, std::string system_resolvers = {});

  boost::asio::io_context& loop;
  Deadlines deadlines;
  Resolver resolver;
  std::shared_ptr<TlsContexts> tls_contexts;
  ChainCache chains;
  ChainCaching chain_caching;
  std::vector<std::vector<char>> spare_buffers;
};

// A read buffer that goes back to its loop.
class BorrowedBuffer {
 public:
  explicit BorrowedBuffer(NetworkLoop& owner);
  ~BorrowedBuffer();
  BorrowedBuffer(const BorrowedBuffer&) = delete;
  BorrowedBuffer& operator=(const BorrowedBuffer&) = delete;

  std::vector<char>& bytes() { return bytes_; }

 private:
  NetworkLoop& owner_;
  std::vector<char> bytes_;
};

// Where to connect. The referenced text and policy outlive the call.
struct Place {
  std::string_view host;
  std::uint16_t port = 0;
  IpFamily family = IpFamily::any;
  std::string_view resolver;  // "ip" or "ip:port"; empty: the system's
  const AddressPolicy* policy = nullptr;
  NamedBy named_by = NamedBy::check;  // of the host; the resolver is always the check's own
};

struct TlsWish {
  TlsFiles files;
  std::string server_name;  // sent and verified
  Verification verification = Verification::required;
};

// What was seen on the way, also when the way ended early.
struct Trace {
  PhaseTimes times;
  std::string address;                           // "ip:port" that was tried last
  std::optional<boost::asio::ip::address> peer;  // that is connected to
  std::shared_ptr<const PeerCertificate> certificate;
};

// Addresses of the place, its chosen resolver judged by the policy too.
Task<Outcome<Addresses>> find_addresses(NetworkLoop& network, const Place& place, Deadline& deadline, Trace& trace);
// One query for the place's host as given (PTR: for an address, its reverse name).
Task<Outcome<DnsAnswer>> ask_dns(NetworkLoop& network, const Place& place, DnsType type, Deadline& deadline,
                                 Trace& trace);
Task<Outcome<Stream>> dial(NetworkLoop& network, const Place& place, Deadline& deadline, Trace& trace);
Task<Outcome<void>> secure(NetworkLoop& network, Stream& stream, const TlsWish& wish, Deadline& deadline, Trace& trace);

}  // namespace allclear::net
