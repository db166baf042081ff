// Failures before a word was said: names and connections.
#include <fmt/format.h>

#include "core/rules/causes.h"

namespace allclear {
namespace {

std::string server_name(const NameAnswer& answer) {
  return answer.resolver.empty() ? "this machine's resolver" : "the resolver " + answer.resolver;
}

struct Tries {
  std::size_t open = 0, closed = 0;
  std::size_t open_ipv4 = 0, closed_ipv4 = 0, open_ipv6 = 0, closed_ipv6 = 0;
  std::string first_closed;
};

bool is_own(const AddressTry& one) { return one.error && one.error->reason == Reason::local_fault; }

Tries count_tries(const Evidence* evidence) {
  Tries tries;
  if (evidence == nullptr) return tries;
  for (const AddressTry& one : evidence->tries) {
    if (is_own(one)) continue;  // no route of that family from here: it tells nothing about the target
    const bool open = !one.error;
    ++(open ? tries.open : tries.closed);
    if (one.family == AddressFamily::ipv6)
      ++(open ? tries.open_ipv6 : tries.closed_ipv6);
    else
      ++(open ? tries.open_ipv4 : tries.closed_ipv4);
    if (!open && tries.first_closed.empty())
      tries.first_closed = fmt::format("{} ({})", one.address, describe(one.error->reason));
  }
  return tries;
}

// Some of the addresses let us connect, others do not.
std::optional<Diagnosis> of_addresses(const FailureView& view) {
  const Tries tries = count_tries(view.evidence);
  if (tries.open == 0) return std::nullopt;
  Diagnosis diagnosis;
  if (tries.closed == 0) {
    diagnosis.cause = Cause::passed;
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = "TCP: it failed, and a moment later every address let us connect";
    return diagnosis;
  }
  diagnosis.confidence = Confidence::high;
  const bool only_ipv4 = tries.open_ipv4 > 0 && tries.open_ipv6 == 0 && tries.closed_ipv4 == 0;
  const bool only_ipv6 = tries.open_ipv6 > 0 && tries.open_ipv4 == 0 && tries.closed_ipv6 == 0;
  if (only_ipv4 || only_ipv6) {
    diagnosis.cause = Cause::address_family;
    diagnosis.verdict =
        fmt::format("TCP: {} fails, {} is fine", only_ipv4 ? "IPv6" : "IPv4", only_ipv4 ? "IPv4" : "IPv6");
  } else {
    diagnosis.cause = Cause::some_addresses;
    diagnosis.verdict = fmt::format("TCP: {} of {} addresses fail", tries.closed, tries.closed + tries.open);
  }
  diagnosis.seen.push_back("fails: " + tries.first_closed);
  return diagnosis;
}

}  // namespace

Diagnosis cause_of_name_failure(const FailureView& view) {
  Diagnosis diagnosis;
  diagnosis.cause = Cause::name;
  const std::string words(describe(view.failure->reason));
  const auto* evidence = view.evidence;
  if (evidence == nullptr || evidence->names.empty()) {
    diagnosis.verdict = "DNS: " + words;
    diagnosis.confidence = Confidence::medium;
    return diagnosis;
  }
  const NameAnswer& own = evidence->names.front();
  if (!own.error) {
    diagnosis.cause = Cause::passed;
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = fmt::format("DNS: {} answers again", server_name(own));
    return diagnosis;
  }
  if (evidence->names.size() == 1) {
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = fmt::format("DNS: {} ({})", words, server_name(own));
    return diagnosis;
  }
  const NameAnswer& other = evidence->names[1];
  diagnosis.confidence = Confidence::high;
  if (!other.error) {
    diagnosis.cause = Cause::resolver;
    diagnosis.verdict =
        fmt::format("DNS: {} fails ({}), while {} knows the name", server_name(own), words, server_name(other));
    diagnosis.ruled_out.emplace_back("the name itself");
  } else if (other.error->reason == Reason::nxdomain && own.error->reason == Reason::nxdomain) {
    diagnosis.verdict = "DNS: the name does not exist; two resolvers say so";
  } else {
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = fmt::format("DNS: {}; another resolver: {}", words, describe(other.error->reason));
  }
  return diagnosis;
}

Diagnosis cause_of_connect_failure(const FailureView& view) {
  if (auto part = of_addresses(view)) return *std::move(part);
  Diagnosis diagnosis;
  const Tries tries = count_tries(view.evidence);
  const bool looked = tries.closed > 0;
  const std::string all = tries.closed > 1 ? fmt::format("; all {} addresses alike", tries.closed) : "";
  if (view.failure->reason == Reason::refused) {
    diagnosis.cause = Cause::no_listener;
    diagnosis.confidence = looked ? Confidence::high : Confidence::medium;
    diagnosis.verdict = "TCP: the host is there, nothing listens on the port" + all;
    return diagnosis;
  }
  diagnosis.cause = Cause::unreachable;
  const Neighbours& host = view.on_host;
  if (host.fine > 0 && host.failing == 0) {
    diagnosis.cause = Cause::no_listener;
    diagnosis.confidence = looked ? Confidence::high : Confidence::medium;
    diagnosis.verdict = "TCP: no answer on this port alone: a firewall, or a listener that hangs" + all;
  } else {
    const bool alike = host.failing > 0 || view.reachability.failing > 0;
    diagnosis.confidence = alike && looked ? Confidence::high : Confidence::medium;
    diagnosis.verdict =
        fmt::format("TCP: the host or the network before it: {}{}", describe(view.failure->reason), all);
  }
  return diagnosis;
}

}  // namespace allclear
