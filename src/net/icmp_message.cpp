#include "net/icmp_message.h"

namespace allclear::net {
namespace {

constexpr unsigned char request_type(IcmpVersion version) { return version == IcmpVersion::v4 ? 8 : 128; }
constexpr unsigned char reply_type(IcmpVersion version) { return version == IcmpVersion::v4 ? 0 : 129; }

void put(EchoBytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<unsigned char>(value >> (8 * (size - 1 - i)));
}

std::uint64_t number(std::span<const unsigned char> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = (value << 8) | bytes[at + i];
  return value;
}

// RFC 1071. For IPv6 the kernel computes it, with the pseudo header.
std::uint16_t checksum(const EchoBytes& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

EchoBytes echo_request(IcmpVersion version, const Echo& echo) {
  EchoBytes bytes{};
  bytes[0] = request_type(version);
  put(bytes, 4, echo.identifier, 2);
  put(bytes, 6, echo.sequence, 2);
  put(bytes, 8, echo.cookie, 8);
  if (version == IcmpVersion::v4) put(bytes, 2, checksum(bytes), 2);
  return bytes;
}

bool is_reply_to(std::span<const unsigned char> packet, IcmpVersion version, EchoFraming framing, const Echo& echo) {
  if (framing == EchoFraming::with_ip_header) {
    const std::size_t header = packet.empty() ? 0 : (packet[0] & 0x0FU) * 4U;
    if (header < 20 || packet.size() < header) return false;
    packet = packet.subspan(header);
  }
  return packet.size() >= echo_size && packet[0] == reply_type(version) && packet[1] == 0 &&
         number(packet, 6, 2) == echo.sequence && number(packet, 8, 8) == echo.cookie;
}

}  // namespace allclear::net
