#include "net/dns_channel.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include <ares.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "net/awaiting.h"

namespace allclear::net {
namespace {

using Descriptor = boost::asio::posix::basic_stream_descriptor<LoopExecutor>;

// The first try of a query; doubles with each further one.
constexpr int first_timeout_ms = 1'000;
constexpr int tries = 3;

DnsStatus status_of(int status) {
  switch (status) {
    case ARES_SUCCESS: return DnsStatus::ok;
    case ARES_ENODATA: return DnsStatus::no_data;
    case ARES_ENOTFOUND: return DnsStatus::nxdomain;
    case ARES_ESERVFAIL: return DnsStatus::servfail;
    case ARES_EREFUSED:
    case ARES_ENOTIMP:
    case ARES_EFORMERR: return DnsStatus::refused_query;
    case ARES_ETIMEOUT: return DnsStatus::no_answer;
    case ARES_ECONNREFUSED:
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
    case ARES_ENOMEM: return DnsStatus::unreachable;
    default: return DnsStatus::broken;
  }
}

boost::asio::ip::address address_of(const sockaddr* any) {
  if (any->sa_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(any);
    return boost::asio::ip::address_v4(ntohl(four->sin_addr.s_addr));
  }
  const auto* six = reinterpret_cast<const sockaddr_in6*>(any);
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::copy_n(six->sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return boost::asio::ip::address_v6(bytes);
}

FoundAddresses addresses_of(const ares_addrinfo& found) {
  FoundAddresses result;
  int ttl = 7 * 86400;
  for (const ares_addrinfo_cname* alias = found.cnames; alias != nullptr; alias = alias->next) {
    ttl = std::min(ttl, alias->ttl);
  }
  for (const ares_addrinfo_node* node = found.nodes; node != nullptr; node = node->ai_next) {
    ttl = std::min(ttl, node->ai_ttl);
    result.addresses.push_back(address_of(node->ai_addr));
  }
  result.ttl = seconds(std::max(ttl, 0));
  return result;
}

// c-ares says "connection refused" also when it got no descriptor.
bool sockets_are_exhausted() {
  const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return true;
  ::close(handle);
  return false;
}

// What resolv.conf(5) names, as c-ares should have taken it. nullopt: the file is there and cannot be read, for want of
// descriptors or memory; c-ares then takes 127.0.0.1 and says nothing.
std::optional<std::vector<std::string>> named_servers() {
  errno = 0;
  std::ifstream file("/etc/resolv.conf");
  if (!file && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) return std::nullopt;
  std::vector<std::string> servers;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string keyword;
    std::string server;
    if (words >> keyword >> server && keyword == "nameserver") servers.push_back(server);
  }
  return servers;
}

bool has_only_the_default(ares_channeldata* channel) {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS) return true;
  const bool only = servers == nullptr || (servers->next == nullptr && servers->family == AF_INET &&
                                           servers->addr.addr4.s_addr == htonl(INADDR_LOOPBACK));
  ares_free_data(servers);
  return only;
}

// Whether the channel asks whom this machine's file names.
bool asks_the_systems(ares_channeldata* channel) {
  const auto named = named_servers();
  if (!named) return false;
  const bool by_default = named->empty() || std::find(named->begin(), named->end(), "127.0.0.1") != named->end();
  return by_default || !has_only_the_default(channel);
}

}  // namespace

// A socket of c-ares: watched by us, owned and closed by it.
class DnsChannel::Socket {
 public:
  Socket(boost::asio::io_context& loop, int watched) : descriptor(loop), handle(watched) {
    boost::system::error_code ignored;
    descriptor.assign(handle, ignored);
  }
  ~Socket() {
    if (descriptor.is_open()) descriptor.release();
  }

  Descriptor descriptor;
  int handle;
  bool wants_read = false;
  bool wants_write = false;
  bool reading = false;
  bool writing = false;
};

class DnsChannel::Clockwork {
 public:
  explicit Clockwork(boost::asio::io_context& loop) : timer(loop) {}
  Timer timer;
};

template <class Callback>
struct DnsChannel::Query {
  std::weak_ptr<DnsChannel> channel;
  Callback done;
};

DnsChannel::DnsChannel(boost::asio::io_context& loop) : loop_(loop), clockwork_(std::make_unique<Clockwork>(loop)) {}

