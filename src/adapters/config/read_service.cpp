#include "adapters/config/read_service.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "adapters/config/read_heartbeat.h"
#include "adapters/config/read_parts.h"
#include "adapters/config/relations.h"
#include "adapters/config/smtp_address.h"

namespace allclear::config {
namespace {

constexpr std::array<std::pair<std::string_view, Visibility>, 2> visibilities{
    {{"public", Visibility::open}, {"internal", Visibility::internal}}};
constexpr std::array<std::pair<std::string_view, Severity>, 3> severities{
    {{"minor", Severity::minor}, {"major", Severity::major}, {"critical", Severity::critical}}};

// A channel by its name, or an address of mail; empty: neither (reported).
ChannelId read_addressee(const Section& section, const Node& item, ChannelDirectory& channels) {
  const auto name = section.text_of(item, "alerts");
  if (!name || channels.has(*name)) return ChannelId(name.value_or(""));
  if (name->starts_with(mail_prefix) && is_mail_address(std::string_view(*name).substr(mail_prefix.size()))) {
    if (channels.add_address(std::string_view(*name).substr(mail_prefix.size()))) return ChannelId(*name);
    section.error_at(item, "alerts",
                     "mailto: sends through the server of the first e-mail channel, and there is none under channels");
    return {};
  }
  const std::vector<std::string_view> candidates(channels.names().begin(), channels.names().end());
  const std::string_view close = item.from_environment ? std::string_view() : nearest(*name, candidates);
  section.misfit(item, "alerts",
                 close.empty() ? "expected the name of a channel or mailto:you@example.com"
                               : fmt::format("expected the name of a channel (did you mean \"{}\"?)", close));
  return {};
}

std::optional<Shared<std::vector<ChannelId>>> read_alerts(const Section& section, ChannelDirectory& channels) {
  const Node* written = section.find("alerts");
  if (written == nullptr) return std::nullopt;
  if (written->is_null()) section.misfit("alerts", "expected names of channels, or [] for nobody");
  std::vector<ChannelId> found;
  for (const Node* item : section.items("alerts")) {
    ChannelId channel = read_addressee(section, *item, channels);
    if (!channel.empty()) found.push_back(std::move(channel));
  }
  return found;
}

// A path of messages: an id from the environment is not shown in it.
std::string item_name(std::string_view list, const Node& item, std::size_t index) {
  if (item.is_map()) {
    for (std::size_t i = 0; i + 1 < item.children.size(); i += 2) {
      const Node& value = *item.children[i + 1];
      const bool may_show = item.children[i]->text == "id" && value.is_scalar() && !value.from_environment;
      if (may_show && is_identifier(value.text)) return fmt::format("{}[{}]", list, value.text);
    }
  }
  return fmt::format("{}[{}]", list, index);
}

// The identifier under `id`, unique among `seen`; empty when it is no good (reported).
std::string read_id(const Section& section, std::unordered_map<std::string_view, int>& seen) {
  const auto id = section.text("id");
  if (!section.has("id")) section.missing("id", "expected a name of a-z, 0-9 and '-', 1 to 64 characters");
  if (!id) return {};
  if (!is_identifier(*id)) {
    section.misfit("id", "expected a name of a-z, 0-9 and '-', 1 to 64 characters");
    return {};
  }
  const Node& written = *section.find("id");
  const auto [first, fresh] = seen.emplace(written.text, written.place.line);
  if (!fresh) section.error("id", fmt::format("{} is used already on line {}", describe(written), first->second));
  return *id;
}

class ServiceReader {
 public:
  ServiceReader(Reading& reading, const Defaults& defaults, ChannelDirectory& channels)
      : reading_(reading), defaults_(defaults), channels_(channels), expectations_(reading) {
    for (const std::string& channel : channels.names()) all_channels_.edit().emplace_back(channel);
  }

  void read(const Section& root, const Node& item, std::size_t index) {
    const Section section(reading_, item, Object::service, item_name("services", item, index), &root);
    if (!item.is_map()) {
      if (item.is_null()) section.error("", "expected a service with id and url, found nothing");
      return;
    }
    const std::size_t errors_before = reading_.diagnostics.errors();
    auto service = std::make_shared<Service>();
    service->id = ServiceId(read_id(section, seen_));
    if (service->id == monitor_service()) section.error("id", "\"monitor\" is reserved for the monitor's own faults");
    read_words(section, *service);
    read_checks(section, *service);
    // The place of each dependency, for mistakes that only the whole tells.
    relations_.add(service->id, section);
    if (reading_.diagnostics.errors() == errors_before) services_.push_back(std::move(service));
  }

  std::vector<std::shared_ptr<const Service>> finish() {
    relations_.check();
    return std::move(services_);
  }

 private:
  void read_words(const Section& section, Service& service) {
    const auto name = section.name("name");
    service.name = name ? SharedText(*name) : service.id.text();
    if (section.has("group")) service.group = shared_group(section.name("group").value_or(""));
    service.visibility = section.choice("visibility", visibilities).value_or(Visibility::open);
    service.enabled = section.boolean("enabled").value_or(true);
    for (const std::string& id : section.texts("depends_on").value_or(std::vector<std::string>{}))
      service.depends_on.edit().emplace_back(id);
    if (auto alerts = read_alerts(section, channels_)) {
      service.alerts = std::move(*alerts);
    } else if (defaults_.alerts) {
      service.alerts = *defaults_.alerts;
    } else {
      service.alerts = all_channels_;
    }
    service.alerts_on_first = section.boolean("alerts_on_first").value_or(defaults_.alerts_on_first);
    service.severity = section.choice("severity", severities);
    service.reopen = section.duration("reopen").value_or(defaults_.reopen);
  }

