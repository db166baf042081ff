#include "apps/allclear/anchors.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "base/hash.h"
#include "core/rules/blindness.h"
#include "net/own_network.h"

namespace allclear::app {
namespace {

constexpr std::size_t fewest = 3;
constexpr std::size_t names_asked_for = 2;
constexpr auto between = std::chrono::minutes(5);  // unless something fails
constexpr seconds one_try{2};

Target by_icmp(const std::string& host) {
  IcmpTarget target;
  target.host = host;
  return target;
}

// Any answer will do, also that there is no such name.
Target by_dns(const std::string& name, const std::string& type, const std::string& server) {
  DnsTarget target;
  target.name = name;
  target.type = type;
  target.network.edit().resolver = server;
  return target;
}

std::string name_in(const Target& target) {
  return std::visit(
      [](const auto& any) -> std::string {
        using Kind = std::decay_t<decltype(any)>;
        if constexpr (std::is_same_v<Kind, HttpTarget>)
          return any.url.host;
        else if constexpr (std::is_same_v<Kind, TcpTarget> || std::is_same_v<Kind, TlsTarget>)
          return any.host;
        else
          return {};
      },
      target);
}

bool lies_beyond(const Service& service) {
  return service.enabled && std::any_of(service.checks.begin(), service.checks.end(), [](const auto& check) {
           return check->enabled && !stays_inside(check->target) &&
                  !std::holds_alternative<HeartbeatTarget>(check->target);
         });
}

// Two that the services go by.
std::vector<std::string> names_of(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const auto& service : catalogue.services) {
    for (const auto& check : service->checks) {
      const std::string name = name_in(check->target);
      const bool is_name = !name.empty() && !config::is_ip_address(name) && !stays_inside(check->target);
      if (is_name && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      if (names.size() == names_asked_for) return names;
    }
  }
  return names;
}

std::vector<Target> anchors_of(const config::ConfigFile& config, const Surroundings& around) {
  const config::Blindness& blindness = config.blindness;
  std::vector<Target> anchors = blindness.anchors;
  if (blindness.gateway)
    for (const std::string& gateway : around.gateways) anchors.push_back(by_icmp(gateway));
  if (blindness.resolvers) {
    for (const std::string& server : around.name_servers) {
      if (!stays_inside(by_icmp(server))) anchors.push_back(by_dns("example.com", "NS", server));
    }
  }
  if (blindness.names)
    for (const std::string& name : names_of(*config.catalogue)) anchors.push_back(by_dns(name, "A", ""));
  return anchors;
}

std::shared_ptr<const Check> anchor_check(const Target& target) {
  Check check;
  check.service = monitor_service();
  // What is known about it is lost when it becomes another.
  check.id = CheckId("anchor-" + stable_key({describe(target)}).substr(0, 12));
  check.target = target;
  check.expect = CopyOnWrite(Expectations{});
  check.interval = between;
  check.timeout = one_try;
  check.confirm.down = check.confirm.up = 1;
  check.confirm.flapping.over = 0;
  return std::make_shared<const Check>(std::move(check));
}

}  // namespace

Surroundings look_around() { return {net::default_gateways(), net::system_name_servers()}; }

std::shared_ptr<const Catalogue> with_anchors(const config::ConfigFile& config, const Surroundings& around) {
  const auto& services = config.catalogue->services;
  if (std::none_of(services.begin(), services.end(), [](const auto& service) { return lies_beyond(*service); }))
    return config.catalogue;
  auto own = std::make_shared<Service>();
  own->id = monitor_service();
  own->name = SharedText("The monitor's own network");
  own->visibility = Visibility::internal;
  own->alerts = config.catalogue->own_alerts;
  own->alerts_on_first = true;
  std::set<std::string> seen;
  for (const Target& anchor : anchors_of(config, around)) {
    if (seen.insert(describe(anchor)).second) own->checks.push_back(anchor_check(anchor));
  }
  if (own->checks.size() < fewest) return config.catalogue;
  auto catalogue = std::make_shared<Catalogue>(*config.catalogue);
  catalogue->services.push_back(std::move(own));
  return catalogue;
}

}  // namespace allclear::app
