// RawClient: a blocking loopback socket that sends exactly the bytes it is told to. For tests of servers; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace allclear::test {

struct RawAnswer {
  std::string head;  // status line and headers
  std::string body;
  int status() const;
  std::string header(std::string_view name) const;  // empty when absent
};

class RawClient {
 public:
  RawClient();
  // Connects at once. `from`: the loopback address to call from.
  explicit RawClient(std::uint16_t port, const std::string& from = "127.0.0.1");
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connect(std::uint16_t port, const std::string& from = "127.0.0.1");
  bool connected() const { return connected_; }
  // False when the peer is gone.
  bool send(std::string_view bytes);
  void shrink_receive_buffer();
  // Bytes until the peer closes, at most 10 s of silence.
  std::string read_all();
  // One answer with Content-Length; an empty head when the peer closed first.
  RawAnswer read_answer(bool with_body = true);
  // The peer closed without another byte.
  bool is_closed();

 private:
  bool receive();
  int socket_ = -1;
  bool connected_ = false;
  std::string received_;
};

// Connects, sends, reads one answer.
RawAnswer exchange(std::uint16_t port, std::string_view request);

}  // namespace allclear::test
