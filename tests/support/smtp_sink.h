// SmtpSink: a mail server on loopback that takes letters, or misbehaves as told. Own threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/scripted_server.h"
#include "tests/support/test_certificates.h"

namespace allclear::test {

enum class SinkTls : std::uint8_t { none, starttls, from_start };

struct SmtpSinkOptions {
  SinkTls tls = SinkTls::none;
  const Identity* identity = nullptr;  // for TLS; outlives the sink
  std::string user;                    // empty: no login is offered
  std::string password;
  // What is answered instead, by the command's first word ("MAIL", "DATA"), "greeting", "letter" or "RCPT address".
  // "hang": nothing, until the client leaves; "close": the connection ends.
  std::map<std::string, std::string> answers;
};

struct ReceivedLetter {
  std::string from;
  std::vector<std::string> to;
  std::string text;  // with its dots unstuffed, lines end in CRLF
  bool encrypted = false;
  std::string user;  // that logged in
};

class SmtpSink {
 public:
  explicit SmtpSink(SmtpSinkOptions options = {});
  ~SmtpSink();

  std::uint16_t port() const { return server_->port(); }
  int connections() const { return server_->connections(); }
  std::vector<ReceivedLetter> letters() const;
  std::vector<std::string> commands() const;                    // of all connections
  void answer(const std::string& to, const std::string& with);  // from now on; empty: as usual

 private:
  struct Session;

  void serve(Conversation& peer);
  bool reply(Conversation& peer, const std::string& to, const std::string& usual);
  bool obey(Conversation& peer, Session& session, const std::string& line);
  bool log_in(Conversation& peer, Session& session, const std::string& line);
  bool take_letter(Conversation& peer, Session& session);

  mutable std::mutex guard_;
  SmtpSinkOptions options_;
  std::vector<ReceivedLetter> letters_;
  std::vector<std::string> commands_;
  std::unique_ptr<ScriptedServer> server_;
};

}  // namespace allclear::test
