// Answers without end: each is read up to a bound, and no further.
#include <gtest/gtest.h>

#include "tests/hostile/behaviour.h"

namespace allclear::test::http_size_test {
namespace {

class HttpSize : public testing::TestWithParam<Behaviour> {};

TEST_P(HttpSize, R19_IsBounded) {
  const ScriptedServer server(GetParam().script);
  observe_hostile(GetParam(), http_target(server.port()));
}

// After `head`, `block` for ever.
ScriptedServer::Script endless(std::string head, std::string block) {
  return [head = std::move(head), block = std::move(block)](Conversation& conversation) {
    conversation.read_until();
    if (conversation.send(head)) conversation.send_forever(block);
  };
}

std::string many_fields(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "X-" + std::to_string(i) + ": 1\r\n";
  return text;
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
const std::string kilobyte(1024, 'x');

INSTANTIATE_TEST_SUITE_P(
    Headers, HttpSize,
    testing::Values(
        Behaviour{"endless_status_line", endless("HTTP/1.1 200 ", "OK "), Reason::too_large, Phase::first_byte},
        Behaviour{"endless_fields", endless(ok, "X-More: " + kilobyte + "\r\n"), Reason::too_large, Phase::first_byte},
        Behaviour{"one_endless_field", endless(ok + "X-Long: ", "x"), Reason::too_large, Phase::first_byte},
        Behaviour{"one_endless_name", endless(ok, "x"), Reason::too_large, Phase::first_byte},
        Behaviour{"a_hundred_and_one_fields", answers(ok + many_fields(101) + "\r\n"), Reason::too_large,
                  Phase::first_byte},
        Behaviour{"a_hundred_fields", answers(ok + many_fields(100) + "\r\n"), std::nullopt, Phase::first_byte},
        Behaviour{"interim_answers_for_ever", endless("", "HTTP/1.1 100 Continue\r\n\r\n"), Reason::protocol_error,
                  Phase::first_byte},
        Behaviour{"early_hints_for_ever", endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
                  Reason::protocol_error, Phase::first_byte}),
    behaviour_name);

INSTANTIATE_TEST_SUITE_P(
    Bodies, HttpSize,
    testing::Values(
        Behaviour{"ten_gigabytes_announced", endless(ok + "Content-Length: 10737418240\r\n\r\n", kilobyte),
                  std::nullopt, Phase::transfer},
        Behaviour{"a_body_without_length_or_end", endless(ok + "\r\n", kilobyte), std::nullopt, Phase::transfer},
        Behaviour{"endless_chunks", endless(chunked, "400\r\n" + kilobyte + "\r\n"), std::nullopt, Phase::transfer},
        Behaviour{"one_chunk_of_terabytes", endless(chunked + "FFFFFFFFFFF\r\n", kilobyte), std::nullopt,
                  Phase::transfer},
        Behaviour{"compressed_though_not_asked", endless(ok + "Content-Encoding: gzip\r\n\r\n", "\x1F\x8B" + kilobyte),
                  std::nullopt, Phase::transfer},
        Behaviour{"tiny_chunks_for_ever", endless(chunked, "1\r\nx\r\n"), std::nullopt, Phase::transfer},
        Behaviour{"an_endless_chunk_extension", endless(chunked + "5;", "x"), Reason::too_large, Phase::transfer},
        Behaviour{"chunks_of_extensions_for_ever", endless(chunked, "1;x=" + kilobyte + "\r\nx\r\n"), Reason::too_large,
                  Phase::transfer},
        Behaviour{"an_endless_trailer", endless(chunked + "0\r\n", "X-T: " + kilobyte + "\r\n"), Reason::too_large,
                  Phase::transfer}),
    behaviour_name);

TEST(HttpSizeFacts, R19_OnlyTheFirstMebibyteOfABodyIsReadAndThatIsNoFault) {
  const Behaviour behaviour{"", endless(ok + "Content-Length: 10737418240\r\n\r\n", kilobyte), std::nullopt,
                            Phase::transfer};
  const ScriptedServer server(behaviour.script);
  const Observation seen = observe_hostile(behaviour, http_target(server.port()));
  const auto& facts = std::get<HttpFacts>(seen.facts);
  EXPECT_EQ(facts.body.size(), 1024U * 1024U);
  EXPECT_TRUE(facts.body_cut);
  EXPECT_FALSE(facts.body_ended_early);
}

TEST(HttpSizeFacts, R19_ABodyOfExactlyTheLimitIsWhole) {
  const std::string body(1024 * 1024, 'y');
  const Behaviour behaviour{"", answers(ok + "Content-Length: 1048576\r\n\r\n" + body), std::nullopt, Phase::transfer};
  const ScriptedServer server(behaviour.script);
  const Observation seen = observe_hostile(behaviour, http_target(server.port()));
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).body, body);
  EXPECT_FALSE(std::get<HttpFacts>(seen.facts).body_cut);
}

}  // namespace
}  // namespace allclear::test::http_size_test