  SharedText shared_group(const std::string& name) { return groups_.try_emplace(name, name).first->second; }

  void read_checks(const Section& section, Service& service) {
    constexpr std::string_view kinds[] = {"url", "checks", "heartbeat", "cloudwatch"};
    std::vector<std::string_view> written;
    for (const std::string_view kind : kinds) {
      if (section.has(kind)) written.push_back(kind);
    }
    if (written.empty()) return section.missing("url", "expected url, checks, heartbeat or cloudwatch");
    if (written.size() > 1) {
      return reading_.diagnostics.error(
          section.find_key(written[1])->place,
          fmt::format("{}: write {} or {}, not both", section.path(), written[0], written[1]));
    }
    if (written.front() == "url") {
      return keep(service,
                  read_check(section, {service.id, CheckId(service.id.text())}, defaults_.timing, expectations_));
    }
    refuse_keys_of_checks(section, written.front());
    if (written.front() == "checks") return several(section, service);
    if (written.front() == "heartbeat")
      return keep(service, heartbeats_.read(section, {service.id, CheckId(service.id.text())}, defaults_.timing));
    keep(service, later_check(section, service));
  }

  static void keep(Service& service, std::shared_ptr<const Check> check) {
    if (check != nullptr) service.checks.push_back(std::move(check));
  }

  void refuse_keys_of_checks(const Section& section, std::string_view kind) {
    section.each([&](const Node& key, const Node&) {
      const bool inherited =
          kind == "checks" && (key.text == "interval" || key.text == "timeout" || key.text == "confirm");
      const bool paces = kind == "cloudwatch" && (key.text == "interval" || key.text == "confirm");
      if (!belongs_to_check(key.text) || inherited || paces) return;
      section.error_at(key, key.text,
                       kind == "checks" ? "belongs into one of the checks" : fmt::format("does not go with {}", kind));
    });
  }

  void several(const Section& section, Service& service) {
    const Node& list = *section.find("checks");
    if (!list.is_list()) return section.misfit("checks", "expected a list of checks");
    if (list.children.empty()) return section.error("checks", "expected at least one check");
    const Timing timing = read_timing(section, defaults_.timing);
    std::unordered_map<std::string_view, int> seen;
    for (std::size_t i = 0; i < list.children.size(); ++i) {
      const Node& item = *list.children[i];
      const Section check(reading_, item, Object::check, item_name("checks", item, i), &section);
      if (!item.is_map()) {
        if (item.is_null()) check.error("", "expected a check with id and url, found nothing");
        continue;
      }
      const bool alone = list.children.size() == 1 && !check.has("id");
      const std::string id = alone ? service.id.value() : read_id(check, seen);
      const auto enabled = check.boolean("enabled");
      auto read = read_check(check, {service.id, CheckId(id)}, timing, expectations_);
      if (read != nullptr) read->enabled = enabled.value_or(true);
      keep(service, std::move(read));
    }
  }

  std::shared_ptr<const Check> later_check(const Section& section, const Service& service) {
    validate_later_check(section);
    const Timing timing = read_timing(section, defaults_.timing);
    auto check = std::make_shared<Check>();
    check->service = service.id;
    check->id = CheckId(service.id.text());
    check->target = UnsupportedTarget{"cloudwatch"};
    check->expect = CopyOnWrite(Expectations{});
    check->interval = timing.interval;
    check->timeout = timing.timeout;
    check->confirm = timing.confirm;
    return check;
  }

  Reading& reading_;
  const Defaults& defaults_;
  ChannelDirectory& channels_;
  Shared<std::vector<ChannelId>> all_channels_;
  ExpectationReader expectations_;
  HeartbeatReader heartbeats_;
  Relations relations_{reading_.diagnostics};
  std::unordered_map<std::string_view, int> seen_;      // service ids, with their lines
  std::unordered_map<std::string, SharedText> groups_;  // many services share one
  std::vector<std::shared_ptr<const Service>> services_;
};

}  // namespace

Defaults read_defaults(const Section& root, ChannelDirectory& channels) {
  Defaults defaults;
  const Node* node = root.find("defaults");
  if (node == nullptr) return defaults;
  const Section section(root.reading(), *node, Object::defaults, "defaults", &root);
  defaults.timing = read_timing(section, defaults.timing);
  defaults.alerts = read_alerts(section, channels);
  defaults.alerts_on_first = section.boolean("alerts_on_first").value_or(false);
  defaults.reopen = section.duration("reopen").value_or(defaults.reopen);
  return defaults;
}

std::vector<std::shared_ptr<const Service>> read_services(const Section& root, const Defaults& defaults,
                                                          ChannelDirectory& channels) {
  const Node* node = root.find("services");
  ServiceReader reader(root.reading(), defaults, channels);
  if (node != nullptr && node->is_list()) {
    for (std::size_t i = 0; i < node->children.size(); ++i) reader.read(root, *node->children[i], i);
  } else if (node != nullptr && !node->is_null()) {
    root.misfit("services", "expected a list of services, each beginning with \"- id: …\"");
  }
  return reader.finish();
}

}  // namespace allclear::config
