#include "net/answer_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace allclear::net {
namespace {

const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n";

// Feeds the text in pieces, keeping what was not used up, as the connection does.
HttpAnswer read_in_pieces(const std::string& text, const std::vector<std::size_t>& sizes) {
  HttpAnswer answer;
  AnswerReader reader(AnswerBody::expected, answer);
  std::string held;
  std::size_t at = 0;
  for (std::size_t i = 0; at < text.size(); ++i) {
    const std::size_t size = sizes.empty() ? text.size() : sizes[i % sizes.size()] % 20 + 1;
    held += text.substr(at, size);
    at += size;
    const auto used = reader.put(held);
    EXPECT_TRUE(used) << used.error().detail;
    if (used) held.erase(0, *used);
  }
  EXPECT_TRUE(reader.done());
  return answer;
}

RC_GTEST_PROP(AnswerReader, ReadsTheSameHoweverTheBytesArrive, (const std::vector<std::size_t>& sizes)) {
  const HttpAnswer answer = read_in_pieces(chunked, sizes);
  RC_ASSERT(answer.status == 200);
  RC_ASSERT(answer.body == "hello, world");
  RC_ASSERT(answer.header("x-a") == "1");
}

RC_GTEST_PROP(AnswerReader, R19_NoBytesAtAllMakeItGrowOrFail, (const std::string& rest)) {
  HttpAnswer answer;
  AnswerReader reader(AnswerBody::expected, answer);
  const std::string text = "HTTP/1.1 200 OK\r\n" + rest;
  const auto used = reader.put(text);
  RC_ASSERT(!used || *used <= text.size());
  RC_ASSERT(answer.headers.size() <= answer_field_limit);
}

TEST(AnswerReader, AnAnswerWithoutLengthEndsWithTheConnection) {
  HttpAnswer answer;
  AnswerReader reader(AnswerBody::expected, answer);
  ASSERT_TRUE(reader.put(std::string_view("HTTP/1.1 200 OK\r\n\r\nsome")));
  EXPECT_FALSE(reader.done());
  EXPECT_TRUE(reader.put_end());
  EXPECT_FALSE(answer.body_ended_early);
  EXPECT_EQ(answer.body, "some");
  EXPECT_FALSE(reader.reusable());
}

TEST(AnswerReader, R19_ABodyIsCutAtItsLimitAndEndsThere) {
  const auto read = [](std::size_t size, std::size_t limit) {
    HttpAnswer answer;
    AnswerReader reader(AnswerBody::expected, answer, limit);
    const auto used =
        reader.put("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'x'));
    EXPECT_TRUE(used);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(answer.body.size(), std::min(size, limit));
    return answer.body_cut;
  };
  EXPECT_FALSE(read(answer_body_limit, answer_body_limit));
  EXPECT_TRUE(read(answer_body_limit + 1, answer_body_limit));
  EXPECT_FALSE(read(answer_body_limit + 1, 2 * answer_body_limit));
}

}  // namespace
}  // namespace allclear::net
