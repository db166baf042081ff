#include "net/dns_message.h"

#include <algorithm>
#include <array>
#include <memory>

#include <ares.h>
#include <boost/asio/ip/address.hpp>

#include "net/fault.h"

namespace allclear::net {
namespace {

constexpr std::size_t most_records = 256;
constexpr std::size_t longest_record = 4096;

struct TypeName {
  std::string_view text;
  DnsType type;
};
constexpr std::array<TypeName, 10> type_names{{{"A", DnsType::a},
                                               {"AAAA", DnsType::aaaa},
                                               {"CNAME", DnsType::cname},
                                               {"MX", DnsType::mx},
                                               {"NS", DnsType::ns},
                                               {"TXT", DnsType::txt},
                                               {"SOA", DnsType::soa},
                                               {"SRV", DnsType::srv},
                                               {"CAA", DnsType::caa},
                                               {"PTR", DnsType::ptr}}};

// Reads a message from front to back; after the first overrun every read yields nothing.
class Cursor {
 public:
  explicit Cursor(std::span<const unsigned char> message) : message_(message) {}

  bool broken() const { return broken_; }
  std::size_t at() const { return at_; }
  void jump(std::size_t to) {
    if (to > message_.size()) broken_ = true;
    at_ = std::min(to, message_.size());
  }

  std::span<const unsigned char> bytes(std::size_t count) {
    if (broken_ || count > message_.size() - at_) {
      broken_ = true;
      return {};
    }
    at_ += count;
    return message_.subspan(at_ - count, count);
  }
  std::uint32_t number(std::size_t count) {
    std::uint32_t value = 0;
    for (const unsigned char byte : bytes(count)) value = (value << 8) | byte;
    return value;
  }
  std::string text(std::size_t count) {
    const auto raw = bytes(count);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  std::string name() {
    char* expanded = nullptr;
    long used = 0;
    const int status = broken_ ? ARES_EBADNAME
                               : ares_expand_name(message_.data() + at_, message_.data(),
                                                  static_cast<int>(message_.size()), &expanded, &used);
    if (status != ARES_SUCCESS) {
      broken_ = true;
      return {};
    }
    const std::unique_ptr<char, decltype(&ares_free_string)> owner(expanded, &ares_free_string);
    at_ += static_cast<std::size_t>(used);
    std::string name = expanded;
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return name;
  }

 private:
  std::span<const unsigned char> message_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

std::string address_text(Cursor& in, std::size_t length, DnsType type) {
  const auto raw = in.bytes(length);
  if (type == DnsType::a && raw.size() == 4) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::copy(raw.begin(), raw.end(), bytes.begin());
    return boost::asio::ip::address_v4(bytes).to_string();
  }
  boost::asio::ip::address_v6::bytes_type bytes{};
  if (type != DnsType::aaaa || raw.size() != bytes.size()) return {};
  std::copy(raw.begin(), raw.end(), bytes.begin());
  return boost::asio::ip::address_v6(bytes).to_string();
}

std::string numbers(Cursor& in, std::initializer_list<std::size_t> sizes) {
  std::string text;
  for (const std::size_t size : sizes) text += std::to_string(in.number(size)) + " ";
  return text;
}

std::string joined_strings(Cursor& in, std::size_t end) {
  std::string text;
  while (!in.broken() && in.at() < end) text += in.text(in.number(1));
  return text;
}

std::string record_text(Cursor& in, DnsType type, std::size_t length) {
  const std::size_t end = in.at() + length;
  switch (type) {
    case DnsType::a:
    case DnsType::aaaa: return address_text(in, length, type);
    case DnsType::ns:
    case DnsType::cname:
    case DnsType::ptr: return in.name();
    case DnsType::mx: {
      const std::string preference = numbers(in, {2});
      return preference + in.name();
    }
    case DnsType::srv: {
      const std::string priority_weight_port = numbers(in, {2, 2, 2});
      return priority_weight_port + in.name();
    }
    case DnsType::soa: {
      const std::string server = in.name();
      const std::string mailbox = in.name();
      std::string text = server + " " + mailbox + " " + numbers(in, {4, 4, 4, 4, 4});
      text.pop_back();
      return text;
    }
    case DnsType::txt: return joined_strings(in, end);
    case DnsType::caa: {
      const std::string flags = numbers(in, {1});
      const std::string tag = in.text(in.number(1));
      return flags + tag + " \"" + in.text(end > in.at() ? end - in.at() : 0) + "\"";
    }
  }
  return {};
}

}  // namespace

std::optional<DnsType> parse_dns_type(std::string_view text) {
  const auto found =
      std::find_if(type_names.begin(), type_names.end(), [&](const TypeName& name) { return name.text == text; });
  if (found == type_names.end()) return std::nullopt;
  return found->type;
}

std::string reverse_name(std::string_view address_or_name) {
  boost::system::error_code not_literal;
  const auto address = boost::asio::ip::make_address(std::string(address_or_name), not_literal);
  if (not_literal) return std::string(address_or_name);
  std::string name;
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) name += std::to_string(*byte) + ".";
    return name + "in-addr.arpa";
  }
  static constexpr std::string_view digits = "0123456789abcdef";
  const auto bytes = address.to_v6().to_bytes();
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
    name += {digits[*byte & 15], '.', digits[*byte >> 4], '.'};
  return name + "ip6.arpa";
}

Result<DnsAnswer> parse_dns_answer(std::span<const unsigned char> message, DnsType type) {
  Cursor in(message);
  in.jump(4);
  const std::uint32_t questions = in.number(2);
  const std::uint32_t answers = in.number(2);
  in.jump(12);
  for (std::uint32_t i = 0; i < questions && !in.broken(); ++i) {
    in.name();
    in.bytes(4);
  }
  DnsAnswer answer;
  std::optional<std::uint32_t> least_ttl;
  for (std::uint32_t i = 0; i < answers && !in.broken() && answer.records.size() < most_records; ++i) {
    in.name();
    const std::uint32_t record_type = in.number(2);
    in.bytes(2);  // class
    const std::uint32_t ttl = in.number(4);
    const std::size_t length = in.number(2);
    const std::size_t end = in.at() + length;
    least_ttl = std::min(least_ttl.value_or(ttl), ttl);  // aliases on the way count
    if (record_type == static_cast<std::uint32_t>(type)) {
      std::string text = record_text(in, type, length);
      if (!in.broken() && in.at() <= end) answer.records.push_back(clean_text(text, longest_record));
    }
    in.jump(end);
  }
  if (in.broken()) return failure("expected a whole DNS message");
  answer.least_ttl = seconds(std::min<std::uint32_t>(least_ttl.value_or(0), 7 * 86400));
  return answer;
}

}  // namespace allclear::net
