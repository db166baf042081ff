// What a config that is refused may tell, and what not.
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

}  // namespace
}  // namespace allclear::config
