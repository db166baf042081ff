// Redirects that lead nowhere good. Each hop is judged anew.
#include <mutex>

#include <gtest/gtest.h>

#include "tests/hostile/behaviour.h"

namespace allclear::test {
namespace {

class Redirect : public testing::TestWithParam<Behaviour> {};

TEST_P(Redirect, R19_S6_IsJudgedHopByHop) {
  const ScriptedServer server(GetParam().script);
  observe_hostile(GetParam(), http_target(server.port(), "/start"));
}

std::string redirect_to(const std::string& location, const std::string& status = "302 Found") {
  return "HTTP/1.1 " + status + "\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Targets, Redirect,
    testing::Values(
        Behaviour{"loop", answers(redirect_to("/start")), Reason::redirect_limit, Phase::transfer},
        Behaviour{"to_the_metadata_address", answers(redirect_to("http://169.254.169.254/latest/meta-data/")),
                  Reason::blocked_address, Phase::connect},
        Behaviour{"to_a_mapped_metadata_address", answers(redirect_to("http://[::ffff:169.254.169.254]/")),
                  Reason::blocked_address, Phase::connect},
        Behaviour{"to_metadata_behind_nat64", answers(redirect_to("http://[64:ff9b::a9fe:a9fe]/")),
                  Reason::blocked_address, Phase::connect},
        Behaviour{"to_any_address", answers(redirect_to("http://0.0.0.0/")), Reason::blocked_address, Phase::connect},
        Behaviour{"to_a_file", answers(redirect_to("file:///etc/passwd")), Reason::protocol_error, Phase::transfer},
        Behaviour{"to_a_script", answers(redirect_to("javascript:alert(1)")), Reason::protocol_error, Phase::transfer},
        Behaviour{"to_gopher", answers(redirect_to("gopher://127.0.0.1:25/_HELO")), Reason::protocol_error,
                  Phase::transfer},
        Behaviour{"to_a_user_name", answers(redirect_to("http://user:pass@127.0.0.1/")), Reason::protocol_error,
                  Phase::transfer},
        Behaviour{"to_a_host_of_nonsense", answers(redirect_to("http://a b\xFF/")), Reason::protocol_error,
                  Phase::transfer},
        Behaviour{"to_a_port_out_of_range", answers(redirect_to("http://127.0.0.1:99999/")), Reason::protocol_error,
                  Phase::transfer}),
    behaviour_name);

TEST(RedirectText, R19_NothingInALocationCanBreakOutOfTheNextRequest) {
  std::mutex guard;
  std::string second;
  const ScriptedServer server([&](Conversation& conversation) {
    const std::string request = conversation.read_until();
    if (request.starts_with("GET /start ")) {
      conversation.send(redirect_to("/next HTTP/1.1\tX-Injected: yes\xFF?a b"));
      return;
    }
    const std::lock_guard lock(guard);
    second = request;
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const Observation seen =
      observe_hostile({"", {}, std::nullopt, Phase::transfer}, http_target(server.port(), "/start"));
  const std::lock_guard lock(guard);
  EXPECT_TRUE(second.starts_with("GET /next%20HTTP/1.1%09X-Injected:%20yes%FF?a%20b HTTP/1.1\r\n")) << second;
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).redirects, 1);
}

TEST(RedirectText, S6_CredentialsDoNotFollowToAnotherOrigin) {
  std::mutex guard;
  std::string elsewhere_request;
  const ScriptedServer elsewhere([&](Conversation& conversation) {
    const std::lock_guard lock(guard);
    elsewhere_request = conversation.read_until();
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const ScriptedServer server(answers(redirect_to("http://127.0.0.1:" + std::to_string(elsewhere.port()) + "/")));
  HttpTarget target = http_target(server.port());
  target.request.edit().bearer = "secret-token";
  target.request.edit().headers = {{"Cookie", "session=secret"}, {"X-Api-Key", "secret"}, {"Accept-Language", "kept"}};
  observe_hostile({"", {}, std::nullopt, Phase::transfer}, target);
  const std::lock_guard lock(guard);
  EXPECT_EQ(elsewhere_request.find("secret"), std::string::npos) << elsewhere_request;
  EXPECT_NE(elsewhere_request.find("Accept-Language: kept"), std::string::npos);
}

}  // namespace
}  // namespace allclear::test
