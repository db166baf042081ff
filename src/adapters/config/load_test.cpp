#include "adapters/config/load.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing_support::complaints;
using testing_support::environment_of;
using testing_support::loaded;

// A folder of its own that goes with the test.
class LoadFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "allclear-config-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path write(const fs::path& name, std::string_view text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  fs::path folder_;
};

TEST(Load, FiveMistakesAreFiveLocatedErrors) {
  EXPECT_THAT(
      complaints("services:\n"
                 "  - id: Website\n"
                 "    url: https://example.com/\n"
                 "    intervall: 30s\n"
                 "  - id: shop\n"
                 "    url: https://shop.example.com/\n"
                 "    timeout: fast\n"
                 "    expect: {status: 999}\n"
                 "    depends_on: [nowhere]\n"),
      ElementsAre("f:2:9: services[0].id: expected a name of a-z, 0-9 and '-', 1 to 64 characters, found \"Website\"",
                  "f:4:5: services[0]: unknown key \"intervall\"; did you mean \"interval\"?",
                  "f:7:14: services[shop].timeout: expected a duration such as 500ms, 30s, 1h30m or 1d, found \"fast\"",
                  "f:8:22: services[shop].expect.status: expected a status from 100 to 599 or a range such as 200-299, "
                  "found \"999\"",
                  "f:9:18: services[shop].depends_on: there is no service \"nowhere\""));
}

TEST(Load, AnEmptyConfigIsGoodAndSaysThatNothingIsChecked) {
  const auto outcome = load_text("", "f", environment_of({}));
  ASSERT_TRUE(outcome.config.has_value());
  EXPECT_THAT(testing_support::lines_of(outcome), ElementsAre("f:1:1: warning: services: missing; nothing is checked"));
  EXPECT_FALSE(outcome.config->names_services);
  EXPECT_FALSE(load_text("services:\n", "f", environment_of({})).config->names_services) << "what is left when a write was cut short";
  EXPECT_TRUE(load_text("services: []\n", "f", environment_of({})).config->names_services);
  EXPECT_EQ(outcome.config->warnings.size(), 1U);
  EXPECT_THAT(complaints("services: []"), IsEmpty());
}

TEST(Load, TheRootMustBeAMap) {
  EXPECT_THAT(complaints("- a\n- b\n").at(0),
              HasSubstr("f:1:1: the config: expected a map with keys such as page, found a list"));
  EXPECT_THAT(complaints("just text").at(0), HasSubstr("found \"just text\""));
}

