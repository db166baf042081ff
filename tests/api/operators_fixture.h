// OperatorsUnderTest: the API over a store in memory and tokens in a real file, asked as a server would. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/api/api.h"
#include "adapters/api/events.h"
#include "adapters/store/memory/memory_store.h"
#include "adapters/store/sqlite/session_watch.h"
#include "adapters/store/sqlite/token_file.h"
#include "adapters/store/sqlite/token_watch.h"
#include "adapters/store/sqlite/user_file.h"
#include "base/json.h"
#include "tests/support/recording_log.h"
#include "tests/support/sample_world.h"

namespace allclear::test {

class SetClock final : public Clock {
 public:
  Instant now() const override { return at; }
  void pass(milliseconds time) { at = {at.wall + time, at.monotonic + time}; }
  Instant at{sample_now(), MonotonicTime(std::chrono::hours(1))};
};

// Answers each operation with `result`, or keeps it when told so.
class FakeOperations final : public Operations {
 public:
  void operate(Operation operation, Done done) override;

  bool keep = false;
  OperationResult result;
  std::vector<Operation> asked;
  std::vector<Done> kept;
};

struct Asking {
  std::string method = "GET";
  std::string target;
  std::string token;  // a word of token(), or any other text; empty: none
  std::string body;
  std::vector<net::HttpField> headers;
};

class OperatorsUnderTest {
 public:
  // There are active tokens "read", "write", "ingest", "admin", "ping", and "expired" and "revoked" ones.
  explicit OperatorsUnderTest(api::ApiOptions options = {}, api::Entrance entrance = api::Entrance::login);
  ~OperatorsUnderTest();

  net::HttpResponse ask(const Asking& asking);
  net::HttpResponse get(const std::string& target, const std::string& token = "read") {
    return ask({"GET", target, token, "", {}});
  }
  net::HttpResponse post(const std::string& target, const std::string& token, const std::string& body = "");
  Json json(const std::string& target) { return *parse_json(*get(target).body); }
  const std::string& text_of(const std::string& token) const { return texts_.at(token); }
  const Token& token_of(const std::string& token) const { return tokens_.at(token); }

  // Users are called as their roles, and made when they are first asked for: that costs a password's hash.
  static inline const std::string password = "correct horse";
  void make_user(const std::string& role);
  // The text of a session that was begun behind the API's back.
  const std::string& session_of(const std::string& role);
  // What a page of ours sends along with a request by that session.
  std::vector<net::HttpField> carried(const std::string& role);
  // Asks for the form, fills it in and sends it.
  net::HttpResponse log_in(const std::string& user, const std::string& password, const std::string& next = "/ops/");
  store::UserFile& users() { return user_file_; }

  // One alert of a new incident of the service, settled so when `outcome` says so.
  Alert owe(const std::string& service, const std::string& channel, std::optional<Delivery> settled);
  Incident open_incident(const std::string& service, WallTime opened_at);
  void break_tokens();
  // A new snapshot, as the monitor publishes it, which is looked at a second later.
  void publish(const std::function<void(Snapshot&)>& edit);
  // Into the snapshot, with the target as its only check's.
  void add_service(const ServiceId& id, Target target);
  void add_maintenance(std::shared_ptr<const Maintenance> maintenance);

  SetClock clock;
  RecordingLog log;
  store::MemoryStore store;
  api::LiveEvents live{clock};
  std::shared_ptr<net::StreamSource> stream;  // of the last answer, when it was one
  FakeOperations operations;
  int woken = 0;
  bool store_gone = false;  // what it is given is dropped
  bool logins_full = false;
  bool secure = false;
  std::string client = "192.0.2.7";

 private:
  void make_token(const std::string& name, TokenScopes scopes, TokenKind kind = TokenKind::api);
  api::OperatorPorts ports();

  std::filesystem::path folder_;
  store::TokenFile token_file_;
  store::TokenWatch token_watch_;
  store::UserFile user_file_;
  store::SessionWatch session_watch_;
  api::Entrance entrance_;
  std::map<std::string, std::string> sessions_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, Token> tokens_;
  std::shared_ptr<const Snapshot> snapshot_;
  api::RenderedPages pages_;
  std::unique_ptr<api::OperatorApi> operators_;
  std::unique_ptr<api::PingApi> pings_;
  api::ProbeApi probes_{{}, {}};
  std::unique_ptr<api::OpsPages> ops_;
  std::unique_ptr<api::Api> api_;
};

inline const std::string own_host = "status.example.com";
std::string header_of(const net::HttpResponse& response, std::string_view name);  // empty: absent
// Of all Set-Cookie headers: the value of this cookie, and the whole line. Empty: it is not set.
std::string cookie_line(const net::HttpResponse& response, const std::string& name);
std::string cookie_value(const net::HttpResponse& response, const std::string& name);
// The form's hidden field.
std::string field_in(const net::HttpResponse& page, const std::string& name);
std::string form_encoded(std::string_view text);
Json json_of(const net::HttpResponse& response);

}  // namespace allclear::test
