// S6: what a target's owner wrote for its origin does not follow a redirect to another one. Real TLS on both sides.
#include <mutex>
#include <optional>

#include <gtest/gtest.h>

#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

// What one hop saw of the monitor.
struct Visit {
  std::string asked_name;
  bool has_client_certificate = false;
  std::string request;
  std::string body;
};

class OtherOrigin : public testing::Test {
 protected:
  // Answers with TLS as `identity`, remembers the visit; "/start" is redirected.
  ScriptedServer::Script hop(const Identity& identity, std::optional<Visit>& visit) {
    return [&identity, &visit, this](Conversation& conversation) {
      if (!conversation.start_tls(identity, TlsVersions::current, &root_, ClientCertificate::welcome)) return;
      Visit seen{conversation.asked_name(), conversation.has_client_certificate(), conversation.read_until(), ""};
      if (seen.request.find("Content-Length: 6\r\n") != std::string::npos)
        seen.body = conversation.read_until("secret");
      std::string answer = "HTTP/1.1 200 OK";
      {
        const std::lock_guard lock(guard_);
        if (seen.request.find(" /start ") == std::string::npos) {
          visit = std::move(seen);
        } else {
          answer = "HTTP/1.1 " + status_ + " Go\r\nLocation: " + location_;
        }
      }
      conversation.send(answer + "\r\nContent-Length: 0\r\n\r\n");
    };
  }

  HttpTarget target_at(const ScriptedServer& server) const {
    HttpTarget target = https_target(server.port(), ca_file_, "web.test");
    target.url.path = "/start";
    target.tls.edit().client_cert_file = client_cert_file_;
    target.tls.edit().client_key_file = client_key_file_;
    target.request.edit().method = "POST";
    target.request.edit().body = "secret";
    return target;
  }

  // Where the redirect of one POST with everything on it led.
  Visit follow(const std::string& status, HttpTarget target, const std::string& location) {
    {
      const std::lock_guard lock(guard_);
      status_ = status;
      location_ = location;
      at_first_.reset();
      elsewhere_.reset();
    }
    const Observation seen = runner_.observe(std::move(target));
    EXPECT_FALSE(seen.error) << seen.error->detail;
    EXPECT_EQ(seen.redirects.size(), 1U);
    const std::lock_guard lock(guard_);
    EXPECT_NE(at_first_.has_value(), elsewhere_.has_value());
    return at_first_ ? *at_first_ : elsewhere_.value_or(Visit{});
  }
  std::string other_url() const { return "https://localhost:" + std::to_string(other_.port()) + "/end"; }

  const Identity root_ = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity web_ = make_identity({.names = {"DNS:web.test"}}, &root_);
  const Identity local_ = make_identity({.names = {"DNS:localhost"}}, &root_);
  const Identity client_ = make_identity({.subject = "client", .names = {}}, &root_);
  const ScratchFolder folder_;
  const std::string ca_file_ = folder_.write("ca.pem", certificate_pem(root_));
  const std::string client_cert_file_ = folder_.write("client.pem", certificate_pem(client_));
  const std::string client_key_file_ = folder_.write("client.key", key_pem(client_));
  ProbeRunner runner_;
  std::mutex guard_;
  std::string status_;
  std::string location_;
  std::optional<Visit> at_first_;
  std::optional<Visit> elsewhere_;
  // Last: their threads use what stands above.
  const ScriptedServer first_{hop(web_, at_first_)};
  const ScriptedServer other_{hop(local_, elsewhere_)};
};

TEST_F(OtherOrigin, S6_NameAndClientCertificateStayWithTheirOrigin) {
  const Visit at_home = follow("307", target_at(first_), "/end");
  EXPECT_EQ(at_home.asked_name, "web.test");
  EXPECT_TRUE(at_home.has_client_certificate);
  // Its certificate is for localhost: the name that was written for the first host is not verified there either.
  const Visit away = follow("307", target_at(first_), other_url());
  EXPECT_EQ(away.asked_name, "localhost");
  EXPECT_FALSE(away.has_client_certificate);
}

TEST_F(OtherOrigin, S6_CredentialsAndHeadersStayWithTheirOrigin) {
  HttpTarget basic = target_at(first_);
  basic.request.edit().basic_auth = Credentials{"user", "secret"};
  HttpTarget bearer = target_at(first_);
  bearer.request.edit().bearer = "secret";
  HttpTarget headers = target_at(first_);
  headers.request.edit().headers = {
      {"authorization", "Custom secret"}, {"Cookie", "session=secret"}, {"X-Api-Key", "secret"}};
  for (const HttpTarget& target : {basic, bearer, headers}) {
    const std::string at_home = follow("302", target, "/end").request;
    EXPECT_TRUE(at_home.find("uthorization: ") != std::string::npos) << at_home;
    const std::string away = follow("302", target, other_url()).request;
    for (const char* withheld : {"uthorization", "Cookie", "X-Api-Key", "secret"}) {
      EXPECT_EQ(away.find(withheld), std::string::npos) << away;
    }
  }
}

struct MethodCase {
  const char* status;
  const char* method;
  const char* next;
  bool keeps_body;  // at its own origin
};

// RFC 9110, 15.4: 301 and 302 as every browser does it, 303 always, 307 and 308 never change the method.
TEST_F(OtherOrigin, S6_MethodAndBodyAsTheStatusSaysAndTheBodyNeverElsewhere) {
  for (const auto& [status, method, next, keeps_body] : std::initializer_list<MethodCase>{
           {"301", "POST", "GET", false},
           {"302", "POST", "GET", false},
           {"303", "PUT", "GET", false},
           {"303", "HEAD", "HEAD", false},
           {"307", "POST", "POST", true},
           {"308", "PUT", "PUT", true},
       }) {
    HttpTarget target = target_at(first_);
    target.request.edit().method = method;
    if (target.request->method == "HEAD") target.request.edit().body.clear();
    for (const bool away : {false, true}) {
      const Visit visit = follow(status, target, away ? other_url() : "/end");
      EXPECT_TRUE(visit.request.starts_with(std::string(next) + " /end ")) << status << ": " << visit.request;
      EXPECT_EQ(visit.body, keeps_body && !away ? "secret" : "") << status << " away " << away;
    }
  }
}

}  // namespace
}  // namespace allclear::test
