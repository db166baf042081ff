// S17: text of others x every channel: nothing of it is more than text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/notify/discord.h"
#include "adapters/notify/exec.h"
#include "adapters/notify/mail.h"
#include "adapters/notify/ntfy.h"
#include "adapters/notify/pagerduty.h"
#include "adapters/notify/slack.h"
#include "adapters/notify/teams.h"
#include "adapters/notify/telegram.h"
#include "adapters/notify/text.h"
#include "adapters/notify/webhook.h"
#include "base/json.h"
#include "tests/support/sample_notice.h"

namespace allclear::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::every_step;
using testing_support::ForeignText;
using testing_support::noon;
using testing_support::sample_notice;

constexpr std::string_view canary = "evidence-canary-4711";

const std::vector<std::string> payloads = {
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg onload=x> ' onmouseover='x",
    "<!channel> <!here> <@U123> <https://evil.example|click>",
    "[click](https://evil.example) **b** __u__ ~~s~~ `c` # h\n> q\n- l @everyone <@&1> :smile:",
    "\",\"text\":\"x\"},{\"a\":\"",
    "a\r\nBcc: evil@example.com\r\nContent-Type: text/html\r\n\r\n<b>",
    "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
    "=?UTF-8?B?PHNjcmlwdD4=?=",
    std::string("nul\0nul \x01\x02\x1b[31mred\x7f", 19),
    "broken \xff\xfe\xc0\xaf \xed\xa0\x80 \xf5",
    "\u202Egnp.exe \u2066iso\u2069 \u200Bzero \uFEFFbom \u2028sep \u0085nel \U000E0041",
    "{} {0} %s %n ${PATH} $(id) `id` {{x}} &amp;lt; &#60;",
    std::string(100'000, '<'),
    std::string(50'000, '\n') + "x" + std::string(50'000, '&'),
    "日本語 Żółć נקודה العربية \U0001F600",
};

std::vector<Notice> hostile_notices() {
  std::vector<Notice> notices;
  for (const std::string& payload : payloads) {
    for (const IncidentStep step : every_step) {
      ForeignText text = ForeignText::all(payload);
      text.evidence = std::string(canary) + payload;
      notices.push_back(sample_notice(step, text));
    }
  }
  return notices;
}

// Every text of a document, keys included.
void each_text(const Json& value, const std::function<void(const std::string&)>& visit) {
  if (value.is_string()) visit(value.get<std::string>());
  for (const auto& [key, child] : value.items()) {
    if (!value.is_structured()) break;
    if (value.is_object()) visit(key);
    each_text(child, visit);
  }
}

// Lines may begin or end with what a format puts there, so each is looked at by itself.
void expect_clean(const std::string& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    EXPECT_EQ(one_line("." + line + ".", line.size() * 3 + 9), "." + line + ".");
    at = end + 1;
  }
}

struct NamedDialect {
  const char* name;
  HttpDialect dialect;
};
const std::vector<NamedDialect> dialects = {
    {"slack", slack({"https://hooks.slack.com/services/abcdefgh"})},
    {"pagerduty", pagerduty({"key", "https://events.pagerduty.com"})},
    {"teams", teams({"https://example.com/workflows/abcdefgh"})},
    {"discord", discord({"https://discord.com/api/webhooks/abcdefgh"})},
    {"telegram", telegram({"1:a", "1", "https://api.telegram.org"})},
    {"ntfy", ntfy({"ops", "", {}, "https://ntfy.sh"})},
    {"alertmanager", webhook({"https://example.com/", {}, WebhookFormat::alertmanager})},
};

// What a format of its own may read in it.
void expect_no_meaning(std::string_view channel, std::string text) {
  if (channel == "slack") {
    EXPECT_EQ(text.find_first_of("<>"), std::string::npos) << text.substr(0, 200);
    for (auto at = text.find('&'); at != std::string::npos; at = text.find('&', at + 1)) {
      const std::string_view rest = std::string_view(text).substr(at);
      EXPECT_TRUE(rest.starts_with("&amp;") || rest.starts_with("&lt;") || rest.starts_with("&gt;"));
    }
  }
  if (channel == "telegram") {
    for (const std::string_view tag :
         {"<b>", "</b>", "<a href=\"https://status.example.com/\">",
          "<a href=\"https://status.example.com/incidents/01JD4Z8Q2W9N5T0V7X3Y6B1CMK.html\">", "</a>"}) {
      for (auto at = text.find(tag); at != std::string::npos; at = text.find(tag)) text.erase(at, tag.size());
    }
    EXPECT_EQ(text.find_first_of("<>"), std::string::npos) << text.substr(0, 200);
  }
}

