// AnswerIntake: reads one answer from a stream, with the time to its first byte and to its end. One loop only.
#pragma once

#include "net/answer_reader.h"
#include "net/network_loop.h"

namespace allclear::net {

class AnswerIntake {
 public:
  AnswerIntake(NetworkLoop& network, AnswerBody body, std::size_t body_limit)
      : buffer_(network), reader_(body, answer_, body_limit), body_limit_(body_limit) {}

  // Stops at the answer's end or the body's limit. The time to the first byte counts from `asked_at`; of an answer that
  // did not come in time, it is how long it was waited for.
  Task<Outcome<void>> read(Stream& stream, Deadline& deadline, MonotonicTime asked_at, PhaseTimes& times);

  bool has_header() const { return reader_.has_header(); }
  bool reusable() const { return reader_.reusable() && held_ == 0; }
  HttpAnswer take_answer() { return std::move(answer_); }

 private:
  Outcome<void> parse();

  BorrowedBuffer buffer_;
  HttpAnswer answer_;
  AnswerReader reader_;
  const std::size_t body_limit_;
  std::size_t held_ = 0;  // bytes read but not parsed yet, at the buffer's front
  std::size_t read_ = 0;  // bytes in all
};

}  // namespace allclear::net
