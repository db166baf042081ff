// `channels`: what each kind is read into, which mistakes are told, and what mailto: becomes.
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/config/smtp_address.h"
#include "tests/support/loaded_config.h"

namespace allclear::config::channels_test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::complaints;
using testing_support::environment_of;
using testing_support::loaded;

constexpr std::string_view every_channel = R"(
channels:
  ops: {email: {to: [ops@example.com, ops@example.com, dev@example.com], from: allclear@example.com,
    smtp: "smtps://user:hunter%40two@mail.example.com/"}}
  chat: {slack: {url: "https://hooks.slack.com/services/T0/B0/secret1"}}
  pager: {pagerduty: {routing_key: 0123456789, url: "https://events.eu.pagerduty.com/v2/enqueue"},
    only: [down, critical], after: 10m, remind: 4h, fallback: ops}
  team: {teams: {url: "https://example.com/workflows/secret2?sig=x"}}
  game: {discord: {url: "https://discord.com/api/webhooks/1/secret3"}}
  phone: {telegram: {token: "12:secret4", chat: -100123}}
  push: {ntfy: {topic: ops_1, token: tk_secret5, priority: 5, url: "https://ntfy.example.com/"}}
  hook: {webhook: {url: "https://example.com/hook", secret: secret6, format: alertmanager}}
  run: {exec: {run: [/usr/local/bin/page, ops, 1], timeout: 5s}}
services: [{id: a, url: "https://a.example/", alerts: [ops, "mailto:me@example.com"]},
  {id: b, url: "https://b.example/", alerts: ["mailto:me@example.com", "mailto:you@example.com"]}]
)";

template <class Kind>
Kind kind_of_channel(const ConfigFile& config, std::string_view id) {
  for (const Channel& channel : config.channels) {
    if (channel.id.value() == id) return std::get<Kind>(channel.kind);
  }
  ADD_FAILURE() << "no channel " << id;
  return {};
}

TEST(Channels, EachKindIsRead) {
  const ConfigFile config = loaded(every_channel);
  EXPECT_THAT(config.warnings, testing::IsEmpty());
  const auto ops = kind_of_channel<EmailChannel>(config, "ops");
  EXPECT_THAT(ops.to, ElementsAre("ops@example.com", "dev@example.com"));
  EXPECT_EQ(ops.host, "mail.example.com");
  EXPECT_EQ(ops.port, 465);
  EXPECT_EQ(ops.tls, MailTls::from_start);
  EXPECT_EQ(ops.user, "user");
  EXPECT_EQ(ops.password, "hunter@two");
  EXPECT_EQ(kind_of_channel<SlackChannel>(config, "chat").url, "https://hooks.slack.com/services/T0/B0/secret1");
  EXPECT_EQ(kind_of_channel<PagerDutyChannel>(config, "pager").routing_key, "0123456789");
  EXPECT_EQ(kind_of_channel<PagerDutyChannel>(config, "pager").url, "https://events.eu.pagerduty.com");
  EXPECT_EQ(kind_of_channel<TelegramChannel>(config, "phone").chat, "-100123");
  EXPECT_EQ(kind_of_channel<TelegramChannel>(config, "phone").url, "https://api.telegram.org");
  EXPECT_EQ(kind_of_channel<NtfyChannel>(config, "push").url, "https://ntfy.example.com");
  EXPECT_EQ(kind_of_channel<NtfyChannel>(config, "push").priority, 5);
  EXPECT_EQ(kind_of_channel<WebhookChannel>(config, "hook").format, WebhookFormat::alertmanager);
  EXPECT_THAT(kind_of_channel<ExecChannel>(config, "run").argv, ElementsAre("/usr/local/bin/page", "ops", "1"));
  EXPECT_EQ(kind_of_channel<ExecChannel>(config, "run").timeout, seconds(5));
}

