// Answers that break HTTP's framing.
#include <gtest/gtest.h>

#include "tests/hostile/behaviour.h"

namespace allclear::test {
namespace {

class HttpFraming : public testing::TestWithParam<Behaviour> {};

TEST_P(HttpFraming, R19_EndsWithItsOwnReason) {
  const ScriptedServer server(GetParam().script);
  observe_hostile(GetParam(), http_target(server.port()));
}

ScriptedServer::Script then_resets(std::string answer) {
  return [answer = std::move(answer)](Conversation& conversation) {
    conversation.read_until();
    conversation.send(answer);
    conversation.pause(milliseconds(50));  // the bytes arrive before the RST that would drop them
    conversation.reset();
  };
}

ScriptedServer::Script then_holds(std::string answer) {
  return [answer = std::move(answer)](Conversation& conversation) {
    conversation.read_until();
    conversation.send(answer);
    conversation.hold();
  };
}

ScriptedServer::Script drips(std::string head, std::string rest) {
  return [head = std::move(head), rest = std::move(rest)](Conversation& conversation) {
    conversation.read_until();
    conversation.send(head);
    conversation.drip(rest, milliseconds(40));
  };
}

constexpr auto first_byte = Phase::first_byte;
constexpr auto transfer = Phase::transfer;
const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
const std::string long_text(200, 'x');

INSTANTIATE_TEST_SUITE_P(
    Ends, HttpFraming,
    testing::Values(
        Behaviour{"silence", [](Conversation& c) { c.hold(); }, Reason::timeout, first_byte},
        Behaviour{"closed_without_an_answer", answers(""), Reason::reset, first_byte},
        Behaviour{"reset_without_an_answer", then_resets(""), Reason::reset, first_byte},
        Behaviour{"closed_in_the_status_line", answers("HTTP/1.1 2"), Reason::truncated, first_byte},
        Behaviour{"closed_in_the_header", answers(ok + "Server: x\r\n"), Reason::truncated, first_byte},
        Behaviour{"reset_in_the_header", then_resets(ok + "Server: x\r\n"), Reason::reset, first_byte},
        Behaviour{"closed_in_the_body", answers(ok + "Content-Length: 100\r\n\r\nhalf"), std::nullopt, transfer},
        Behaviour{"closed_in_a_chunk", answers(chunked + "10\r\nhalf"), std::nullopt, transfer},
        Behaviour{"reset_in_the_body", then_resets(ok + "Content-Length: 100\r\n\r\nhalf"), Reason::reset, transfer},
        Behaviour{"length_too_long_and_held", then_holds(ok + "Content-Length: 100\r\n\r\nhalf"), Reason::timeout,
                  transfer},
        Behaviour{"length_too_short", answers(ok + "Content-Length: 4\r\n\r\nhalf and more"), std::nullopt, transfer},
        Behaviour{"dripping_header", drips("", ok + "Server: " + long_text), Reason::timeout, first_byte},
        Behaviour{"dripping_body", drips(ok + "\r\n", long_text), Reason::timeout, transfer}),
    behaviour_name);

INSTANTIATE_TEST_SUITE_P(
    Broken, HttpFraming,
    testing::Values(
        Behaviour{"garbage", answers("\x01\x02\xFF\xFE garbage \r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"another_protocol", answers("220 mail.example ESMTP\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"http_0_9", answers("<html>hello</html>"), Reason::protocol_error, first_byte},
        Behaviour{"unknown_version", answers("HTTP/9.9 200 OK\r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"status_of_five_digits", answers("HTTP/1.1 20000 OK\r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"status_of_letters", answers("HTTP/1.1 abc OK\r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"nul_in_a_name", answers(ok + std::string("X\0Y: 1\r\n\r\n", 10)), Reason::protocol_error,
                  first_byte},
        Behaviour{"nul_in_a_value", answers(ok + std::string("X: \0\r\n\r\n", 8)), Reason::protocol_error, first_byte},
        Behaviour{"field_without_colon", answers(ok + "nonsense\r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"negative_length", answers(ok + "Content-Length: -1\r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"length_of_letters", answers(ok + "Content-Length: ten\r\n\r\n"), Reason::protocol_error, first_byte},
        Behaviour{"overflowing_length", answers(ok + "Content-Length: 99999999999999999999999\r\n\r\n"),
                  Reason::protocol_error, first_byte},
        Behaviour{"two_lengths", answers(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                  Reason::protocol_error, first_byte},
        Behaviour{"length_and_chunks", answers(ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                  Reason::protocol_error, first_byte},
        Behaviour{"bad_chunk_size", answers(chunked + "zz\r\nhello\r\n"), Reason::protocol_error, transfer},
        Behaviour{"negative_chunk_size", answers(chunked + "-5\r\nhello\r\n"), Reason::protocol_error, transfer},
        Behaviour{"overflowing_chunk_size", answers(chunked + "FFFFFFFFFFFFFFFFFF\r\nhello\r\n"),
                  Reason::protocol_error, transfer},
        Behaviour{"chunk_without_its_end", answers(chunked + "5\r\nhelloworld, this is no chunk\r\n"),
                  Reason::protocol_error, transfer}),
    behaviour_name);

TEST(HttpFramingFacts, R19_AnEarlyEndIsAFactAndKeepsTheBody) {
  const Behaviour behaviour{"", answers(ok + "Content-Length: 100\r\n\r\nhalf"), std::nullopt, transfer};
  const ScriptedServer server(behaviour.script);
  const Observation seen = observe_hostile(behaviour, http_target(server.port()));
  const auto& facts = std::get<HttpFacts>(seen.facts);
  EXPECT_TRUE(facts.body_ended_early);
  EXPECT_EQ(facts.body, "half");
}

TEST(HttpFramingFacts, R19_ABodyAfter204IsNotRead) {
  const Behaviour behaviour{"", answers("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"), std::nullopt,
                            transfer};
  const ScriptedServer server(behaviour.script);
  const Observation seen = observe_hostile(behaviour, http_target(server.port()));
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).status, 204);
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).body, "");
}

TEST(HttpFramingFacts, R19_HeaderBytesThatAreNoTextDoNotStopTheCheck) {
  const Behaviour behaviour{"", answers(ok + "X-Name: \xC3\x28\xFF\r\nContent-Length: 0\r\n\r\n"), std::nullopt,
                            transfer};
  const ScriptedServer server(behaviour.script);
  const Observation seen = observe_hostile(behaviour, http_target(server.port()));
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).headers.at(0).value, "\xC3\x28\xFF");
}

}  // namespace
}  // namespace allclear::test
