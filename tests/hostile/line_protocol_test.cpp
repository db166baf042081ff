// TCP, SMTP and IMAP servers that misbehave.
#include <gtest/gtest.h>

#include "tests/hostile/behaviour.h"

namespace allclear::test {
namespace {

class Tcp : public testing::TestWithParam<Behaviour> {};

TEST_P(Tcp, R19_EndsWithItsOwnReason) {
  const ScriptedServer server(GetParam().script);
  TcpTarget target;
  target.host = "127.0.0.1";
  target.port = server.port();
  target.expect = "+PONG";
  const Observation seen = observe_hostile(GetParam(), target);
  EXPECT_LE(std::get<TcpFacts>(seen.facts).received.size(), 64U * 1024U);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, Tcp,
    testing::Values(Behaviour{"flood", [](Conversation& c) { c.send_forever("nonsense "); }, std::nullopt,
                              Phase::transfer},
                    Behaviour{"silence", [](Conversation& c) { c.hold(); }, Reason::timeout, Phase::first_byte},
                    Behaviour{"drip", [](Conversation& c) { c.drip(std::string(100, '.'), milliseconds(40)); },
                              Reason::timeout, Phase::transfer},
                    Behaviour{"closed", [](Conversation&) {}, Reason::reset, Phase::first_byte}),
    behaviour_name);

class StartTlsDialogue : public testing::TestWithParam<Behaviour> {};

TEST_P(StartTlsDialogue, R19_EndsWithItsOwnReason) {
  const ScriptedServer server(GetParam().script);
  TlsTarget target;
  target.host = "127.0.0.1";
  target.port = server.port();
  target.start_tls = GetParam().name.starts_with("imap") ? StartTls::imap : StartTls::smtp;
  observe_hostile(GetParam(), target);
}

ScriptedServer::Script injects_after_start_tls() {
  return [](Conversation& conversation) {
    conversation.send("220 mail.test\r\n");
    conversation.read_until("\r\n");
    conversation.send("250-mail.test\r\n250 STARTTLS\r\n");
    conversation.read_until("\r\n");
    conversation.send("220 go ahead\r\n250 injected\r\n");
    conversation.hold();
  };
}

ScriptedServer::Script knows_no_start_tls() {
  return [](Conversation& conversation) {
    conversation.send("220 mail.test\r\n");
    conversation.read_until("\r\n");
    conversation.send("250 mail.test\r\n");
    conversation.read_until("\r\n");
    conversation.send("502 what?\r\n");
    conversation.hold();
  };
}

INSTANTIATE_TEST_SUITE_P(
    Words, StartTlsDialogue,
    testing::Values(Behaviour{"smtp_silence", [](Conversation& c) { c.hold(); }, Reason::timeout, Phase::tls},
                    Behaviour{"smtp_endless_line", [](Conversation& c) { c.send_forever("220"); }, Reason::too_large,
                              Phase::tls},
                    Behaviour{"smtp_endless_lines", [](Conversation& c) { c.send_forever("220-more\r\n"); },
                              Reason::too_large, Phase::tls},
                    Behaviour{"smtp_refuses",
                              [](Conversation& c) {
                                c.send("554 go away\r\n");
                                c.hold();
                              },
                              Reason::protocol_error, Phase::tls},
                    Behaviour{"smtp_closed", [](Conversation&) {}, Reason::reset, Phase::tls},
                    Behaviour{"smtp_injects", injects_after_start_tls(), Reason::protocol_error, Phase::tls},
                    Behaviour{"smtp_without_starttls", knows_no_start_tls(), Reason::protocol_error, Phase::tls},
                    Behaviour{"imap_control_characters",
                              [](Conversation& c) {
                                c.send("* BYE \x1B[31m\x07\xFF\r\n");
                                c.hold();
                              },
                              Reason::protocol_error, Phase::tls},
                    Behaviour{"imap_endless_untagged", [](Conversation& c) { c.send_forever("* OK more\r\n"); },
                              Reason::too_large, Phase::tls}),
    behaviour_name);

}  // namespace
}  // namespace allclear::test