TEST(Channels, WhatAChannelWantsIsItsPolicyInTheCatalogueToo) {
  const ConfigFile config = loaded(every_channel);
  ChannelPolicy expected;
  expected.only_verdicts = {Verdict::down};
  expected.only_severities = {Severity::critical};
  expected.after = std::chrono::minutes(10);
  expected.remind = std::chrono::hours(4);
  expected.fallback = ChannelId("ops");
  EXPECT_EQ(config.channels[2].policy, expected);
  EXPECT_EQ(config.catalogue->channels.at(ChannelId("pager")), expected);
  EXPECT_EQ(config.catalogue->channels.at(ChannelId("ops")), ChannelPolicy{});
  EXPECT_EQ(config.catalogue->channels.size(), config.channels.size());
}

TEST(Channels, AnAddressIsAChannelOfTheFirstMailServer) {
  const ConfigFile config = loaded(every_channel);
  std::vector<std::string> names;
  for (const Channel& channel : config.channels) names.push_back(channel.id.value());
  EXPECT_THAT(names, ElementsAre("ops", "chat", "pager", "team", "game", "phone", "push", "hook", "run",
                                 "mailto:me@example.com", "mailto:you@example.com"));
  const auto mine = kind_of_channel<EmailChannel>(config, "mailto:me@example.com");
  EXPECT_THAT(mine.to, ElementsAre("me@example.com"));
  EXPECT_EQ(mine.host, "mail.example.com");
  EXPECT_EQ(mine.from, "allclear@example.com");
  EXPECT_THAT(
      complaints("channels: {x: {exec: {run: /bin/true}}}\n"
                 "services:\n  - {id: a, url: 'https://a.example/', alerts: [x, 'mailto:me@example.com']}"),
      ElementsAre("f:3:52: services[a].alerts: mailto: sends through the server of the first e-mail channel, and there "
                  "is none under channels"));
}

TEST(Channels, S7_SecretsAreMaskedAlsoInParts) {
  const auto secrets = loaded(every_channel).secrets;
  for (const char* secret :
       {"hunter@two", "hunter%40two", "https://hooks.slack.com/services/T0/B0/secret1", "/services/T0/B0/secret1",
        "0123456789", "/workflows/secret2?sig=x", "/api/webhooks/1/secret3", "12:secret4", "tk_secret5", "secret6"}) {
    EXPECT_THAT(secrets, Contains(secret));
  }
}

EmailChannel email_with(const std::string& keys) {
  const auto config =
      loaded("channels: {ops: {email: {to: a@b.example, from: c@d.example, " + keys + "}}}\nservices: []");
  return config.channels.empty() ? EmailChannel{} : std::get<EmailChannel>(config.channels[0].kind);
}

TEST(Channels, TheMailServersPortAndEncryptionAreWhatPeopleExpect) {
  EXPECT_EQ(email_with("smtp: 'smtp://mail.example.com'").port, 25);
  EXPECT_EQ(email_with("smtp: 'smtp://u:pass@mail.example.com'").port, 587);
  EXPECT_EQ(email_with("smtp: 'smtp://mail.example.com:2525'").port, 2525);
  EXPECT_EQ(email_with("smtp: 'smtp://mail.example.com'").tls, MailTls::required);
  EXPECT_EQ(email_with("smtp: 'smtp://mail.example.com', tls: 'off'").tls, MailTls::off);
  EXPECT_EQ(email_with("smtp: 'smtp://mail.example.com', tls: offered").tls, MailTls::offered);
  for (const char* here : {"localhost", "127.0.0.1:2525", "[::1]:25"}) {
    EXPECT_EQ(email_with(std::string("smtp: 'smtp://") + here + "'").tls, MailTls::offered) << here;
  }
  EXPECT_EQ(email_with("smtp: 'smtp://[::1]:25'").host, "::1");
  EXPECT_EQ(email_with("smtp: 'smtp://mail.example.com', user: 'a@b', password: 'x:/@%41'").password, "x:/@%41")
      << "a key of its own is taken as it is";
  EXPECT_THAT(loaded("channels: {ops: {email: {to: a@b.example, from: c@d.example, tls: 'off', smtp: "
                     "'smtp://u:hunter22@mail.example.com'}}}\nservices: []")
                  .warnings,
              ElementsAre(HasSubstr("channels.ops.email.tls: the password may cross the network in plain text")));
}

