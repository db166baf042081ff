// Reads a request's query parameters one by one and collects everything that is wrong with them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/problem.h"
#include "base/time.h"
#include "net/http_message.h"

namespace allclear::api {

inline constexpr std::string_view expected_cursor = "expected the value of next from the page before";

// What is missing is null and no mistake; what is repeated or malformed is one, which names what was expected.
class ParameterReader {
 public:
  explicit ParameterReader(const net::HttpRequest& request) : request_(request) {}

  const std::string* once(std::string_view name);
  std::optional<WallTime> time(std::string_view name);
  std::size_t limit();   // 1 to 1000, 100 unless told
  std::string cursor();  // empty: the first page
  // Not empty.
  template <class Id>
  std::optional<Id> id(std::string_view name) {
    const std::string* text = once(name);
    if (text == nullptr) return std::nullopt;
    if (text->empty()) wrong(name, "expected an id");
    return Id(*text);
  }

  void wrong(std::string_view name, std::string detail) { errors_.push_back({std::string(name), std::move(detail)}); }
  std::vector<FieldError> take_errors() { return std::move(errors_); }

 private:
  const net::HttpRequest& request_;
  std::vector<FieldError> errors_;
};

}  // namespace allclear::api
