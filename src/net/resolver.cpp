#include "net/resolver.h"

#include <sys/socket.h>

#include <algorithm>
#include <charconv>

#include "net/awaiting.h"
#include "net/dns_channel.h"
#include "net/hosts_file.h"

namespace allclear::net {
namespace {

constexpr std::size_t most_cached = 50'000;
constexpr std::size_t most_channels = 64;
constexpr seconds servers_look_again{5};
// A name server that has not answered by then is asked something that any living one answers at once.
constexpr milliseconds doubt_after{300};

// What a query leaves behind for its waiter; shared, since c-ares may answer after the waiter has gone.
template <class Value>
struct Pending final : Interruptible {
  explicit Pending(boost::asio::io_context& loop) : changed(loop) {}
  void interrupt() override { changed.cancel(); }
  void finish(DnsStatus with, Value found) {
    done = true;
    status = with;
    value = std::move(found);
    changed.cancel();
  }

  Timer changed;
  bool done = false;
  DnsStatus status = DnsStatus::broken;
  Value value{};
};

enum class Asked : std::uint8_t { system_resolvers, chosen_resolver };

tl::unexpected<Fault> silence(const DnsChannel& channel, MonotonicTime asked_at, Asked asked) {
  const bool alive = channel.last_answer() >= asked_at;
  if (asked == Asked::system_resolvers && !alive) {
    return fault(FaultPhase::dns, FaultKind::local_fault, "no answer from this machine's resolvers");
  }
  return fault(FaultPhase::dns, FaultKind::timeout, alive ? "no answer for this name" : "no answer from the resolver");
}

tl::unexpected<Fault> dns_fault(DnsStatus status, const DnsChannel& channel, MonotonicTime asked_at, Asked asked) {
  const auto failed = [](FaultKind kind, std::string_view words) { return fault(FaultPhase::dns, kind, words); };
  switch (status) {
    case DnsStatus::nxdomain: return failed(FaultKind::nxdomain, "the name does not exist");
    case DnsStatus::no_data: return failed(FaultKind::dns_failure, "the name has no record of this type");
    case DnsStatus::servfail: return failed(FaultKind::servfail, "the resolver answered SERVFAIL");
    case DnsStatus::refused_query: return failed(FaultKind::dns_failure, "the resolver refused the question");
    case DnsStatus::no_answer: return silence(channel, asked_at, asked);
    case DnsStatus::unreachable:
      if (asked == Asked::system_resolvers || machine_is_out_of_sockets()) {
        return failed(FaultKind::local_fault, "this machine's resolvers cannot be reached");
      }
      return failed(FaultKind::dns_failure, "the resolver cannot be reached");
    case DnsStatus::ok:
    case DnsStatus::broken: break;
  }
  return failed(FaultKind::dns_failure, "the resolver's answer is broken");
}

template <class Value>
Task<Outcome<Value>> wait_for(std::shared_ptr<Pending<Value>> pending, std::shared_ptr<DnsChannel> channel, Asked asked,
                              Deadline& deadline) {
  const InterruptScope scope(deadline, *pending);
  const MonotonicTime asked_at = monotonic_now();
  MonotonicTime wake_at = asked_at + doubt_after;
  while (!pending->done) {
    if (deadline.passed()) co_return silence(*channel, asked_at, asked);
    pending->changed.expires_at(to_steady(wake_at));
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(use_task, error);
    co_await pending->changed.async_wait(token);
    if (error && !pending->done && !deadline.passed()) end_cancelled_task();
    if (!error && channel->last_answer() < asked_at) channel->ask_for_life();
    if (!error) wake_at = deadline.at() + std::chrono::hours(1);
  }
  if (pending->status != DnsStatus::ok) co_return dns_fault(pending->status, *channel, asked_at, asked);
  co_return std::move(pending->value);
}

int family_number(IpFamily family) {
  switch (family) {
    case IpFamily::any: return AF_UNSPEC;
    case IpFamily::ipv4: return AF_INET;
    case IpFamily::ipv6: return AF_INET6;
  }
  return AF_UNSPEC;
}

Outcome<Addresses> some_of(Addresses addresses, IpFamily family) {
  Addresses ordered = in_connect_order(std::move(addresses), family);
  if (ordered.empty()) return fault(FaultPhase::dns, FaultKind::dns_failure, "no address of the wanted IP family");
  return ordered;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  if (lower.ends_with('.')) lower.pop_back();
  return lower;
}

Asked who_is_asked(const std::string& server) {
  return server.empty() ? Asked::system_resolvers : Asked::chosen_resolver;
}

}  // namespace

Resolver::Resolver(boost::asio::io_context& loop, std::string system_servers)
    : loop_(loop), system_servers_(std::move(system_servers)), hosts_(std::make_unique<HostsFile>()) {}
Resolver::~Resolver() = default;

std::string Resolver::cache_key(std::string_view host, IpFamily family, std::string_view server) {
  std::string key = lower_case(host);
  key += static_cast<char>('0' + static_cast<int>(family));
  key += server;
  return key;
}

std::optional<Outcome<Addresses>> Resolver::known(std::string_view host, IpFamily family, std::string_view server) {
  boost::system::error_code not_literal;
  const auto literal = boost::asio::ip::make_address(host, not_literal);
  if (!not_literal) return some_of({literal}, family);
  if (const auto* listed = hosts_->find(lower_case(host)); listed != nullptr) return some_of(*listed, family);
  if (!hosts_->is_known()) return fault(FaultPhase::dns, FaultKind::local_fault, "the hosts file cannot be read");
  const auto cached = cache_.find(cache_key(host, family, server));
  if (cached == cache_.end()) return std::nullopt;
  if (monotonic_now() < cached->second.until) return cached->second.addresses;
  cache_.erase(cached);
  return std::nullopt;
}

void Resolver::look_for_other_system_servers() {
  if (!system_servers_.empty() || monotonic_now() < system_looked_at_ + servers_look_again) return;
  system_looked_at_ = monotonic_now();
  std::error_code error;
  const auto changed = std::filesystem::last_write_time("/etc/resolv.conf", error);
  if (error || changed == system_changed_) return;
  system_changed_ = changed;
  channels_.erase("");  // waiting queries keep theirs
}

Outcome<std::shared_ptr<DnsChannel>> Resolver::channel_for(const std::string& server) {
  if (server.empty()) look_for_other_system_servers();
  const auto found = channels_.find(server);
  if (found != channels_.end()) return found->second;
  if (channels_.size() >= most_channels) channels_.clear();  // waiting queries keep theirs
  auto channel = DnsChannel::make(loop_, server.empty() ? system_servers_ : server);
  if (channel) channels_.emplace(server, *channel);
  return channel;
}

Task<Outcome<Addresses>> Resolver::resolve(std::string host, IpFamily family, std::string server, Deadline& deadline) {
  if (auto at_once = known(host, family, server)) co_return std::move(*at_once);
  auto channel = channel_for(server);
  if (!channel) co_return tl::unexpected(std::move(channel.error()));
  auto pending = std::make_shared<Pending<FoundAddresses>>(loop_);
  (*channel)->find_addresses(host, family_number(family), [pending](DnsStatus status, FoundAddresses found) {
    pending->finish(status, std::move(found));
  });
  auto found = co_await wait_for<FoundAddresses>(pending, *channel, who_is_asked(server), deadline);
  if (!found) co_return tl::unexpected(std::move(found.error()));
  auto addresses = some_of(std::move(found->addresses), family);
  if (addresses && found->ttl > seconds(0)) {
    if (cache_.size() >= most_cached) cache_.clear();
    cache_.insert_or_assign(cache_key(host, family, server), Cached{*addresses, monotonic_now() + found->ttl});
  }
  co_return addresses;
}

Task<Outcome<DnsAnswer>> Resolver::query(std::string name, DnsType type, std::string server, Deadline& deadline) {
  using Message = std::vector<unsigned char>;
  auto channel = channel_for(server);
  if (!channel) co_return tl::unexpected(std::move(channel.error()));
  auto pending = std::make_shared<Pending<Message>>(loop_);
  (*channel)->ask(name, type, [pending](DnsStatus status, std::span<const unsigned char> message) {
    pending->finish(status, Message(message.begin(), message.end()));
  });
  auto message = co_await wait_for<Message>(pending, *channel, who_is_asked(server), deadline);
  if (!message) co_return tl::unexpected(std::move(message.error()));
  auto answer = parse_dns_answer(*message, type);
  if (!answer) co_return fault(FaultPhase::dns, FaultKind::dns_failure, answer.error().message);
  if (answer->records.empty())
    co_return fault(FaultPhase::dns, FaultKind::dns_failure, "the name has no record of this type");
  co_return std::move(*answer);
}

Result<ResolverAddress> parse_resolver(std::string_view text) {
  boost::system::error_code error;
  ResolverAddress parsed;
  parsed.address = boost::asio::ip::make_address(std::string(text), error);
  if (!error) return parsed;
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  parsed.address = boost::asio::ip::make_address(std::string(host), error);
  const std::string_view digits = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (error || problem != std::errc{} || end != digits.data() + digits.size() || parsed.port == 0) {
    return failure("expected a resolver as ip or ip:port, not \"" + std::string(text) + "\"");
  }
  return parsed;
}

}  // namespace allclear::net
