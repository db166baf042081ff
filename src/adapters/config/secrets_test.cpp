// What a config that is refused may tell, and what not.
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::environment_of;

TEST(Secrets, S7_ARefusedConfigTellsItsSecretsAndRepeatsNoneOfThem) {
  const auto variables = environment_of({{"CANARY", "canary-7f3a9c51"}});
  for (const char* text : {
           "services: [{id: a, url: 'https://a.example/', depends_on: ['${CANARY}']}]",
           "services: [{id: a, url: 'https://a.example/', name: '${CANARY}'}, {id: '${CANARY}', url: "
           "'tcp://b.example'}, "
           "{id: '${CANARY}', url: 'icmp://b.example'}]",
           "services: [{id: a, url: '${CANARY}'}]\nchannels: {'x y': {email: {to: ['${CANARY}']}}}",
           "services: [{id: a, url: 'https://a.example/', bearer: '${CANARY}', bearer_file: '/nowhere/${CANARY}'}]",
           "services: [{id: a, url: 'https://${CANARY}/', alerts: ['${CANARY}'], expect: {json: {path: '${CANARY}'}}}]",
           "page: {name: '${CANARY}'\nservices: [",
           "page: {name: '${CANARY}'}\n---\nservices: []\n",
       }) {
    const auto outcome = load_text(text, "f", variables);
    EXPECT_FALSE(outcome.config.has_value()) << text;
    EXPECT_THAT(outcome.secrets, ::testing::Contains("canary-7f3a9c51")) << text;
    ASSERT_THAT(outcome.diagnostics, ::testing::Not(IsEmpty())) << text;
    for (const std::string& line : testing_support::lines_of(outcome))
      EXPECT_THAT(line, ::testing::Not(HasSubstr("canary")));
  }
}

// Whether a line repeats seven characters in a row of the secret: more than chance.
bool repeats_a_part_of(std::string_view line, std::string_view secret) {
  constexpr std::size_t part = 7;
  for (std::size_t at = 0; at + part <= secret.size(); ++at) {
    if (line.find(secret.substr(at, part)) != std::string_view::npos) return true;
  }
  return false;
}

// Each wrong in its own way, so that each kind of message is made.
const std::vector<std::string> templates = {
    "services: [{id: a, url: 'https://a.example/', depends_on: ['${S}']}]",
    "services: [{id: '${S}', url: 'https://a.example/', depends_on: [nowhere]}]",
    "services: [{id: '${S}', url: 'https://a.example/', depends_on: ['${S}']}]",
    "services: [{id: '${S}', url: 'https://a.example/', timeout: fast}]",
    "services: [{id: '${S}', url: 'tcp://a.example:1'}, {id: '${S}', url: 'tcp://b.example:1'}]",
    "services: [{id: a, checks: [{id: '${S}', url: 'tcp://a.example'}, {id: '${S}', url: 'tcp://b.example'}]}]",
    "services: [{id: hunter3, url: 'tcp://a.example:1'}, {id: b, url: 'tcp://b.example:1', depends_on: ['${S}', x]}]",
    "services: [{id: '${S}', url: 'tcp://a.example:1'}, {id: b, url: 'tcp://b.example:1', depends_on: [hunter3]}]",
    "services: [{id: a, url: 'dns://a.example', expect: {answer: ['192.0.2.1', '${S}']}}]",
    "services: [{id: a, url: 'https://a.example/', expect: {body: {matches: '${S}('}}}]",
    "services: [{id: a, url: 'https://a.example/', expect: {header: {A: '${S}['}, json: {path: '${S}'}}}]",
    "services: [{id: a, url: 'https://a.example/', ca_file: '${S}', bearer_file: '${S}'}]",
    "services: [{id: a, url: 'https://a.example/', interval: '${S}', max_redirects: '${S}', ip: '${S}'}]",
    "services: [{id: a, url: '${S}', proxy: '${S}', resolver: '${S}', method: '${S}', alerts: ['${S}']}]",
    "x-a: &a '${S}'\n? *a\n: 1\nservices: []",
    "server: {listen: '${S}', tls: {cert_file: '${S}', key_file: '${S}'}, cors: '${S}', api_targets: ['${S}']}",
    "channels: {a: {slack: {url_file: '${S}'}, only: ['${S}'], fallback: '${S}'}}\nstore: '${S}'\nservices: '${S}'",
    "maintenance: [{title: t, start: '${S}', lasts: '${S}', services: ['${S}']}]\nremedies: [{service: '${S}'}]",
    "'${S}'",
};

TEST(Secrets, S7_NoPartOfAValueFromTheEnvironmentIsInAMessage) {
  const std::string long_token = "sk7Qv9Zt" + std::string(77, 'x') + "Lw3Rb8Yp";
  ASSERT_EQ(long_token.size(), 93U);
  for (const std::string& secret :
       {long_token, std::string("zebra-quartz\nxylophone-kayak\n"), std::string("hunter2"), std::string("7351904286"),
        std::string("Zq\xE2\x80\xAEkw-vault-93"), std::string(2'000, 'k')}) {
    const auto variables = environment_of({{"S", secret}});
    for (const std::string& text : templates) {
      const auto outcome = load_text(text, "f", variables);
      EXPECT_THAT(outcome.diagnostics, ::testing::Not(IsEmpty())) << text;
      for (const std::string& line : testing_support::lines_of(outcome))
        EXPECT_FALSE(repeats_a_part_of(line, secret)) << text << "\n" << line;
    }
  }
}

TEST(Secrets, S7_ServicesWhoseIdsFormACycleAreNamedByTheirPlaceWhenTheIdsAreNotInTheFile) {
  const auto found = testing_support::complaints(
      "services: [{id: '${S}', url: 'tcp://a.example:1', depends_on: [b]}, {id: b, url: 'tcp://b.example:1', "
      "depends_on: ['${S}']}]",
      environment_of({{"S", "hunter2"}}));
  EXPECT_THAT(found, ::testing::ElementsAre(HasSubstr("services[0].depends_on: a cycle: services[0] -> b -> ")));
  EXPECT_THAT(found[0], ::testing::Not(HasSubstr("hunter2")));
}

TEST(Secrets, S7_MessagesSayWhereAValueCameFromInsteadOfIt) {
  const auto variables = environment_of({{"S", "hunter2"}});
  const std::string url = "url: 'https://a.example/'";
  EXPECT_THAT(testing_support::complaints("services: [{id: a, " + url + ", depends_on: ['${S}']}]", variables),
              ::testing::ElementsAre(
                  HasSubstr("services[a].depends_on: there is no service with the id that the environment gives")));
  EXPECT_THAT(testing_support::complaints("services: [{id: a, " + url + ", ca_file: '${S}'}]", variables),
              ::testing::ElementsAre(HasSubstr("cannot read the file that the environment names: No such file")));
  EXPECT_THAT(
      testing_support::complaints("services: [{id: '${S}', " + url + "}, {id: '${S}', " + url + "}]", variables),
      ::testing::ElementsAre(HasSubstr("services[1].id: a value from the environment is used already on line 1")));
}

}  // namespace
}  // namespace allclear::config