TEST(HostileText, S17_JsonOfEveryChannelIsValidAndHoldsOnlyText) {
  for (const Notice& notice : hostile_notices()) {
    for (const auto& [name, dialect] : dialects) {
      const Post post = dialect.compose(notice, noon());
      const auto body = parse_json(post.body);
      ASSERT_TRUE(body) << name << ": " << body.error().message;
      EXPECT_LE(post.body.size(), 40'000U) << name;
      each_text(*body, [&, channel = std::string_view(name)](const std::string& text) {
        expect_clean(text);
        EXPECT_THAT(text, Not(HasSubstr(std::string(canary)))) << channel;
        expect_no_meaning(channel, text);
      });
      for (const net::HttpField& header : post.headers) {
        EXPECT_EQ(header.value.find_first_of("\r\n"), std::string::npos);
      }
    }
  }
}

TEST(HostileText, S17_DiscordsMarkdownIsEscaped) {
  for (const Notice& notice : hostile_notices()) {
    const Json body = *parse_json(dialects[3].dialect.compose(notice, noon()).body);
    const Json& embed = body["embeds"][0];
    std::vector<std::string> texts = {embed["title"], embed["description"]};
    for (const Json& field : embed["fields"]) {
      if (field["name"] != "Incident page") texts.push_back(field["value"]);  // ours, and meant to be a link
    }
    for (const std::string& text : texts) {
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
          ++i;  // whatever follows is shown as it is
        } else {
          EXPECT_EQ(std::string_view("*_~`[]()<>@#|:").find(text[i]), std::string_view::npos) << text.substr(i, 40);
        }
      }
    }
  }
}

TEST(HostileText, S17_TheEventIsValidJsonOfItsOwnShape) {
  for (const Notice& notice : hostile_notices()) {
    const Post post = webhook({"https://example.com/", {"key"}, {}}).compose(notice, noon());
    const auto event = parse_json(post.body);
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->size(), 8U);
    EXPECT_EQ((*event)["data"].size(), 5U);
    EXPECT_EQ(post.body.find('\n'), std::string::npos);
    EXPECT_EQ(post.body.find(canary), std::string::npos);
    for (const std::string& variable : exec_environment(notice)) {
      EXPECT_EQ(variable.find_first_of("\r\n<>$`"), std::string::npos) << variable;
    }
  }
}

std::size_t tags_in(std::string html) {
  for (auto at = html.find("<br>"); at != std::string::npos; at = html.find("<br>")) html.erase(at, 4);
  return static_cast<std::size_t>(std::count(html.begin(), html.end(), '<'));
}

TEST(HostileText, S17_AMailsHtmlHasTheTagsOfAHarmlessOneAndItsHeadersAreItsOwn) {
  EmailChannel channel;
  channel.to = {"ops@example.com"};
  channel.from = "allclear@example.com";
  for (const std::string& payload : payloads) {
    for (const IncidentStep step : every_step) {
      ForeignText text = ForeignText::all(payload);
      text.evidence = std::string(canary) + payload;
      const Mail hostile = compose_mail(channel, sample_notice(step, text), noon());
      const Mail harmless = compose_mail(channel, sample_notice(step, ForeignText::all("harmless")), noon());
      EXPECT_EQ(tags_in(hostile.html), tags_in(harmless.html)) << payload.substr(0, 60);
      EXPECT_EQ(std::count(hostile.html.begin(), hostile.html.end(), '"'),
                std::count(harmless.html.begin(), harmless.html.end(), '"'));
      EXPECT_THAT(hostile.html + hostile.text, Not(HasSubstr(std::string(canary))));
      ASSERT_EQ(hostile.headers.size(), harmless.headers.size());
      for (std::size_t i = 0; i < hostile.headers.size(); ++i) {
        const std::string& line = hostile.headers[i];
        EXPECT_EQ(line.substr(0, line.find(':')), harmless.headers[i].substr(0, line.find(':')));
        for (std::size_t at = line.find_first_of("\r\n"); at != std::string::npos;
             at = line.find_first_of("\r\n", at + 3)) {
          EXPECT_EQ(line.substr(at, 3), "\r\n ") << "only a fold";
        }
      }
    }
  }
}

TEST(HostileText, S17_AnAddressOfThePageThatCouldLeaveItsQuotesIsLeftOut) {
  for (const char* address : {"https://x.example/\"><script>", "javascript:alert(1)", "https://x.example/|y>"}) {
    Notice notice = sample_notice();
    notice.page_url = address;
    for (const auto& [name, dialect] : dialects) {
      const std::string body = dialect.compose(notice, noon()).body;
      EXPECT_THAT(body, Not(HasSubstr("<script"))) << name;
      EXPECT_THAT(body, Not(HasSubstr("x.example"))) << name;
    }
    EmailChannel channel;
    channel.from = "a@b";
    channel.to = {"a@b"};
    EXPECT_THAT(compose_mail(channel, notice, noon()).html, Not(HasSubstr("<script")));
  }
}

}  // namespace
}  // namespace allclear::notify