TEST(Channels, AnAddressOfAServerMayHoldAnyPassword) {
  const auto parsed = parse_smtp_address("smtps://ops@example.com:p@ss:w/o?r#d%zz%20@mail.example.com:465");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->user, "ops@example.com");
  EXPECT_EQ(parsed->password, "p@ss:w/o?r#d%zz ");
  EXPECT_EQ(parsed->host, "mail.example.com");
  for (const char* wrong : {"http://mail.example.com", "smtp://", "smtp://u:p@", "smtp://a b", "smtp://host/path",
                            "smtp://host:99999", "smtp://host?x=1", "mail.example.com", ""}) {
    EXPECT_FALSE(parse_smtp_address(wrong)) << wrong;
  }
}

TEST(Channels, S17_OnlyPlainAddressesGetMail) {
  for (const char* fine : {"a@b", "first.last+tag@mail.example.com", "o'hara@example.com"}) {
    EXPECT_TRUE(is_mail_address(fine)) << fine;
  }
  for (const char* wrong : {"", "@", "a@", "@b", "a b@c", "a@b c", "a@b@c", "<a@b>", "a,b@c", "a@b,c", "a@b\r\nBcc: x",
                            "\"a\"@b", "a@b?subject=x", "ä@b", "a@exämple.com", "a;b@c", "a\\b@c"}) {
    EXPECT_FALSE(is_mail_address(wrong)) << wrong;
  }
}

struct Mistake {
  std::string text;
  std::string expected;
};

