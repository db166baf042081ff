// What each HTTP channel is sent, held against the published formats as far as they can be stated here.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/notify/discord.h"
#include "adapters/notify/mail.h"
#include "adapters/notify/ntfy.h"
#include "adapters/notify/pagerduty.h"
#include "adapters/notify/signature.h"
#include "adapters/notify/slack.h"
#include "adapters/notify/teams.h"
#include "adapters/notify/telegram.h"
#include "adapters/notify/webhook.h"
#include "base/json.h"
#include "tests/support/sample_notice.h"

namespace allclear::notify {
namespace {

using ::testing::HasSubstr;
using testing_support::every_step;
using testing_support::ForeignText;
using testing_support::noon;
using testing_support::sample_notice;

Post post_of(const HttpDialect& dialect, const Notice& notice) { return dialect.compose(notice, noon()); }

Json body_of(const HttpDialect& dialect, const Notice& notice) {
  auto body = parse_json(post_of(dialect, notice).body);
  EXPECT_TRUE(body) << body.error().message;
  return body.value_or(Json());
}

std::set<std::string> keys_of(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

// Notices that a format must hold for: each step, with usual, with no and with endless texts.
std::vector<Notice> notices() {
  std::vector<Notice> all;
  for (const IncidentStep step : every_step) {
    all.push_back(sample_notice(step));
    all.push_back(sample_notice(step, ForeignText::all(std::string(100'000, '&'))));
    all.push_back(sample_notice(step, ForeignText::all("")));
    all.back().service = nullptr;
    all.back().page_url = "";
  }
  return all;
}

TEST(EveryChannel, LeadsToTheIncidentsPageAndToNoneThatIsNotThere) {
  const std::string page = "https://status.example.com/incidents/01JD4Z8Q2W9N5T0V7X3Y6B1CMK.html";
  const HttpDialect dialects[] = {slack({"https://a.example/secretsecret"}),
                                  teams({"https://a.example/secretsecret"}),
                                  discord({"https://a.example/secretsecret"}),
                                  pagerduty({"key", "https://a.example"}),
                                  telegram({"1:a", "1", "https://a.example"}),
                                  ntfy({"ops", "", {}, "https://a.example"}),
                                  webhook({"https://a.example/", {}, WebhookFormat::cloudevents}),
                                  webhook({"https://a.example/", {}, WebhookFormat::alertmanager})};
  for (const IncidentStep step : every_step) {
    const Notice shown = sample_notice(step);
    Notice hidden = shown;
    Service internal = *shown.service;
    internal.visibility = Visibility::internal;
    hidden.service = std::make_shared<const Service>(std::move(internal));
    for (const HttpDialect& dialect : dialects) {
      EXPECT_THAT(post_of(dialect, shown).body, HasSubstr(page));
      EXPECT_THAT(post_of(dialect, hidden).body, testing::Not(HasSubstr("/incidents/")));
    }
    EmailChannel email;
    email.to = {"ops@example.com"};
    email.from = "allclear@example.com";
    EXPECT_THAT(compose_mail(email, shown, noon()).text, HasSubstr("Incident: " + page));
    EXPECT_THAT(compose_mail(email, shown, noon()).html, HasSubstr("<a href=\"" + page));
    EXPECT_THAT(compose_mail(email, hidden, noon()).html, testing::Not(HasSubstr("/incidents/")));
  }
}

const SlackChannel slack_channel{"https://hooks.slack.com/services/T0/B0/secretsecret"};

void expect_plain_text(const Json& text, std::size_t limit) {
  EXPECT_EQ(keys_of(text), (std::set<std::string>{"type", "text", "emoji"}));
  EXPECT_EQ(text["type"], "plain_text");
  EXPECT_GE(text["text"].get<std::string>().size(), 1U);
  EXPECT_LE(text["text"].get<std::string>().size(), limit);
}

TEST(Slack, BlocksKeepToBlockKit) {
  for (const Notice& notice : notices()) {
    const Json body = body_of(slack(slack_channel), notice);
    EXPECT_FALSE(body["text"].get<std::string>().empty());
    ASSERT_LE(body["blocks"].size(), 50U);
    for (const Json& block : body["blocks"]) {
      const std::string type = block["type"];
      if (type == "header") {
        expect_plain_text(block["text"], 150);
      } else if (type == "section") {
        if (block.contains("text")) expect_plain_text(block["text"], 3'000);
        EXPECT_TRUE(block.contains("text") || block.contains("fields"));
        EXPECT_LE(block.value("fields", Json::array()).size(), 10U);
        for (const Json& field : block.value("fields", Json::array())) expect_plain_text(field, 2'000);
      } else {
        ASSERT_EQ(type, "actions");
        for (const Json& element : block["elements"]) {
          EXPECT_EQ(keys_of(element), (std::set<std::string>{"type", "text", "url"}));
          expect_plain_text(element["text"], 75);
          EXPECT_LE(element["url"].get<std::string>().size(), 3'000U);
        }
      }
    }
  }
}

TEST(Slack, S17_MentionsAndLinksOfOthersAreText) {
  const Json body =
      body_of(slack(slack_channel), sample_notice(IncidentStep::opened, ForeignText::all("<!channel> <http://x|y> &")));
  EXPECT_EQ(body["blocks"][0]["text"]["text"], "&lt;!channel&gt; &lt;http://x|y&gt; &amp;");
  EXPECT_EQ(body["text"].get<std::string>().find('<'), std::string::npos);
  EXPECT_EQ(body["mrkdwn"], false);
}

const PagerDutyChannel pager{"R0123456789abcdef", "https://events.pagerduty.com"};

TEST(PagerDuty, EventsKeepToTheV2Schema) {
  const std::set<std::string> allowed = {"routing_key", "event_action", "dedup_key", "payload",
                                         "client",      "client_url",   "links",     "images"};
  const std::set<std::string> allowed_payload = {"summary",   "source", "severity", "timestamp",
                                                 "component", "group",  "class",    "custom_details"};
  const std::set<std::string> severities = {"critical", "error", "warning", "info"};
  for (const Notice& notice : notices()) {
    const Post post = post_of(pagerduty(pager), notice);
    EXPECT_EQ(net::to_string(post.url), "https://events.pagerduty.com/v2/enqueue");
    EXPECT_LE(post.body.size(), 512U * 1024);
    const Json body = body_of(pagerduty(pager), notice);
    for (const std::string& key : keys_of(body)) EXPECT_TRUE(allowed.contains(key)) << key;
    for (const std::string& key : keys_of(body["payload"])) EXPECT_TRUE(allowed_payload.contains(key)) << key;
    EXPECT_EQ(body["dedup_key"], notice.incident.id.value());
    EXPECT_LE(body["dedup_key"].get<std::string>().size(), 255U);
    EXPECT_LE(body["payload"]["summary"].get<std::string>().size(), 1'024U);
    EXPECT_FALSE(body["payload"]["source"].get<std::string>().empty());
    EXPECT_TRUE(severities.contains(body["payload"]["severity"]));
    EXPECT_TRUE(parse_rfc3339(body["payload"]["timestamp"].get<std::string>()));
    for (const Json& link : body["links"]) EXPECT_EQ(keys_of(link), (std::set<std::string>{"href", "text"}));
  }
}

TEST(PagerDuty, AnIncidentIsTriggeredAcknowledgedAndResolvedUnderOneKey) {
  const auto action = [](IncidentStep step) { return body_of(pagerduty(pager), sample_notice(step))["event_action"]; };
  for (const IncidentStep step : {IncidentStep::opened, IncidentStep::escalated, IncidentStep::updated,
                                  IncidentStep::reminder, IncidentStep::reopened}) {
    EXPECT_EQ(action(step), "trigger");
  }
  EXPECT_EQ(action(IncidentStep::acknowledged), "acknowledge");
  EXPECT_EQ(action(IncidentStep::resolved), "resolve");
  Notice paused = sample_notice(IncidentStep::resolved);
  paused.incident.unwatched = true;
  EXPECT_EQ(body_of(pagerduty(pager), paused)["event_action"], "resolve") << "nobody will tell it more";
  EXPECT_EQ(body_of(pagerduty(pager), sample_notice())["payload"]["severity"], "error");
}

TEST(PagerDuty, WhatIsReplayedAfterTheEndResolves) {
  for (const IncidentStep step : every_step) {
    Notice notice = sample_notice(step);
    const Json usual = body_of(pagerduty(pager), notice)["event_action"];
    notice.alert.replayed_at = noon() + std::chrono::hours(1);
    if (!notice.incident.resolved_at) {
      EXPECT_EQ(body_of(pagerduty(pager), notice)["event_action"], usual);
    }
    notice.incident.resolved_at = noon();
    EXPECT_EQ(body_of(pagerduty(pager), notice)["event_action"], "resolve");
    notice.alert.replayed_at.reset();
    EXPECT_EQ(body_of(pagerduty(pager), notice)["event_action"], usual) << "what is late has its end behind it";
  }
}

// Only elements of Adaptive Cards 1.2 that read no Markdown.
TEST(Teams, TheCardIsOfTextRuns) {
  for (const Notice& notice : notices()) {
    const Post post = post_of(teams({"https://example.com/workflows/abc?sig=secretsecret"}), notice);
    EXPECT_LE(post.body.size(), 28U * 1024) << "what Teams takes";
    const Json body = Json::parse(post.body);
    EXPECT_EQ(body["type"], "message");
    const Json& attachment = body["attachments"].at(0);
    EXPECT_EQ(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
    const Json& card = attachment["content"];
    EXPECT_EQ(card["type"], "AdaptiveCard");
    EXPECT_EQ(card["version"], "1.2");
    for (const Json& element : card["body"]) {
      EXPECT_EQ(element["type"], "RichTextBlock");
      for (const Json& run : element["inlines"]) EXPECT_EQ(run["type"], "TextRun");
    }
    for (const Json& action : card.value("actions", Json::array())) EXPECT_EQ(action["type"], "Action.OpenUrl");
  }
}

TEST(Discord, TheEmbedKeepsToTheLimitsAndMentionsNobody) {
  for (const Notice& notice : notices()) {
    const Json body = body_of(discord({"https://discord.com/api/webhooks/1/secretsecret"}), notice);
    EXPECT_EQ(body["allowed_mentions"]["parse"], Json::array());
    const Json& embed = body["embeds"].at(0);
    std::size_t total = 0;
    const auto within = [&](const Json& text, std::size_t limit) {
      EXPECT_FALSE(text.get<std::string>().empty());
      EXPECT_LE(text.get<std::string>().size(), limit);
      total += text.get<std::string>().size();
    };
    within(embed["title"], 256);
    within(embed["description"], 4'096);
    EXPECT_LE(embed["fields"].size(), 25U);
    for (const Json& field : embed["fields"]) {
      within(field["name"], 256);
      within(field["value"], 1'024);
    }
    EXPECT_LE(total, 6'000U);
    EXPECT_LE(embed["color"].get<int>(), 0xFFFFFF);
  }
}

TEST(Telegram, TheTextIsItsHtmlAndShortEnough) {
  for (const Notice& notice : notices()) {
    const HttpDialect dialect = telegram({"12:abcdef", "-100123", "https://api.telegram.org"});
    EXPECT_EQ(net::to_string(post_of(dialect, notice).url), "https://api.telegram.org/bot12:abcdef/sendMessage");
    const Json body = body_of(dialect, notice);
    EXPECT_EQ(body["chat_id"], "-100123");
    EXPECT_EQ(body["parse_mode"], "HTML");
    std::string shown = body["text"];  // as Telegram counts: without tags, entities as one
    for (auto at = shown.find('<'); at != std::string::npos; at = shown.find('<'))
      shown.erase(at, shown.find('>', at) - at + 1);
    for (auto at = shown.find("&amp;"); at != std::string::npos; at = shown.find("&amp;", at + 1))
      shown.erase(at + 1, 4);
    EXPECT_LE(shown.size(), 4'096U);
  }
}

TEST(Ntfy, PublishesAsJson) {
  const NtfyChannel channel{"ops", "tk_secretsecret", std::nullopt, "https://ntfy.sh"};
  for (const Notice& notice : notices()) {
    const Json body = body_of(ntfy(channel), notice);
    EXPECT_EQ(body["topic"], "ops");
    EXPECT_LE(body["message"].get<std::string>().size(), 4'096U);
    EXPECT_GE(body["priority"], 1);
    EXPECT_LE(body["priority"], 5);
  }
  const Post post = post_of(ntfy(channel), sample_notice());
  EXPECT_EQ(net::to_string(post.url), "https://ntfy.sh/");
  EXPECT_EQ(post.authorization, "Bearer tk_secretsecret");
  EXPECT_EQ(body_of(ntfy(channel), sample_notice())["priority"], 4);
  EXPECT_EQ(body_of(ntfy({"ops", "", 5, "https://ntfy.sh"}), sample_notice())["priority"], 5);
  EXPECT_EQ(body_of(ntfy({"ops", "", 5, "https://ntfy.sh"}), sample_notice(IncidentStep::resolved))["priority"], 3);
}

TEST(Alertmanager, HasTheFieldsOfVersion4) {
  const WebhookChannel channel{"https://example.com/hook", {"whsec_MTIzNA=="}, WebhookFormat::alertmanager};
  const Post post = post_of(webhook(channel), sample_notice());
  EXPECT_EQ(post.content_type, "application/json");
  EXPECT_EQ(post.headers.back().name, "webhook-signature");
  const Json body = body_of(webhook(channel), sample_notice());
  EXPECT_EQ(keys_of(body),
            (std::set<std::string>{"version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels",
                                   "commonLabels", "commonAnnotations", "externalURL", "alerts"}));
  EXPECT_EQ(body["version"], "4");
  EXPECT_EQ(body["groupKey"], "{}:{service=\"shop\"}");
  EXPECT_EQ(body["status"], "firing");
  const Json& alert = body["alerts"].at(0);
  EXPECT_EQ(keys_of(alert), (std::set<std::string>{"status", "labels", "annotations", "startsAt", "endsAt",
                                                   "generatorURL", "fingerprint"}));
  EXPECT_EQ(alert["labels"]["service"], "shop");
  EXPECT_EQ(alert["startsAt"], "2026-11-20T11:55:00Z");
  EXPECT_EQ(alert["endsAt"], "0001-01-01T00:00:00Z");
  const Json resolved = body_of(webhook(channel), sample_notice(IncidentStep::resolved));
  EXPECT_EQ(resolved["status"], "resolved");
  EXPECT_EQ(resolved["alerts"][0]["endsAt"], "2026-11-20T12:00:00Z");
  EXPECT_EQ(resolved["alerts"][0]["fingerprint"], alert["fingerprint"]);
  Notice paused = sample_notice(IncidentStep::resolved);
  paused.incident.unwatched = true;
  EXPECT_EQ(body_of(webhook(channel), paused)["status"], "resolved");
}

TEST(Webhook, S14_EachKeySignsForItself) {
  const Post post = post_of(webhook({"https://example.com/hook", {"newkey", "oldkey"}, {}}), sample_notice());
  const std::string id = sample_notice().alert.id.value();
  EXPECT_EQ(post.headers.back().name, "webhook-signature");
  EXPECT_EQ(post.headers.back().value,
            sign("newkey", id, noon(), post.body) + " " + sign("oldkey", id, noon(), post.body));
  for (const net::HttpField& header : post_of(webhook({"https://example.com/hook", {}, {}}), sample_notice()).headers)
    EXPECT_NE(header.name, "webhook-signature");
}

}  // namespace
}  // namespace allclear::notify
