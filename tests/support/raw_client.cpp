#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace allclear::test {
namespace {

sockaddr_in loopback(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &result.sin_addr);
  return result;
}

}  // namespace

int RawAnswer::status() const { return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0; }

std::string RawAnswer::header(std::string_view name) const {
  const std::string mark = "\r\n" + std::string(name) + ": ";
  const auto at = head.find(mark);
  if (at == std::string::npos) return {};
  const auto begin = at + mark.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

RawClient::RawClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

RawClient::RawClient(std::uint16_t port, const std::string& from) : RawClient() { connect(port, from); }

bool RawClient::connect(std::uint16_t port, const std::string& from) {
  const sockaddr_in local = loopback(from, 0);
  const sockaddr_in remote = loopback("127.0.0.1", port);
  ::bind(socket_, reinterpret_cast<const sockaddr*>(&local), sizeof local);
  connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) == 0;
  return connected_;
}

RawClient::~RawClient() { ::close(socket_); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::shrink_receive_buffer() {
  const int size = 4096;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

bool RawClient::receive() {
  char piece[16384];
  const ssize_t count = ::recv(socket_, piece, sizeof piece, 0);
  if (count <= 0) return false;
  received_.append(piece, static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::read_all() {
  while (receive()) {
  }
  return std::exchange(received_, {});
}

RawAnswer RawClient::read_answer(bool with_body) {
  RawAnswer answer;
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return answer;
  }
  answer.head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  const std::size_t length = with_body ? std::strtoul(answer.header("Content-Length").c_str(), nullptr, 10) : 0;
  while (received_.size() < length && receive()) {
  }
  answer.body = received_.substr(0, length);
  received_.erase(0, std::min(length, received_.size()));
  return answer;
}

bool RawClient::is_closed() { return received_.empty() && !receive(); }

RawAnswer exchange(std::uint16_t port, std::string_view request) {
  RawClient client(port);
  client.send(request);
  return client.read_answer();
}

}  // namespace allclear::test
