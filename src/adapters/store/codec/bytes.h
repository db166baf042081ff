// ByteWriter and ByteReader: varints (LEB128, zigzag for signed) and texts in a byte string. Values.
// The reader never reads past its end: after a broken input ok() is false and every read gives zero or nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace allclear::store {

// As times are written: Unix time in milliseconds.
inline std::int64_t number_of(WallTime time) { return time.time_since_epoch().count(); }

class ByteWriter {
 public:
  ByteWriter() = default;
  // Goes on after `bytes`.
  explicit ByteWriter(std::string bytes) : bytes_(std::move(bytes)) {}

  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t byte() {
    if (rest_.empty()) return fail();
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::uint64_t number() {
    // One check of the end for the whole number where it cannot reach it: a start decodes millions.
    if (rest_.size() < longest_number) return number_near_end();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < longest_number; ++i) {
      const auto next = static_cast<std::uint8_t>(rest_[i]);
      value |= static_cast<std::uint64_t>(next & 0x7f) << (7 * i);
      if ((next & 0x80) != 0) continue;
      rest_.remove_prefix(i + 1);
      return value;
    }
    return fail();
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }
  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  static constexpr std::size_t longest_number = 10;

  std::uint64_t number_near_end() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if ((next & 0x80) == 0) return value;
    }
    return fail();
  }
  std::uint8_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace allclear::store
