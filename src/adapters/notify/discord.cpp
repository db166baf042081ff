#include "adapters/notify/discord.h"

#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

// Discord's limits in characters are 256, 4,096, 1,024 and 6,000 for all of an embed; bytes are more.
constexpr std::size_t title_limit = 256;
constexpr std::size_t description_limit = 2'400;
constexpr std::size_t value_limit = 300;
constexpr std::size_t diagnosis_limit = 1'000;

OrderedJson field(std::string_view name, std::string value, bool beside) {
  return {{"name", std::string(name)}, {"value", std::move(value)}, {"inline", beside}};
}

OrderedJson embed_of(const Message& message) {
  OrderedJson embed;
  embed["title"] = escape_markdown(message.subject, title_limit);
  if (!message.page_link.empty()) embed["url"] = message.page_link;
  embed["description"] = escape_markdown(message.body, description_limit);
  embed["color"] = colour_of(message);
  embed["timestamp"] = format_rfc3339(message.at);
  OrderedJson fields = OrderedJson::array();
  for (const Fact& fact : message.facts) {
    fields.push_back(field(fact.label, escape_markdown(fact.value, value_limit), true));
  }
  if (!message.diagnosis.empty()) {
    fields.push_back(field("Diagnosis", escape_markdown(message.diagnosis, diagnosis_limit), false));
  }
  if (!message.incident_link.empty()) fields.push_back(field("Incident page", message.incident_link, false));
  embed["fields"] = std::move(fields);
  return embed;
}

Post compose(const DiscordChannel& channel, const Notice& notice) {
  OrderedJson body;
  body["allowed_mentions"]["parse"] = OrderedJson::array();
  body["embeds"] = OrderedJson::array({embed_of(make_message(notice))});
  Post post;
  post.url = http_url(channel.url);
  post.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return post;
}

}  // namespace

HttpDialect discord(const DiscordChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime) { return compose(channel, notice); };
  dialect.advice.refused = "is the webhook's address whole?";
  dialect.advice.missing = "was the webhook removed? make a new one in Discord";
  dialect.secrets = secrets_of_url(channel.url);
  return dialect;
}

}  // namespace allclear::notify
