#include "tests/support/dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace allclear::test {
namespace {

DnsQuestion question_in(const std::string& query) {
  DnsQuestion question;
  std::size_t at = 12;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<std::size_t>(query[at]);
    question.name.append(question.name.empty() ? "" : ".").append(query, at + 1, length);
    at += length + 1;
  }
  question.type = static_cast<std::uint16_t>((static_cast<unsigned char>(query[at + 1]) << 8) |
                                             static_cast<unsigned char>(query[at + 2]));
  return question;
}

std::string message_for(const std::string& query, const DnsQuestion& question, const DnsReply& reply) {
  if (!reply.raw.empty()) return query.substr(0, 2) + reply.raw;
  const std::string asked = query.substr(12, dns_name(question.name).size() + 4);
  std::string message = query.substr(0, 2) + dns_number(static_cast<std::uint32_t>(0x8180 | reply.code), 2);
  message +=
      dns_number(1, 2) + dns_number(static_cast<std::uint32_t>(reply.answers.size()), 2) + dns_number(0, 4) + asked;
  for (const DnsRecord& record : reply.answers) {
    message += dns_number(0xC00C, 2) + dns_number(record.type, 2) + dns_number(1, 2) + dns_number(record.ttl, 4);
    message += dns_number(static_cast<std::uint32_t>(record.data.size()), 2) + record.data;
  }
  return message;
}

}  // namespace

std::string dns_number(std::uint32_t number, int bytes) {
  std::string wire;
  for (int i = bytes - 1; i >= 0; --i) wire += static_cast<char>((number >> (8 * i)) & 0xFF);
  return wire;
}

std::string dns_name(const std::string& name) {
  std::string wire;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    wire += static_cast<char>(end - at);
    wire += name.substr(at, end - at);
    at = end + 1;
  }
  return wire + '\0';
}

std::string dns_address(const std::string& address) {
  const bool six = address.find(':') != std::string::npos;
  std::string wire(six ? 16 : 4, '\0');
  inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), wire.data());
  return wire;
}

DnsServer::DnsServer(Script script) : script_(std::move(script)) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { serve(); });
}

DnsServer::~DnsServer() {
  stopping_ = true;
  ::shutdown(socket_, SHUT_RDWR);  // wakes recvfrom
  thread_.join();
  ::close(socket_);
}

void DnsServer::serve() {
  std::array<char, 1500> bytes{};
  while (!stopping_) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const ssize_t count = ::recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count < 17) continue;
    const std::string query(bytes.data(), static_cast<std::size_t>(count));
    const DnsQuestion question = question_in(query);
    ++questions_;
    const DnsReply reply = script_(question);
    if (reply.silent) continue;
    const std::string message = message_for(query, question, reply);
    ::sendto(socket_, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

}  // namespace allclear::test