Outcome<std::shared_ptr<DnsChannel>> DnsChannel::make(boost::asio::io_context& loop, const std::string& servers) {
  std::shared_ptr<DnsChannel> made(new DnsChannel(loop));
  ares_options options{};
  options.flags = ARES_FLAG_NOCHECKRESP;  // else SERVFAIL reads as refused
  options.timeout = first_timeout_ms;
  options.tries = tries;
  char only_dns[] = "b";  // the hosts file is ours: c-ares would read it at every query
  options.lookups = only_dns;
  options.sock_state_cb = [](void* self, ares_socket_t handle, int readable, int writable) {
    static_cast<DnsChannel*>(self)->socket_state(handle, readable != 0, writable != 0);
  };
  options.sock_state_cb_data = made.get();
  const int wanted = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&made->channel_, &options, wanted) != ARES_SUCCESS) {
    made->channel_ = nullptr;
    return fault(FaultPhase::dns, FaultKind::local_fault, "could not start the resolver");
  }
  if (!servers.empty() && ares_set_servers_ports_csv(made->channel_, servers.c_str()) != ARES_SUCCESS) {
    return fault(FaultPhase::dns, FaultKind::local_fault, "expected ip or ip:port as resolver, not " + servers);
  }
  if (servers.empty() && !asks_the_systems(made->channel_)) {
    return fault(FaultPhase::dns, FaultKind::local_fault,
                 "this machine's resolvers cannot be read from /etc/resolv.conf");
  }
  return made;
}

DnsChannel::~DnsChannel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

DnsStatus DnsChannel::seen(int status) {
  const DnsStatus known = status_of(status);
  if (known != DnsStatus::no_answer && known != DnsStatus::unreachable) last_answer_ = monotonic_now();
  return known;
}

void DnsChannel::socket_state(int handle, bool readable, bool writable) {
  const auto found = sockets_.find(handle);
  if (!readable && !writable) {
    if (found == sockets_.end()) return;
    found->second->descriptor.release();  // cancels our waits, leaves the descriptor to c-ares
    sockets_.erase(found);
    return;
  }
  auto& socket = found != sockets_.end() ? found->second : sockets_[handle] = std::make_shared<Socket>(loop_, handle);
  socket->wants_read = readable;
  socket->wants_write = writable;
  if (readable) watch(socket, true);
  if (writable) watch(socket, false);
}

void DnsChannel::watch(const std::shared_ptr<Socket>& socket, bool readable) {
  bool& waiting = readable ? socket->reading : socket->writing;
  if (waiting || !socket->descriptor.is_open()) return;
  waiting = true;
  const auto direction = readable ? Descriptor::wait_read : Descriptor::wait_write;
  socket->descriptor.async_wait(
      direction, [weak = weak_from_this(), socket, readable](boost::system::error_code error) {
        (readable ? socket->reading : socket->writing) = false;
        const auto self = weak.lock();
        if (error || !self) return;
        self->process(readable ? socket->handle : ARES_SOCKET_BAD, readable ? ARES_SOCKET_BAD : socket->handle);
        if (readable ? socket->wants_read : socket->wants_write) self->watch(socket, readable);
      });
}

void DnsChannel::process(int readable, int writable) {
  ares_process_fd(channel_, readable, writable);
  arm_timeout();
}

void DnsChannel::arm_timeout() {
  timeval wait{};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) {
    clockwork_->timer.cancel();
    return;
  }
  clockwork_->timer.expires_after(seconds(wait.tv_sec) + microseconds(wait.tv_usec) + milliseconds(1));
  clockwork_->timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (const auto self = weak.lock()) self->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

void DnsChannel::find_addresses(const std::string& name, int family, OnAddresses done) {
  ares_addrinfo_hints hints{};
  hints.ai_family = family;
  hints.ai_flags = ARES_AI_NOSORT;  // sorting would open sockets
  hints.ai_socktype = SOCK_STREAM;
  auto* query = new Query<OnAddresses>{weak_from_this(), std::move(done)};
  const auto finished = [](void* argument, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<Query<OnAddresses>> mine(static_cast<Query<OnAddresses>*>(argument));
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owner(found, &ares_freeaddrinfo);
    const auto self = mine->channel.lock();
    if (!self) return;
    const DnsStatus known = self->seen(status);
    mine->done(known, found != nullptr ? addresses_of(*found) : FoundAddresses{});
  };
  ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, finished, query);
  arm_timeout();  // a reused UDP socket changes no state, so nothing else would
}

void DnsChannel::ask(const std::string& name, DnsType type, OnMessage done) {
  auto* query = new Query<OnMessage>{weak_from_this(), std::move(done)};
  const auto finished = [](void* argument, int status, int, unsigned char* bytes, int count) {
    const std::unique_ptr<Query<OnMessage>> mine(static_cast<Query<OnMessage>*>(argument));
    const auto self = mine->channel.lock();
    if (!self) return;
    const DnsStatus known = self->seen(status);
    mine->done(known, {bytes, static_cast<std::size_t>(std::max(count, 0))});
  };
  constexpr int internet_class = 1;
  ares_query(channel_, name.c_str(), internet_class, static_cast<int>(type), finished, query);
  arm_timeout();
}

void DnsChannel::ask_for_life() {
  if (asking_for_life_) return;
  asking_for_life_ = true;
  ask(".", DnsType::ns, [weak = weak_from_this()](DnsStatus, std::span<const unsigned char>) {
    if (const auto self = weak.lock()) self->asking_for_life_ = false;
  });
}

bool machine_is_out_of_sockets() { return sockets_are_exhausted(); }

}  // namespace allclear::net
