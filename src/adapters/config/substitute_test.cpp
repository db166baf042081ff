#include "adapters/config/substitute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Environment environment =
    testing_support::environment_of({{"NAME", "world"}, {"EMPTY", ""}, {"DOLLAR", "${NAME}"}});

std::string text_of(std::string_view text) {
  const auto substituted = substitute(text, environment);
  return substituted ? substituted->text : "error: " + substituted.error().message;
}

TEST(Substitute, VariablesDefaultsAndEscapes) {
  EXPECT_EQ(text_of("hello ${NAME}!"), "hello world!");
  EXPECT_EQ(text_of("${NAME}${NAME}"), "worldworld");
  EXPECT_EQ(text_of("${MISSING:-a default}"), "a default");
  EXPECT_EQ(text_of("${EMPTY:-a default}"), "a default");
  EXPECT_EQ(text_of("[${EMPTY}]"), "[]");
  EXPECT_EQ(text_of("${MISSING:-}"), "");
  EXPECT_EQ(text_of("$${NAME} $$ $"), "${NAME} $ $");
}

TEST(Substitute, OtherDollarsStandForThemselves) {
  EXPECT_EQ(text_of("$.ok"), "$.ok");
  EXPECT_EQ(text_of("^a$"), "^a$");
  EXPECT_EQ(text_of("$NAME"), "$NAME");
}

TEST(Substitute, AValueIsNotSubstitutedAgain) { EXPECT_EQ(text_of("${DOLLAR}"), "${NAME}"); }

TEST(Substitute, MistakesSayWhatToWrite) {
  EXPECT_THAT(text_of("${MISSING}"), HasSubstr("the environment variable MISSING is not set"));
  EXPECT_THAT(text_of("${NAME"), HasSubstr("${ without its }"));
  EXPECT_THAT(text_of("${}"), HasSubstr("expected ${NAME}"));
  EXPECT_THAT(text_of("${1A}"), HasSubstr("expected ${NAME}"));
  EXPECT_THAT(text_of("${NAME-x}"), HasSubstr("expected ${NAME}"));
}

TEST(Substitute, OnlyWhatCameFromTheEnvironmentIsRemembered) {
  const auto substituted = substitute("${NAME} ${MISSING:-default}", environment);
  ASSERT_TRUE(substituted.has_value());
  EXPECT_THAT(substituted->values, ElementsAre("world"));
}

TEST(Substitute, AMissingVariableIsTheOnlyMistakeOfItsValue) {
  for (const char* key :
       {"url: '${GONE}'", "url: 'https://${GONE}/'", "url: 'https://a.example/', interval: '${GONE}'",
        "url: 'https://a.example/', bearer: '${GONE}'", "url: 'https://a.example/', proxy: '${GONE}'",
        "url: 'https://a.example/', ca_file: '${GONE}'", "url: 'https://a.example/', bearer_file: '${GONE}'",
        "url: 'https://a.example/', max_redirects: '${GONE}', enabled: '${GONE}'",
        "url: 'https://a.example/', headers: {A: '${GONE}'}", "url: 'https://a.example/', alerts: ['${GONE}']",
        "url: 'https://a.example/', name: '${GONE}', group: '${GONE}'", "checks: '${GONE}'",
        "url: 'https://a.example/', expect: {status: ['${GONE}'], certificate: '${GONE}', header: {A: '${GONE}'}}",
        "url: 'https://a.example/', expect: '${GONE}', confirm: {down: '${GONE}'}"}) {
    const std::string text = "services: [{id: a, " + std::string(key) + "}]";
    std::size_t gone = 0;
    for (auto at = text.find("GONE"); at != std::string::npos; at = text.find("GONE", at + 1)) ++gone;
    EXPECT_THAT(testing_support::complaints(text),
                ::testing::AllOf(::testing::SizeIs(gone), ::testing::Each(HasSubstr("GONE is not set"))))
        << key;
  }
  EXPECT_THAT(testing_support::complaints("services: [{id: a, url: '${GONE}', interval: fast, intervall: 1s}]"),
              ::testing::SizeIs(3))
      << "what is wrong elsewhere is told";
}

TEST(Substitute, S7_ValuesThatAreNotPlainlyConfigAreMasked) {
  for (const char* secret :
       {"hunter2hunter2", "acl_0123456789", "Xk29!kkd92", "https://hooks.example.com/T0/B0/x", "a1b2c3d4e5f6"}) {
    EXPECT_TRUE(looks_secret(secret)) << secret;
  }
  for (const char* plain :
       {"short", "12345678", "127.0.0.1:8080", "status.example.com", "https://status.example.com/", "1500000ms"}) {
    EXPECT_FALSE(looks_secret(plain)) << plain;
  }
}

TEST(Substitute, S7_SecretsOfAConfigAreHandedToTheLog) {
  const auto config = testing_support::loaded(
      "page: {name: '${PAGE}'}\n"
      "services:\n"
      "  - {id: a, url: 'https://a.example/', bearer: abcdef}\n"
      "  - {id: b, url: 'https://b.example/', basic_auth: {user: me, password: hunter22}}\n"
      "  - {id: c, url: 'https://c.example/', headers: {X-Key: 'Key ${TOKEN}', Cookie: session=1}}\n",
      testing_support::environment_of({{"PAGE", "Ours"}, {"TOKEN", "canary-0123456789"}}));
  EXPECT_THAT(config.secrets, ElementsAre("abcdef", "canary-0123456789", "hunter22", "session=1"));
}

TEST(Substitute, S7_NoDiagnosticRepeatsAValueFromTheEnvironment) {
  const auto variables = testing_support::environment_of({{"TOKEN", "canary-0123456789"}});
  const auto complaints = testing_support::complaints(
      "services:\n"
      "  - {id: a, url: '${TOKEN}', interval: '${TOKEN}', method: '${TOKEN}', ip: '${TOKEN}', alerts: ['${TOKEN}']}\n"
      "  - {id: '${TOKEN}!', url: 'https://${TOKEN}@a.example/', expect: {status: '${TOKEN}'}}\n",
      variables);
  EXPECT_GE(complaints.size(), 7U);
  for (const std::string& complaint : complaints)
    EXPECT_THAT(complaint, ::testing::Not(HasSubstr("canary"))) << complaint;
}

}  // namespace
}  // namespace allclear::config
