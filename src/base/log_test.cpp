#include "base/log.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace allclear {
namespace {

std::string captured(LogFormat format, const std::function<void(Log&)>& write) {
  testing::internal::CaptureStderr();
  const auto log = make_log(format, LogLevel::info);
  write(*log);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, S18_OneJsonLinePerEvent) {
  const std::string out = captured(LogFormat::json, [](Log& log) {
    log.info("probe_failed", {{"detail", std::string("a\nb\"c\xff")}, {"status", std::int64_t{503}}, {"late", true}});
  });
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
  const auto line = nlohmann::json::parse(out);
  EXPECT_EQ(line["event"], "probe_failed");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["status"], 503);
  EXPECT_EQ(line["detail"].get<std::string>().substr(0, 5), "a\nb\"c");
}

TEST(Log, S18_ReadableLineKeepsControlCharactersInside) {
  const std::string out = captured(LogFormat::readable, [](Log& log) { log.warning("x", {{"text", std::string("one\ntwo")}}); });
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
  EXPECT_NE(out.find("x text=\"one\\ntwo\""), std::string::npos);
}

TEST(Log, S7_MasksSecretsEverywhere) {
  const std::string out = captured(LogFormat::json, [](Log& log) {
    log.mask("hunter2secret");
    log.error("failed", {{"url", std::string("https://u:hunter2secret@host/hunter2secret")}});
  });
  EXPECT_EQ(out.find("hunter2secret"), std::string::npos);
  EXPECT_NE(out.find("***"), std::string::npos);
}

TEST(Log, S7_MasksSecretsThatJsonEscapes) {
  for (const LogFormat format : {LogFormat::json, LogFormat::readable}) {
    const std::string out = captured(format, [](Log& log) {
      log.mask("pa\"ss\\w0rd");
      log.error("failed", {{"url", std::string("https://u:pa\"ss\\w0rd@host/")}});
    });
    EXPECT_EQ(out.find("w0rd"), std::string::npos) << out;
  }
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  EXPECT_EQ(captured(LogFormat::json, [](Log& log) { log.debug("quiet"); }), "");
}

}  // namespace
}  // namespace allclear
