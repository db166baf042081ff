#include "adapters/config/read_parts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "adapters/config/zones.h"

namespace allclear::config {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 2> bad_states{{{"degraded", 1}, {"down", 2}}};

void check_usage(const Section& host, std::string_view key) {
  const Node* node = host.find(key);
  if (node == nullptr) return;
  const Section usage(host.reading(), *node, Object::usage, std::string(key), &host);
  const auto degraded = usage.percent("degraded");
  const auto down = usage.percent("down");
  if (degraded && down && *degraded > *down) usage.error("degraded", "expected at most the share of down");
  (void)usage.duration("for");
  (void)usage.duration("full_within");
}

}  // namespace

void require(const Section& section, std::string_view key, const std::string& what) {
  if (section.is_map() && !section.has(key)) section.missing(key, what);
}

void refer(const Section& section, std::string_view key, const ServiceIds& ids) {
  for (const Node* item : section.items(key)) {
    if (item->is_scalar() && !ids.contains(item->text)) section.misfit(*item, key, "expected the id of a service");
  }
}

std::shared_ptr<const ZoneRules> read_zone(const Section& section) {
  const auto name = section.name("zone");
  if (!name) return std::make_shared<const ZoneRules>();
  auto zone = load_zone(*name);
  if (zone) return *zone;
  section.misfit("zone", zone.error().message);
  return std::make_shared<const ZoneRules>();
}

ServiceIds service_ids(const Section& root) {
  ServiceIds ids;
  const Node* services = root.find("services");
  if (services == nullptr || !services->is_list()) return ids;
  for (const Node* item : services->children) {
    for (std::size_t i = 0; item->is_map() && i + 1 < item->children.size(); i += 2) {
      if (item->children[i]->text == "id") ids.insert(item->children[i + 1]->text);
    }
  }
  return ids;
}

void validate_hosts(const Section& root) {
  const Node* node = root.find("hosts");
  if (node == nullptr) return;
  const Section hosts(root.reading(), *node, Object::hosts, "hosts", &root);
  if (const Node* defaults = hosts.find("defaults")) {
    const Section host(root.reading(), *defaults, Object::host, "defaults", &hosts);
    for (const std::string_view key : {"cpu", "memory", "disk"}) check_usage(host, key);
    (void)host.duration("missing_after", seconds(1));
  }
  root.warning("hosts", "not built yet: has no effect");
}

GroupingPolicy read_grouping(const Section& root) {
  GroupingPolicy policy;
  const Node* node = root.find("grouping");
  if (node == nullptr) return policy;
  const Section section(root.reading(), *node, Object::grouping, "grouping", &root);
  constexpr milliseconds longest = std::chrono::days(1);
  policy.threshold = static_cast<int>(section.integer("threshold", 1, 100'000).value_or(policy.threshold));
  policy.within = section.duration("within", seconds(1), longest).value_or(policy.within);
  policy.every = section.duration("every", seconds(30), longest).value_or(policy.every);
  return policy;
}

void validate_remedies(const Section& root) {
  const auto items = root.items("remedies");
  const auto ids = items.empty() ? ServiceIds{} : service_ids(root);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Section one(root.reading(), *items[i], Object::remedy, fmt::format("remedies[{}]", i), &root);
    require(one, "service", "expected the id of a service");
    require(one, "run", "expected an absolute path and its arguments");
    refer(one, "service", ids);
    (void)one.choice("when", bad_states);
    const auto run = one.texts("run");
    if (run && (run->empty() || !run->front().starts_with('/')))
      one.misfit("run", "expected an absolute path and its arguments");
    (void)one.duration("timeout", seconds(1));
  }
  if (!items.empty()) root.warning("remedies", "not built yet: nothing is run");
}

FlapPolicy read_flapping(const Section& section, const FlapPolicy& inherited) {
  const Node* node = section.find("flapping");
  if (node == nullptr) return inherited;
  if (node->is_scalar() && (node->text == "off" || node->text == "false")) return {0, inherited.high, inherited.low};
  const Section flapping(section.reading(), *node, Object::flapping, "flapping", &section);
  const FlapPolicy usual;
  FlapPolicy policy = inherited.over == 0 ? usual : inherited;
  const auto percent = [&](std::string_view key, std::uint8_t otherwise) {
    const auto value = flapping.percent(key);
    return value ? static_cast<std::uint8_t>(std::lround(*value)) : otherwise;
  };
  policy.over = static_cast<std::uint8_t>(flapping.integer("over", 2, 60).value_or(policy.over));
  policy.high = percent("high", policy.high);
  policy.low = percent("low", policy.low);
  if (policy.low >= policy.high)
    flapping.error(flapping.has("low") ? "low" : "high",
                   flapping.has("low") ? "expected less than high" : "expected more than low");
  return policy;
}

void validate_later_check(const Section& service) {
  const Section cloudwatch(service.reading(), *service.find("cloudwatch"), Object::cloudwatch, "cloudwatch", &service);
  require(cloudwatch, "namespace", "expected a namespace such as AWS/Lambda");
  (void)cloudwatch.name("namespace");
  (void)cloudwatch.name("region");
  if (const Node* dimensions = cloudwatch.find("dimensions")) {
    const Section names(service.reading(), *dimensions, Object::cloudwatch, "dimensions", &cloudwatch, Keys::free);
    names.each([&](const Node& key, const Node& value) { (void)names.text_of(value, key.text); });
  }
  if (const Node* expect = cloudwatch.find("expect")) {
    const Section wanted(service.reading(), *expect, Object::cloudwatch_expect, "expect", &cloudwatch);
    (void)wanted.percent("error_rate");
    (void)wanted.duration("p95_duration");
    (void)wanted.integer("throttles", 0, 1'000'000'000);
  }
  service.warning("cloudwatch", "not built yet: the check is unknown, reason unsupported");
}

}  // namespace allclear::config
