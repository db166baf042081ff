#include "adapters/config/read_channel_kinds.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "adapters/config/read_email.h"
#include "adapters/config/target_fields.h"
#include "base/characters.h"

namespace allclear::config {
namespace {

constexpr std::array<std::pair<std::string_view, WebhookFormat>, 2> formats{
    {{"cloudevents", WebhookFormat::cloudevents}, {"alertmanager", WebhookFormat::alertmanager}}};

Section kind_section(const Section& channel, std::string_view kind, Object object) {
  return {channel.reading(), *channel.find(kind), object, std::string(kind), &channel};
}

std::string without_slashes_at_end(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// `key` or `key_file`, of which one must be there.
std::string required_secret(const Section& section, std::string_view key, std::string_view what) {
  const bool written = section.has(key) || section.has(std::string(key) + "_file");
  if (section.is_map() && !written) section.missing(key, fmt::format("expected {}", what));
  const auto value = section.secret(key);
  if (value && value->empty()) section.error(key, fmt::format("expected {}, found an empty text", what));
  return value.value_or("");
}

bool names_user(std::string_view url) {
  const std::string_view rest = url.substr(std::min(url.find("://"), url.size()));
  return rest.substr(0, rest.find_first_of("/?#", 3)).find('@') != std::string_view::npos;
}

// Why a channel cannot post to it, without repeating it; empty: it can.
std::string http_mistake(const std::string& url) {
  const auto parsed = parse_http_url(url);
  if (parsed) return {};
  const std::string lower = lower_case(url);
  if (!lower.starts_with("https://") && !lower.starts_with("http://")) return "expected https://… or http://…";
  if (names_user(url)) return "user and password do not belong into the address of a channel";
  return parsed.error().message;
}

void expect_http(const Section& section, std::string_view key, const std::string& url) {
  const std::string mistake = url.empty() ? "" : http_mistake(url);
  const std::string file_key = std::string(key) + "_file";
  if (!mistake.empty()) section.error(section.has(file_key) ? std::string_view(file_key) : key, mistake);
}

// Who knows the address may post: the part that a log could show apart from it is a secret, too.
void remember_path(const Section& section, const std::string& url) {
  constexpr std::size_t telling = 8;
  const auto parsed = parse_http_url(url);
  if (parsed && parsed->path.size() >= telling) section.reading().secrets.push_back(parsed->path);
}

std::string secret_url(const Section& section, std::string_view what) {
  std::string url = required_secret(section, "url", what);
  expect_http(section, "url", url);
  remember_path(section, url);
  return url;
}

bool is_base64(std::string_view text) {
  const std::size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
  const std::string_view digits = text.substr(0, text.size() - padding);
  const bool known = std::all_of(digits.begin(), digits.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/'; });
  return known && !digits.empty() && padding <= 2 && digits.size() % 4 != 1;
}

// `whsec_` announces base64: what is none would be signed with a key that no receiver has.
void expect_signing_key(const Section& section, std::string_view key, const Node& node, std::string_view secret) {
  constexpr std::string_view prefix = "whsec_";
  if (secret.starts_with(prefix) && !is_base64(secret.substr(prefix.size())))
    section.error_at(node, key, "expected base64 after whsec_, or a key without that prefix");
}

std::vector<std::string> listed_signing_keys(const Section& section, const Node& list) {
  constexpr std::size_t most = 4;  // one request carries a signature of each
  const std::vector<std::string> secrets = section.texts("secret").value_or(std::vector<std::string>{});
  for (const std::string& secret : secrets) section.reading().secrets.push_back(secret);
  if (list.children.empty() || list.children.size() > most)
    section.error("secret",
                  fmt::format("expected a key or a list of 1 to {} keys, found {}", most, list.children.size()));
  for (const Node* item : list.children) {
    if (item->is_scalar() && item->text.empty()) section.error_at(*item, "secret", "expected keys that are not empty");
    if (item->is_scalar() && !is_header_value(item->text))
      section.error_at(*item, "secret", "expected one line without control characters");
    if (item->is_scalar()) expect_signing_key(section, "secret", *item, item->text);
  }
  if (section.has("secret_file")) section.error("secret_file", "write secret or secret_file, not both");
  return secrets;
}

// `secret`, one or a list of them, or `secret_file`.
std::vector<std::string> signing_keys(const Section& section) {
  const Node* written = section.find("secret");
  if (written != nullptr && written->is_list()) return listed_signing_keys(section, *written);
  if (written != nullptr && !written->is_scalar()) {
    section.misfit("secret", "expected a key or a list of keys");
    return {};
  }
  const auto secret = section.secret("secret");
  if (!secret) return {};
  if (secret->empty()) {
    section.error("secret", "expected a key, found an empty text: leave the key out when nothing is to be signed");
    return {};
  }
  const std::string_view key = section.has("secret_file") ? "secret_file" : "secret";
  expect_signing_key(section, key, *section.find(key), *secret);
  return {*secret};
}

// The address of a service's interface, which few change.
std::string interface_url(const Section& section, std::string_view usual) {
  std::string url = without_slashes_at_end(section.text("url").value_or(std::string(usual)));
  if (const auto mistake = http_mistake(url); !mistake.empty())
    section.error("url", fmt::format("{}, such as {}", mistake, usual));
  return url;
}

WebhookChannel read_webhook(const Section& section) {
  WebhookChannel webhook;
  const bool secret_address = section.has("url_file");
  if (section.is_map() && !section.has("url") && !secret_address) section.missing("url", "expected where to post");
  const auto url = secret_address ? section.secret("url") : section.text("url");
  if (url && url->empty()) section.error("url", "expected where to post, found an empty text");
  webhook.url = url.value_or("");
  expect_http(section, "url", webhook.url);
  if (secret_address) remember_path(section, webhook.url);
  webhook.secrets = signing_keys(section);
  webhook.format = section.choice("format", formats).value_or(WebhookFormat::cloudevents);
  return webhook;
}

PagerDutyChannel read_pagerduty(const Section& section) {
  PagerDutyChannel pagerduty;
  pagerduty.routing_key = required_secret(section, "routing_key", "the integration's routing key");
  std::string url = interface_url(section, "https://events.pagerduty.com");
  constexpr std::string_view path = "/v2/enqueue";  // as other programs want it
  if (url.ends_with(path)) url.resize(url.size() - path.size());
  pagerduty.url = std::move(url);
  return pagerduty;
}

bool is_bot_token(std::string_view token) {
  const std::size_t colon = token.find(':');
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto fits = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return colon != std::string_view::npos && colon > 0 && colon + 1 < token.size() &&
         std::all_of(token.begin(), token.begin() + static_cast<std::ptrdiff_t>(colon), is_digit) &&
         std::all_of(token.begin() + static_cast<std::ptrdiff_t>(colon) + 1, token.end(), fits);
}

bool is_chat(std::string_view chat) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (chat.starts_with('@')) return chat.size() > 1 && chat.find_first_not_of(letters, 1) == std::string_view::npos;
  if (chat.starts_with('-')) chat.remove_prefix(1);
  return !chat.empty() && std::all_of(chat.begin(), chat.end(), [](char c) { return c >= '0' && c <= '9'; });
}

TelegramChannel read_telegram(const Section& section) {
  TelegramChannel telegram;
  telegram.token = required_secret(section, "token", "the bot's token");
  if (!telegram.token.empty() && !is_bot_token(telegram.token))
    section.error(section.has("token_file") ? "token_file" : "token", "expected a bot's token such as 123456:ABC-DEF");
  if (section.is_map() && !section.has("chat")) section.missing("chat", "expected the chat's number or @name");
  telegram.chat = section.text("chat").value_or("");
  if (section.has("chat") && !is_chat(telegram.chat)) section.misfit("chat", "expected the chat's number or @name");
  telegram.url = interface_url(section, "https://api.telegram.org");
  return telegram;
}

bool is_topic(std::string_view topic) {
  constexpr std::size_t longest = 64;
  return !topic.empty() && topic.size() <= longest && std::all_of(topic.begin(), topic.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

NtfyChannel read_ntfy(const Section& section) {
  NtfyChannel ntfy;
  if (section.is_map() && !section.has("topic")) section.missing("topic", "expected the topic's name");
  ntfy.topic = section.text("topic").value_or("");
  if (section.has("topic") && !is_topic(ntfy.topic))
    section.misfit("topic", "expected a name of letters, digits, '-' and '_', 1 to 64 characters");
  const auto token = section.secret("token");
  if (token && token->empty())
    section.error("token", "expected a token, found an empty text: leave the key out when none is needed");
  ntfy.token = token.value_or("");
  if (const auto priority = section.integer("priority", 1, 5)) ntfy.priority = static_cast<int>(*priority);
  ntfy.url = interface_url(section, "https://ntfy.sh");
  return ntfy;
}

ExecChannel read_exec(const Section& section) {
  constexpr seconds longest{15};  // what one try of an alert may take
  ExecChannel exec;
  if (section.is_map() && !section.has("run")) section.missing("run", "expected an absolute path and its arguments");
  exec.argv = section.texts("run").value_or(std::vector<std::string>{});
  if (section.has("run") && (exec.argv.empty() || !exec.argv.front().starts_with('/')))
    section.misfit("run", "expected an absolute path and its arguments");
  for (const Node* item : section.items("run")) {
    if (item->is_scalar() && (has_control(item->text) || item->text.find('\t') != std::string_view::npos))
      section.error_at(*item, "run", "expected a path and arguments without control characters");
  }
  exec.timeout = section.duration("timeout", seconds(1), longest).value_or(exec.timeout);
  return exec;
}

UnsupportedChannel read_sns(const Section& channel, const Section& section) {
  if (section.is_map() && !section.has("topic")) section.missing("topic", "expected the topic's ARN");
  if (const auto topic = section.text("topic"); topic && !topic->starts_with("arn:"))
    section.misfit("topic", "expected arn:aws:sns:…");
  channel.warning("sns", "sending by it is not built yet: what the channel is owed is kept for a day");
  return {"sns"};
}

using Reader = ChannelKind (*)(const Section& channel);
struct Kind {
  std::string_view name;
  Reader read;
};
constexpr Kind kinds[] = {
    {"email", [](const Section& c) -> ChannelKind { return read_email(kind_section(c, "email", Object::email)); }},
    {"slack",
     [](const Section& c) -> ChannelKind {
       return SlackChannel{secret_url(kind_section(c, "slack", Object::slack), "the incoming webhook's address")};
     }},
    {"pagerduty",
     [](const Section& c) -> ChannelKind { return read_pagerduty(kind_section(c, "pagerduty", Object::pagerduty)); }},
    {"teams",
     [](const Section& c) -> ChannelKind {
       return TeamsChannel{secret_url(kind_section(c, "teams", Object::teams), "the workflow's address")};
     }},
    {"discord",
     [](const Section& c) -> ChannelKind {
       return DiscordChannel{secret_url(kind_section(c, "discord", Object::discord), "the webhook's address")};
     }},
    {"telegram",
     [](const Section& c) -> ChannelKind { return read_telegram(kind_section(c, "telegram", Object::telegram)); }},
    {"ntfy", [](const Section& c) -> ChannelKind { return read_ntfy(kind_section(c, "ntfy", Object::ntfy)); }},
    {"webhook",
     [](const Section& c) -> ChannelKind { return read_webhook(kind_section(c, "webhook", Object::webhook)); }},
    {"exec", [](const Section& c) -> ChannelKind { return read_exec(kind_section(c, "exec", Object::exec)); }},
    {"sns", [](const Section& c) -> ChannelKind { return read_sns(c, kind_section(c, "sns", Object::sns)); }},
};

}  // namespace

std::span<const std::string_view> channel_kinds() {
  static constexpr auto names = [] {
    std::array<std::string_view, std::size(kinds)> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = kinds[i].name;
    return all;
  }();
  return names;
}

ChannelKind read_channel_kind(const Section& channel, std::string_view kind) {
  const auto* found =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& one) { return one.name == kind; });
  return found->read(channel);
}

}  // namespace allclear::config
