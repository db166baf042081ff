#include "adapters/config/read_parts.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "adapters/config/address.h"

namespace allclear::config {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 2> bad_states{{{"degraded", 1}, {"down", 2}}};
constexpr std::string_view channel_kinds[] = {"email", "sns", "slack", "pagerduty", "webhook"};

using ServiceIds = std::unordered_set<std::string_view>;

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

void require(const Section& section, std::string_view key, const std::string& what) {
  if (section.is_map() && !section.has(key)) section.missing(key, what);
}

void refer(const Section& section, std::string_view key, const ServiceIds& ids) {
  for (const Node* item : section.items(key)) {
    if (item->is_scalar() && !ids.contains(item->text)) section.misfit(*item, key, "expected the id of a service");
  }
}

// The password in smtps://user:password@host: the log must not show it.
void remember_password(const Section& section, const std::string& url) {
  const std::size_t at = url.rfind('@');
  const std::size_t colon = at == std::string::npos ? at : url.rfind(':', at);
  if (colon != std::string::npos && colon + 1 < at)
    section.reading().secrets.push_back(url.substr(colon + 1, at - colon - 1));
}

// `key` or `key_file`; nothing is sent through channels yet, so a file that is not there is a warning.
void check_later_secret(const Section& section, std::string_view key, std::string_view what) {
  const std::string file_key = std::string(key) + "_file";
  if (section.has(key) && section.has(file_key))
    section.error(file_key, fmt::format("write {} or {}, not both", key, file_key));
  if (section.is_map() && !section.has(key) && !section.has(file_key))
    section.missing(key, fmt::format("expected {}", what));
  if (const auto value = section.text(key); value && !value->empty()) section.reading().secrets.push_back(*value);
  if (const auto file = section.text(file_key)) {
    if (auto read = section.reading().files.secret(*file)) {
      section.reading().secrets.push_back(std::move(*read));
    } else {
      section.warning(file_key, section.unreadable(file_key, read.error()));
    }
  }
}

void check_email(const Section& email) {
  require(email, "to", "expected addresses");
  for (const Node* item : email.items("to")) {
    if (!item->is_scalar() || !is_mail_address(item->text)) email.misfit(*item, "to", "expected a mail address");
  }
  if (const auto from = email.text("from"); from && !is_mail_address(*from))
    email.misfit("from", "expected a mail address");
  if (const auto smtp = email.text("smtp")) {
    const bool known_scheme = smtp->starts_with("smtp://") || smtp->starts_with("smtps://");
    const bool may_hold_password = smtp->find('@') != std::string::npos;
    if (!known_scheme && may_hold_password) email.error("smtp", "expected smtp://… or smtps://…");
    if (!known_scheme && !may_hold_password) email.misfit("smtp", "expected smtp://… or smtps://…");
    remember_password(email, *smtp);
  }
}

void check_kind(const Section& channel, std::string_view kind) {
  constexpr Object objects[] = {Object::email, Object::sns, Object::slack, Object::pagerduty, Object::webhook};
  const auto index = std::find(std::begin(channel_kinds), std::end(channel_kinds), kind) - std::begin(channel_kinds);
  const Object object = objects[index];
  const Section section(channel.reading(), *channel.find(kind), object, std::string(kind), &channel);
  if (object == Object::email) check_email(section);
  if (object == Object::sns) {
    require(section, "topic", "expected the topic's ARN");
    if (const auto topic = section.text("topic"); topic && !topic->starts_with("arn:"))
      section.misfit("topic", "expected arn:aws:sns:…");
  }
  if (object == Object::slack) check_later_secret(section, "url", "the incoming webhook's address");
  if (object == Object::pagerduty) check_later_secret(section, "routing_key", "the integration's routing key");
}

WebhookChannel read_webhook(const Section& channel) {
  const Section section(channel.reading(), *channel.find("webhook"), Object::webhook, "webhook", &channel);
  WebhookChannel webhook;
  const bool secret_url = section.has("url_file");
  if (!section.has("url") && !secret_url) require(section, "url", "expected where to post");
  const auto url = secret_url ? section.secret("url") : section.text("url");
  if (url && !parse_http_url(*url)) section.error(secret_url ? "url_file" : "url", "expected https://… or http://…");
  webhook.url = url.value_or("");
  webhook.secret = section.secret("secret").value_or("");
  return webhook;
}

std::variant<WebhookChannel, UnsupportedChannel> read_kind(const Section& channel, std::string_view kind) {
  if (kind == "webhook") return read_webhook(channel);
  check_kind(channel, kind);
  channel.warning(kind, "sending by it is not built yet: what the channel is owed is kept for a day");
  return UnsupportedChannel{std::string(kind)};
}

Channel read_channel(const Section& channel, ChannelId id, const ChannelNames& names) {
  std::vector<std::string_view> kinds;
  for (const std::string_view kind : channel_kinds) {
    if (channel.has(kind)) kinds.push_back(kind);
  }
  if (channel.is_map() && kinds.size() != 1)
    channel.error("", "expected one of: email, sns, slack, pagerduty, webhook");
  Channel read{std::move(id), UnsupportedChannel{}};
  for (const std::string_view kind : kinds) read.kind = read_kind(channel, kind);
  for (const std::string_view key : {"only", "after", "remind", "fallback"}) {
    if (channel.has(key)) channel.warning(key, "is not built yet: the channel is told of everything at once, and once");
  }
  for (const Node* item : channel.items("only")) {
    const bool fits = item->is_scalar() && (item->text == "down" || item->text == "degraded");
    if (!fits) channel.misfit(*item, "only", "expected down or degraded");
  }
  (void)channel.duration("after");
  (void)channel.duration("remind", seconds(60));
  if (const auto fallback = channel.text("fallback");
      fallback && std::find(names.begin(), names.end(), *fallback) == names.end()) {
    channel.misfit("fallback", "expected the name of another channel");
  }
  return read;
}

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

std::vector<Channel> read_channels(const Section& root) {
  ChannelNames names;
  std::vector<Channel> read;
  const Node* node = root.find("channels");
  if (node == nullptr) return read;
  const Section channels(root.reading(), *node, Object::channel, "channels", &root, Keys::free);
  channels.each([&](const Node& key, const Node&) {
    if (!is_identifier(key.text))
      channels.error_at(key, shown(key.text), "expected a name of a-z, 0-9 and '-', 1 to 64 characters");
    names.emplace_back(key.text);
  });
  channels.each([&](const Node& key, const Node& value) {
    const Section channel(root.reading(), value, Object::channel, std::string(key.text), &channels);
    read.push_back(read_channel(channel, ChannelId(key.text), names));
  });
  return read;
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

void validate_blindness(const Section& root) {
  const Node* node = root.find("blindness");
  if (node == nullptr) return;
  const Section section(root.reading(), *node, Object::blindness, "blindness", &root);
  for (const Node* item : section.items("anchors")) {
    const bool word = item->is_scalar() && (item->text == "gateway" || item->text == "resolvers");
    if (!word && !(item->is_scalar() && parse_url(item->text)))
      section.misfit(*item, "anchors", "expected a url, gateway or resolvers");
  }
  if (const auto ping = section.text("ping"); ping && !parse_http_url(*ping))
    section.misfit("ping", "expected https://… or http://…");
  root.warning("blindness", "not built yet: has no effect");
}

void validate_grouping(const Section& root) {
  const Node* node = root.find("grouping");
  if (node == nullptr) return;
  const Section section(root.reading(), *node, Object::grouping, "grouping", &root);
  (void)section.integer("threshold", 1, 100'000);
  (void)section.duration("within", seconds(1));
  (void)section.duration("every", seconds(1));
  root.warning("grouping", "not built yet: has no effect");
}

void validate_maintenance(const Section& root) {
  const auto items = root.items("maintenance");
  const auto ids = items.empty() ? ServiceIds{} : service_ids(root);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Section one(root.reading(), *items[i], Object::maintenance, fmt::format("maintenance[{}]", i), &root);
    require(one, "title", "expected what is done");
    require(one, "start", "expected a local time such as 2026-12-01T02:00");
    require(one, "lasts", "expected a duration such as 1h");
    (void)one.name("title");
    refer(one, "services", ids);
    const auto start = one.text("start");
    const bool local =
        start && (parse_rfc3339(*start + ":00Z") || parse_rfc3339(*start + "Z") || parse_rfc3339(*start));
    if (start && !local) one.misfit("start", "expected a local time such as 2026-12-01T02:00");
    (void)one.name("zone");
    (void)one.duration("lasts", seconds(1));
    if (const auto every = one.text("every"); every && *every != "day" && *every != "week" && *every != "month") {
      const auto period = parse_duration(*every);
      if (!period || *period < std::chrono::hours(1))
        one.misfit("every", "expected day, week, month or a duration of at least 1h such as 36h");
    }
  }
  if (!items.empty()) root.warning("maintenance", "not built yet: has no effect");
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

void read_flapping(const Section& section) {
  const Node* node = section.find("flapping");
  if (node == nullptr || (node->is_scalar() && node->text == "off")) return;
  const Section flapping(section.reading(), *node, Object::flapping, "flapping", &section);
  (void)flapping.integer("over", 2, 1'000);
  const auto high = flapping.percent("high");
  const auto low = flapping.percent("low");
  if (high && low && *low >= *high) flapping.error("low", "expected less than high");
  section.warning("flapping", "not built yet: has no effect");
}

void validate_later_check(const Section& service, std::string_view kind) {
  const Node& node = *service.find(kind);
  if (kind == "heartbeat") {
    const Section heartbeat(service.reading(), node, Object::heartbeat, "heartbeat", &service);
    require(heartbeat, "every", "expected how often a ping comes, such as 1d");
    (void)heartbeat.duration("every", seconds(1));
    (void)heartbeat.duration("grace");
    (void)heartbeat.text("token_file");
  } else {
    const Section cloudwatch(service.reading(), node, Object::cloudwatch, "cloudwatch", &service);
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
  }
  service.warning(kind, "not built yet: the check is unknown, reason unsupported");
}

}  // namespace allclear::config
