#include "tests/support/smtp_sink.h"

#include "net/base64.h"

namespace allclear::test {
namespace {

std::string first_word(const std::string& line) { return line.substr(0, line.find(' ')); }

std::string address_in(const std::string& line) {
  const std::size_t open = line.find('<');
  return line.substr(open + 1, line.find('>') - open - 1);
}

std::string without_stuffing(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at) + 2;
    const std::size_t dots = text[at] == '.' ? 1 : 0;
    out += text.substr(at + dots, end - at - dots);
    at = end;
  }
  return out;
}

}  // namespace

struct SmtpSink::Session {
  bool encrypted = false;
  ReceivedLetter letter;
  std::string user;
};

SmtpSink::SmtpSink(SmtpSinkOptions options) : options_(std::move(options)) {
  server_ = std::make_unique<ScriptedServer>([this](Conversation& peer) { serve(peer); });
}

SmtpSink::~SmtpSink() { server_.reset(); }

std::vector<ReceivedLetter> SmtpSink::letters() const {
  const std::lock_guard lock(guard_);
  return letters_;
}

std::vector<std::string> SmtpSink::commands() const {
  const std::lock_guard lock(guard_);
  return commands_;
}

void SmtpSink::answer(const std::string& to, const std::string& with) {
  const std::lock_guard lock(guard_);
  if (with.empty()) {
    options_.answers.erase(to);
  } else {
    options_.answers[to] = with;
  }
}

// False: the conversation is over.
bool SmtpSink::reply(Conversation& peer, const std::string& to, const std::string& usual) {
  std::string text = usual;
  {
    const std::lock_guard lock(guard_);
    const auto other = options_.answers.find(to);
    if (other != options_.answers.end()) text = other->second;
  }
  if (text == "hang") peer.hold();
  if (text == "hang" || text == "close") return false;
  return peer.send(text + "\r\n");
}

void SmtpSink::serve(Conversation& peer) {
  Session session;
  if (options_.tls == SinkTls::from_start) {
    if (!peer.start_tls(*options_.identity)) return;
    session.encrypted = true;
  }
  if (!reply(peer, "greeting", "220 sink ESMTP")) return;
  for (;;) {
    std::string line = peer.read_until("\r\n");
    if (!line.ends_with("\r\n")) return;
    line.resize(line.size() - 2);
    {
      const std::lock_guard lock(guard_);
      commands_.push_back(line);
    }
    if (!obey(peer, session, line)) return;
  }
}

bool SmtpSink::obey(Conversation& peer, Session& session, const std::string& line) {
  const std::string word = first_word(line);
  if (word == "HELO") return reply(peer, "EHLO", "250 sink");
  if (word == "EHLO") {
    std::string offers = "250-sink\r\n";
    if (options_.tls == SinkTls::starttls && !session.encrypted) offers += "250-STARTTLS\r\n";
    if (!options_.user.empty()) offers += "250-AUTH PLAIN LOGIN\r\n";
    return reply(peer, word, offers + "250 SIZE 1000000");
  }
  if (word == "STARTTLS") {
    if (!reply(peer, word, "220 go on") || !peer.start_tls(*options_.identity)) return false;
    session.encrypted = true;
    return true;
  }
  if (word == "AUTH") return log_in(peer, session, line);
  if (word == "MAIL") {
    session.letter = {address_in(line), {}, {}, session.encrypted, session.user};
    const bool may = options_.user.empty() || !session.user.empty();
    return reply(peer, word, may ? "250 sender ok" : "530 5.7.0 Authentication required");
  }
  if (word == "RCPT") {
    const std::string recipient = address_in(line);
    bool refused = false;
    {
      const std::lock_guard lock(guard_);
      refused = options_.answers.contains("RCPT " + recipient) || options_.answers.contains(word);
    }
    if (!refused) session.letter.to.push_back(recipient);
    return reply(peer, refused && !options_.answers.contains(word) ? "RCPT " + recipient : word, "250 recipient ok");
  }
  if (word == "DATA") return reply(peer, word, "354 go on") && take_letter(peer, session);
  if (word == "QUIT") {
    reply(peer, word, "221 bye");
    return false;
  }
  return peer.send("502 what?\r\n");
}

bool SmtpSink::log_in(Conversation& peer, Session& session, const std::string& line) {
  std::string plain = line.size() > 11 ? line.substr(11) : std::string();
  if (line.starts_with("AUTH PLAIN") && plain.empty()) {
    if (!peer.send("334 \r\n")) return false;
    plain = peer.read_until("\r\n");
    plain.resize(plain.size() - 2);
  }
  const std::string expected = std::string(1, '\0') + options_.user + std::string(1, '\0') + options_.password;
  const bool right = net::from_base64(plain) == expected;
  if (right) session.user = options_.user;
  return reply(peer, "AUTH", right ? "235 welcome" : "535 5.7.8 Username and Password not accepted");
}

bool SmtpSink::take_letter(Conversation& peer, Session& session) {
  {
    const std::lock_guard lock(guard_);
    if (options_.answers.contains("DATA")) return true;  // it was not asked for
  }
  std::string text = peer.read_until("\r\n.\r\n");
  if (!text.ends_with("\r\n.\r\n")) return false;
  text.resize(text.size() - 3);
  session.letter.text = without_stuffing(text);
  {
    const std::lock_guard lock(guard_);
    if (!options_.answers.contains("letter")) letters_.push_back(session.letter);
  }
  return reply(peer, "letter", "250 2.0.0 queued as 42");
}

}  // namespace allclear::test