const std::vector<Mistake> mistakes = {
    {"{mail: {to: [a@b]}}", "channels.ops: unknown key \"mail\"; did you mean \"email\"?"},
    {"{}",
     "channels.ops: expected one of: email, slack, pagerduty, teams, discord, telegram, ntfy, webhook, exec, sns"},
    {"{slack: {url: 'https://a.example/abcdefgh'}, ntfy: {topic: x}}",
     "f:1:62: channels.ops: slack and ntfy in one channel: write a channel for each"},
    {"{webhook: {url: 'https://u:hunter22@x/'}}",
     "f:1:33: channels.ops.webhook.url: user and password do not belong into the address of a channel"},
    {"{slack: {url: 'https://u:hunter22@x/'}}", "user and password do not belong into the address of a channel"},
    {"{ntfy: {topic: a, url: 'https://u:hunter22@x/'}}", "ntfy.url: user and password do not belong into"},
    {"{webhook: {url: 'https://x:99999/@'}}", "channels.ops.webhook.url: expected a port from 1 to 65535"},
    {"{webhook: {url: ''}}", "channels.ops.webhook.url: expected where to post, found an empty text"},
    {"{webhook: {url: 'https://x/', secret: ''}}",
     "f:1:55: channels.ops.webhook.secret: expected a key, found an empty"},
    {"{ntfy: {topic: a, token: ''}}", "channels.ops.ntfy.token: expected a token, found an empty text"},
    {"{email: {to: [nobody]}}",
     "channels.ops.email.to: expected a mail address such as ops@example.com, found \"nobody\""},
    {"{email: {to: []}}", "channels.ops.email.to: expected at least one address"},
    {"{email: {to: a@b}}", "channels.ops.email.from: missing"},
    {"{email: {to: a@b, from: c@d}}", "channels.ops.email.smtp: missing"},
    {"{email: {to: a@b, from: c@d, smtp: mail}}",
     "channels.ops.email.smtp: expected smtp://… or smtps://…, found \"mail\""},
    {"{email: {to: a@b, from: c@d, smtp: 'smtp://u:hunter22@'}}",
     "channels.ops.email.smtp: expected a host after the last @"},
    {"{email: {to: a@b, from: c@d, smtp: 'smtps://mail', tls: offered}}", "does not go with smtps://"},
    {"{email: {to: a@b, from: c@d, smtp: 'smtp://mail', tls: maybe}}", "tls: expected one of: required, offered, off"},
    {"{email: {to: a@b, from: c@d, smtp: 'smtp://u:hunter22@mail', user: v, password: w}}",
     "user: is written in smtp already"},
    {"{email: {to: a@b, from: c@d, smtp: 'smtp://u@mail'}}", "password: expected a user with a password, or neither"},
    {"{email: {to: a@b, from: c@d, smtp: 'smtp://mail', ca_file: /nowhere/ca}}", "cannot read /nowhere/ca"},
    {"{slack: {}}", "channels.ops.slack.url: missing; expected the incoming webhook's address"},
    {"{slack: {url: x, url_file: y}}", "write url or url_file, not both"},
    {"{slack: {url: ftp://x}}", "channels.ops.slack.url: expected https://"},
    {"{slack: {url_file: /nowhere/slack}}", "cannot read /nowhere/slack"},
    {"{teams: {url: ''}}", "channels.ops.teams.url: expected the workflow's address"},
    {"{discord: {}}", "channels.ops.discord.url: missing"},
    {"{pagerduty: {}}", "channels.ops.pagerduty.routing_key: missing"},
    {"{pagerduty: {routing_key: k, url: events}}", "channels.ops.pagerduty.url: expected https://"},
    {"{telegram: {token: '12:ab/../x', chat: 1}}", "channels.ops.telegram.token: expected a bot's token"},
    {"{telegram: {token: '12:ab', chat: everybody}}",
     "channels.ops.telegram.chat: expected the chat's number or @name"},
    {"{telegram: {token: '12:ab'}}", "channels.ops.telegram.chat: missing"},
    {"{ntfy: {topic: a/b}}", "channels.ops.ntfy.topic: expected a name"},
    {"{ntfy: {topic: a, priority: 6}}", "channels.ops.ntfy.priority: expected a whole number from 1 to 5"},
    {"{webhook: {url: ftp://x}}", "channels.ops.webhook.url: expected https"},
    {"{webhook: {}}", "channels.ops.webhook.url: missing"},
    {"{webhook: {url: 'https://a.example/', format: xml}}", "format: expected one of: cloudevents, alertmanager"},
    {"{webhook: {url: 'https://a.example/', secret: []}}",
     "f:1:63: channels.ops.webhook.secret: expected a key or a list of 1 to 4 keys, found 0"},
    {"{webhook: {url: 'https://a.example/', secret: [a, b, c, d, hunter22]}}", "a list of 1 to 4 keys, found 5"},
    {"{webhook: {url: 'https://a.example/', secret: {new: hunter22}}}",
     "f:1:63: channels.ops.webhook.secret: expected a key or a list of keys, found a map"},
    {"{webhook: {url: 'https://a.example/', secret: }}", "secret: expected a key or a list of keys, found nothing"},
    {"{webhook: {url: 'https://a.example/', secret: [hunter22, [old]]}}",
     "f:1:74: channels.ops.webhook.secret: expected a text, found a list"},
    {"{webhook: {url: 'https://a.example/', secret: [hunter22, '']}}",
     "f:1:74: channels.ops.webhook.secret: expected keys that are not empty"},
    {"{webhook: {url: 'https://a.example/', secret: [hunter22, whsec_hunter22!]}}",
     "f:1:74: channels.ops.webhook.secret: expected base64 after whsec_"},
    {"{webhook: {url: 'https://a.example/', secret: [hunter22], secret_file: /x}}",
     "write secret or secret_file, not both"},
    {"{exec: {run: page}}", "channels.ops.exec.run: expected an absolute path and its arguments"},
    {"{exec: {run: []}}", "channels.ops.exec.run: expected an absolute path and its arguments"},
    {"{exec: {run: /bin/true, timeout: 1m}}", "channels.ops.exec.timeout: expected at most 15s"},
    {"{sns: {topic: x}}", "channels.ops.sns.topic: expected arn:aws:sns"},
    {"{ntfy: {topic: x, url: \"https://a.example/\\x9F\"}}", "ntfy.url: a url has no spaces or control characters"},
    {"{ntfy: {topic: x}, only: []}",
     "channels.ops.only: expected down, degraded, minor, major or critical, found nothing"},
    {"{ntfy: {topic: x}, only: }",
     "channels.ops.only: expected down, degraded, minor, major or critical, found nothing"},
    {"{exec: {run: [/bin/a, \"b\\0c\"]}}", "exec.run: expected a path and arguments without control characters"},
    {"{exec: {run: \"/bin/a\\n\"}}", "exec.run: expected a path and arguments without control characters"},
    {"{exec: {run: [/bin/a, \"b\\x85\"]}}", "exec.run: expected a path and arguments without control characters"},
    {"{telegram: {token: '1:a', chat: \"@ops\\r\\nx\"}}", "telegram.chat: expected the chat's number or @name"},
    {"{telegram: {token: '1:a', chat: '@o p'}}", "telegram.chat: expected the chat's number or @name"},
    {"{ntfy: {topic: x, token: \"a\\x85b\"}}", "ntfy.token: expected one line without control characters"},
    {"{webhook: {url: 'https://a.example/', secret: [\"a\\x9Fb\"]}}",
     "webhook.secret: expected one line without control characters"},
    {"{ntfy: {topic: x}, only: [up]}", "channels.ops.only: expected down, degraded, minor, major or critical"},
    {"{ntfy: {topic: x}, remind: 30s}", "channels.ops.remind: expected at least 1m"},
    {"{ntfy: {topic: x}, fallback: x}", "channels.ops.fallback: expected the name of another channel"},
    {"{ntfy: {topic: x}, fallback: ops}", "channels.ops.fallback: expected the name of another channel"},
};