TEST(Load, PageAndServer) {
  const ConfigFile config = loaded(
      "page: {name: Example Cloud, url: https://status.example.com, links: [{text: How, url: blog/}]}\n"
      "server:\n"
      "  listen: '[::1]:0'\n"
      "  data: /tmp/x\n"
      "  trusted_proxies: [10.0.0.0/8, '::1']\n"
      "  cors: https://example.com\n"
      "  api_targets: 10.0.0.0/8\n"
      "  metrics: public\n"
      "services: []\n");
  EXPECT_EQ(config.page.name, "Example Cloud");
  ASSERT_EQ(config.page.links.size(), 1U);
  EXPECT_EQ(config.page.links[0].url, "blog/");
  EXPECT_EQ(config.server.listen_host, "::1");
  EXPECT_EQ(config.server.listen_port, 0);
  EXPECT_EQ(config.server.data, "/tmp/x");
  EXPECT_THAT(config.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_THAT(config.server.api_targets, ElementsAre("10.0.0.0/8"));
  EXPECT_EQ(config.server.metrics, Server::Metrics::open);
}

TEST(Load, ThePageSpeaksOneOfThreeLanguages) {
  EXPECT_EQ(loaded("services: []\n").page.language, "en");
  for (const char* language : {"en", "de", "fr"}) {
    EXPECT_EQ(loaded(std::string("page: {language: ") + language + "}\nservices: []\n").page.language, language);
  }
}

TEST(Load, R20_TheVersionChangesExactlyWithTheContent) {
  const std::string text = "services: [{id: a, url: 'https://a.example/', bearer: '${TOKEN}'}]";
  const auto version = [](const ConfigFile& config) { return config.catalogue->version; };
  const auto first = version(loaded(text, environment_of({{"TOKEN", "one"}})));
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(version(loaded(text, environment_of({{"TOKEN", "one"}}))), first);
  EXPECT_NE(version(loaded(text, environment_of({{"TOKEN", "two"}}))), first);
  EXPECT_NE(version(loaded(text + " ", environment_of({{"TOKEN", "one"}}))), first);
}

TEST(Load, R20_AFileWithOneMistakeGivesNoConfigAtAll) {
  const auto outcome = load_text(
      "services:\n"
      "  - {id: good, url: https://example.com/}\n"
      "  - {id: bad, url: nonsense}\n",
      "f", environment_of({}));
  EXPECT_FALSE(outcome.config.has_value());
  EXPECT_EQ(outcome.diagnostics.size(), 1U);
}

TEST(Load, ManyMistakesAreBoundedAndCounted) {
  std::string text = "services:\n";
  for (int i = 0; i < 2'000; ++i) text += "  - {id: s" + std::to_string(i) + ", url: x}\n";
  const auto found = complaints(text);
  ASSERT_EQ(found.size(), Diagnostics::limit + 1);
  EXPECT_THAT(found.back(), HasSubstr("and 1000 more"));
}

TEST_F(LoadFile, AFileThatCannotBeReadIsOneDiagnostic) {
  const auto outcome = load_file(folder_ / "none.yaml", environment_of({}));
  EXPECT_FALSE(outcome.config.has_value());
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_THAT(outcome.diagnostics[0].message, HasSubstr("cannot read the config: No such file or directory"));
  EXPECT_THAT(load_file(folder_, environment_of({})).diagnostics.at(0).message, HasSubstr("it is a folder"));
}

TEST_F(LoadFile, S7_SecretsComeFromFilesBesideTheConfigOrFromTheCredentialsFolder) {
  write("token", "from-beside\n");
  write("credentials/password", "from-credentials");
  const fs::path path =
      write("a.yaml",
            "services:\n"
            "  - {id: a, url: 'https://a.example/', bearer_file: token}\n"
            "  - {id: b, url: 'https://b.example/', basic_auth: {user: me, password_file: password}}\n");
  const auto outcome = load_file(path, environment_of({{"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}}));
  ASSERT_TRUE(outcome.config.has_value()) << ::testing::PrintToString(testing_support::lines_of(outcome));
  const auto& services = outcome.config->catalogue->services;
  EXPECT_EQ(std::get<HttpTarget>(services[0]->checks[0]->target).request->bearer, "from-beside");
  EXPECT_EQ(std::get<HttpTarget>(services[1]->checks[0]->target).request->basic_auth->password, "from-credentials");
  EXPECT_THAT(outcome.config->secrets, ElementsAre("from-beside", "from-credentials"));
}

TEST_F(LoadFile, FilesThatACheckNeedsMustBeThere) {
  write("ca.pem", "pem");
  const auto fine =
      load_file(write("a.yaml", "services: [{id: a, url: 'https://a.example/', ca_file: ca.pem}]"), environment_of({}));
  ASSERT_TRUE(fine.config.has_value());
  EXPECT_EQ(std::get<HttpTarget>(fine.config->catalogue->services[0]->checks[0]->target).tls->ca_file,
            (folder_ / "ca.pem").string());
  const auto missing = load_file(
      write("b.yaml", "services:\n  - {id: a, url: 'https://a.example/', ca_file: no.pem}\n"), environment_of({}));
  ASSERT_EQ(missing.diagnostics.size(), 1U);
  EXPECT_EQ(missing.diagnostics[0].line, 2);
  EXPECT_THAT(missing.diagnostics[0].message, HasSubstr("services[a].ca_file: cannot read "));
}

TEST_F(LoadFile, TheConfigIsFoundInTheContractsOrder) {
  const fs::path mine = write("xdg/allclear/allclear.yaml", "");
  const auto xdg = environment_of({{"XDG_CONFIG_HOME", (folder_ / "xdg").string()}});
  EXPECT_EQ(find_config("named.yaml", xdg), fs::path("named.yaml"));
  EXPECT_EQ(find_config(std::nullopt, environment_of({{"ALLCLEAR_CONFIG", "env.yaml"},
                                                      {"XDG_CONFIG_HOME", (folder_ / "xdg").string()}})),
            fs::path("env.yaml"));
  EXPECT_EQ(find_config(std::nullopt, xdg), mine);
  write("home/.config/allclear/allclear.yaml", "");
  EXPECT_EQ(find_config(std::nullopt, environment_of({{"HOME", (folder_ / "home").string()}})),
            folder_ / "home/.config/allclear/allclear.yaml");
}

}  // namespace
}  // namespace allclear::config
