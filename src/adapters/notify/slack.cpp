#include "adapters/notify/slack.h"

#include <fmt/format.h>

#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

// Slack's limits, in characters; we count bytes, which are more.
constexpr std::size_t header_limit = 150;
constexpr std::size_t section_limit = 3'000;
constexpr std::size_t field_limit = 2'000;
constexpr std::size_t fields_limit = 10;

// Plain text is shown as it is: no formatting, no mentions, no links.
OrderedJson plain(std::string_view text, std::size_t limit) {
  return {{"type", "plain_text"}, {"text", escape_angles(text, limit)}, {"emoji", false}};
}

OrderedJson button(std::string_view label, const std::string& address) {
  return {{"type", "button"}, {"text", plain(label, header_limit)}, {"url", address}};
}

OrderedJson blocks_of(const Message& message) {
  OrderedJson blocks = OrderedJson::array();
  blocks.push_back({{"type", "header"}, {"text", plain(title_line(message.subject, header_limit), header_limit)}});
  blocks.push_back({{"type", "section"}, {"text", plain(message.body, section_limit)}});
  OrderedJson fields = OrderedJson::array();
  for (const Fact& fact : message.facts) {
    if (fields.size() < fields_limit)
      fields.push_back(plain(fmt::format("{}\n{}", fact.label, fact.value), field_limit));
  }
  blocks.push_back({{"type", "section"}, {"fields", std::move(fields)}});
  if (!message.diagnosis.empty()) {
    blocks.push_back({{"type", "section"}, {"text", plain("Diagnosis\n" + message.diagnosis, section_limit)}});
  }
  OrderedJson buttons = OrderedJson::array();
  if (!message.incident_link.empty()) buttons.push_back(button("Incident", message.incident_link));
  if (!message.page_link.empty()) buttons.push_back(button("Status page", message.page_link));
  if (!buttons.empty()) blocks.push_back({{"type", "actions"}, {"elements", std::move(buttons)}});
  return blocks;
}

Post compose(const SlackChannel& channel, const Notice& notice) {
  const Message message = make_message(notice);
  OrderedJson body;
  // Shown in notifications and by programs that know no blocks.
  body["text"] = escape_angles(message.headline, section_limit);
  body["mrkdwn"] = false;
  body["unfurl_links"] = false;
  body["unfurl_media"] = false;
  body["blocks"] = blocks_of(message);
  Post post;
  post.url = http_url(channel.url);
  post.content_type = "application/json; charset=utf-8";
  post.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return post;
}

}  // namespace

HttpDialect slack(const SlackChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime) { return compose(channel, notice); };
  dialect.advice.refused = "was the webhook or its app removed, or may it not post there?";
  dialect.advice.missing = "was the webhook or its channel removed? make a new one in Slack";
  dialect.secrets = secrets_of_url(channel.url);
  return dialect;
}

}  // namespace allclear::notify