TEST(Channels, MistakesAreToldWhereTheyAreWithoutTheSecret) {
  for (const Mistake& mistake : mistakes) {
    const auto found = complaints("channels: {ops: " + mistake.text + "}\nservices: []");
    EXPECT_THAT(found, Contains(AllOf(HasSubstr(mistake.expected), Not(HasSubstr("warning"))))) << mistake.text;
    for (const std::string& line : found) EXPECT_THAT(line, Not(HasSubstr("hunter22")));
  }
}

TEST(Channels, AnEmptyChannelIsAMistakeOfEveryKind) {
  const auto told = [](const std::string& channel) {
    return complaints("channels: {ops: " + channel + "}\nservices: []");
  };
  for (const char* empty : {"", "null", "~", "{only: down}"})
    EXPECT_THAT(told(empty), Contains(HasSubstr("channels.ops: expected one of: email, slack"))) << empty;
  const std::pair<std::string, std::string> missing[] = {
      {"email", "to"},    {"email", "from"},  {"email", "smtp"},     {"slack", "url"},     {"pagerduty", "routing_key"},
      {"teams", "url"},   {"discord", "url"}, {"telegram", "token"}, {"telegram", "chat"}, {"ntfy", "topic"},
      {"webhook", "url"}, {"exec", "run"},    {"sns", "topic"}};
  for (const auto& [kind, key] : missing) {
    for (const char* empty : {"", "null", "{}"}) {
      EXPECT_THAT(told("{" + kind + ": " + empty + "}"),
                  Contains(HasSubstr("channels.ops." + kind + "." + key + ": missing; expected ")))
          << empty;
    }
  }
}

