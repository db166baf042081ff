#include "adapters/notify/telegram.h"

#include <fmt/format.h>

#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

// A message has at most 4,096 characters once its entities are read; ours stays below 4,000 bytes of them.
constexpr std::size_t no_limit = 100'000;

std::string escaped(std::string_view text) { return escape_angles(text, no_limit); }

std::string html_of(const Message& message) {
  std::string html = fmt::format("<b>{}</b>\n{}\n", escaped(message.subject), escaped(message.body));
  for (const Fact& fact : message.facts) html += fmt::format("\n<b>{}:</b> {}", fact.label, escaped(fact.value));
  if (!message.diagnosis.empty()) html += fmt::format("\n\n<b>Diagnosis</b>\n{}", escaped(message.diagnosis));
  // A safe link holds no quotes; an ampersand in it is written as an entity.
  if (!message.incident_link.empty()) {
    html += fmt::format("\n\n<a href=\"{}\">Incident</a>", escaped(message.incident_link));
  }
  if (!message.page_link.empty()) html += fmt::format("\n\n<a href=\"{}\">Status page</a>", escaped(message.page_link));
  return html;
}

Post compose(const TelegramChannel& channel, const Notice& notice) {
  OrderedJson body;
  body["chat_id"] = channel.chat;
  body["text"] = html_of(make_message(notice));
  body["parse_mode"] = "HTML";
  body["link_preview_options"]["is_disabled"] = true;
  Post post;
  post.url = http_url(fmt::format("{}/bot{}/sendMessage", channel.url, channel.token));
  post.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return post;
}

}  // namespace

HttpDialect telegram(const TelegramChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime) { return compose(channel, notice); };
  dialect.advice.malformed = "is the chat's number right, and is the bot in it?";
  dialect.advice.refused = "is the bot's token right, and may it write to the chat?";
  dialect.advice.missing = "is the bot's token right?";
  dialect.secrets = {channel.token};
  return dialect;
}

}  // namespace allclear::notify
