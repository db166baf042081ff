#include "adapters/notify/teams.h"

#include <fmt/format.h>

#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

// Of the card's own colours the one nearest to the message's.
std::string_view colour_word(const Message& message) {
  switch (message.standing) {
    case Standing::over: return "Good";
    case Standing::unwatched: return "Default";
    case Standing::acknowledged: return "Accent";
    case Standing::failing: break;
  }
  return message.severity == Severity::minor ? "Warning" : "Attention";
}

// Runs of text are shown as they are; a TextBlock would read Markdown.
OrderedJson run(std::string_view text) { return {{"type", "TextRun"}, {"text", std::string(text)}}; }

OrderedJson paragraph(OrderedJson runs, std::string_view spacing) {
  return {{"type", "RichTextBlock"}, {"spacing", std::string(spacing)}, {"inlines", std::move(runs)}};
}

OrderedJson lines(std::string_view text) { return paragraph(OrderedJson::array({run(text)}), "Medium"); }

OrderedJson elements_of(const Message& message) {
  OrderedJson elements = OrderedJson::array();
  OrderedJson headline = run(message.subject);
  headline["size"] = "Large";
  headline["weight"] = "Bolder";
  headline["color"] = std::string(colour_word(message));
  elements.push_back(paragraph(OrderedJson::array({std::move(headline)}), "Default"));
  elements.push_back(lines(message.body));
  for (const Fact& fact : message.facts) {
    OrderedJson label = run(fmt::format("{}: ", fact.label));
    label["weight"] = "Bolder";
    elements.push_back(paragraph(OrderedJson::array({std::move(label), run(fact.value)}), "Small"));
  }
  if (!message.diagnosis.empty()) elements.push_back(lines("Diagnosis\n" + message.diagnosis));
  return elements;
}

OrderedJson open_url(std::string_view title, const std::string& address) {
  return {{"type", "Action.OpenUrl"}, {"title", std::string(title)}, {"url", address}};
}

OrderedJson card_of(const Message& message) {
  OrderedJson card;
  card["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json";
  card["type"] = "AdaptiveCard";
  card["version"] = "1.2";
  card["fallbackText"] = message.subject;
  card["msteams"]["width"] = "Full";
  card["body"] = elements_of(message);
  OrderedJson actions = OrderedJson::array();
  if (!message.incident_link.empty()) actions.push_back(open_url("Incident", message.incident_link));
  if (!message.page_link.empty()) actions.push_back(open_url("Status page", message.page_link));
  if (!actions.empty()) card["actions"] = std::move(actions);
  return card;
}

Post compose(const TeamsChannel& channel, const Notice& notice) {
  OrderedJson attachment;
  attachment["contentType"] = "application/vnd.microsoft.card.adaptive";
  attachment["contentUrl"] = nullptr;
  attachment["content"] = card_of(make_message(notice));
  OrderedJson body;
  body["type"] = "message";
  body["attachments"] = OrderedJson::array({std::move(attachment)});
  Post post;
  post.url = http_url(channel.url);
  post.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return post;
}

}  // namespace

HttpDialect teams(const TeamsChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime) { return compose(channel, notice); };
  dialect.advice.malformed = "is it the address of a workflow that posts to Teams when a webhook request comes?";
  dialect.advice.refused = "was the workflow switched off, or may it not post there?";
  dialect.advice.missing = "was the workflow removed?";
  dialect.secrets = secrets_of_url(channel.url);
  return dialect;
}

}  // namespace allclear::notify