TEST(Channels, S17_ASecretIsOneLineWithoutControlCharacters) {
  const auto environment = environment_of({{"X", "hunter22\r\nX-Evil: yes"}});
  for (const char* channel :
       {"ntfy: {topic: a, token: '${X}'}", "slack: {url: 'https://a.example/${X}'}", "pagerduty: {routing_key: '${X}'}",
        "telegram: {token: '${X}', chat: 1}", "discord: {url: 'https://a.example/${X}'}",
        "teams: {url: 'https://a.example/${X}'}", "webhook: {url: 'https://a.example/', secret: '${X}'}",
        "webhook: {url: 'https://a.example/', secret: ['${X}', b]}", "webhook: {url: 'https://a.example/${X}'}",
        "email: {to: a@b, from: c@d, smtp: 'smtp://mail', user: u, password: '${X}'}",
        "email: {to: a@b, from: c@d, smtp: 'smtp://mail', user: '${X}', password: p}",
        "email: {to: a@b, from: c@d, smtp: 'smtp://u:${X}@mail'}"}) {
    const auto found = complaints("channels: {ops: {" + std::string(channel) + "}}\nservices: []", environment);
    EXPECT_THAT(found,
                Contains(AllOf(HasSubstr("control characters"), HasSubstr("channels.ops."), Not(HasSubstr("warning")))))
        << channel;
    for (const std::string& line : found) EXPECT_THAT(line, Not(HasSubstr("hunter22"))) << channel;
  }
  EXPECT_THAT(complaints("channels: {ops: {email: {to: a@b, from: c@d, smtp: 'smtp://u:p%0d%0aQUIT@mail'}}}\n"),
              Contains(HasSubstr("smtp: expected a user and a password without control characters")));
}

TEST(Channels, NamesAreIdentifiers) {
  EXPECT_THAT(complaints("channels: {Ops: {ntfy: {topic: x}}}\nservices: []"),
              Contains(HasSubstr("expected a name of a-z, 0-9 and '-'")));
}

TEST(Channels, FallbacksMayFollowEachOtherButNotComeBack) {
  const std::string kind = "ntfy: {topic: x}, fallback: ";
  EXPECT_THAT(complaints("channels: {a: {" + kind + "b}, b: {" + kind + "c}, c: {ntfy: {topic: x}}}\nservices: []"),
              Not(Contains(HasSubstr("a cycle"))));
  EXPECT_THAT(complaints("channels: {d: {" + kind + "a}, a: {" + kind + "b}, b: {" + kind + "a}}\nservices: []"),
              Contains(HasSubstr("channels.a.fallback: a cycle: a -> b -> a")));
}

TEST(Channels, S14_ASigningSecretThatAnnouncesBase64HasToBeBase64) {
  const auto told = [](const std::string& secret) {
    return complaints("channels: {hook: {webhook: {url: 'https://a.example/', secret: '" + secret +
                      "'}}}\nservices: []\n");
  };
  for (const char* fine : {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AA==", "a key of any kind", "whsec-"})
    EXPECT_THAT(told(fine), IsEmpty()) << fine;
  for (const char* broken : {"whsec_", "whsec_a", "whsec_not base64", "whsec_AA===", "whsec_A=A="})
    EXPECT_THAT(told(broken), Contains(HasSubstr("expected base64 after "))) << broken;
}

TEST(Channels, S7_S14_AWebhookMayHaveAListOfKeysAndAllAreMasked) {
  const auto with = [](const std::string& secret) {
    return loaded("channels: {hook: {webhook: {url: 'https://a.example/'" + secret + "}}}\nservices: []\n");
  };
  const auto keys_of = [&](const std::string& secret) {
    return kind_of_channel<WebhookChannel>(with(secret), "hook").secrets;
  };
  EXPECT_THAT(keys_of(", secret: onlykey"), ElementsAre("onlykey"));
  EXPECT_THAT(keys_of(", secret: [onlykey]"), ElementsAre("onlykey"));
  EXPECT_THAT(keys_of(", secret: [newkey, whsec_AA==, 12345]"), ElementsAre("newkey", "whsec_AA==", "12345"));
  EXPECT_THAT(keys_of(""), IsEmpty());
  EXPECT_THAT(with(", secret: [newkey, oldkey]").secrets, ::testing::IsSupersetOf({"newkey", "oldkey"}));
}

}  // namespace
}  // namespace allclear::config::channels_test
