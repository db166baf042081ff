// StrongId: text identities that cannot be mixed up. Value type; any thread.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace allclear {

template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}
  explicit StrongId(std::string_view value) : value_(value) {}
  explicit StrongId(const char* value) : value_(value) {}

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const StrongId&, const StrongId&) = default;
  friend auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  std::string value_;
};

}  // namespace allclear

template <class Tag>
struct std::hash<allclear::StrongId<Tag>> {
  std::size_t operator()(const allclear::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value());
  }
};
