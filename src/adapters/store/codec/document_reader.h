// DocumentReader: members of a stored JSON document. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace allclear::store {

// Reads what is there and of the right kind; anything else is remembered as broken.
class DocumentReader {
 public:
  DocumentReader(const Json& document, bool& broken) : document_(document), broken_(broken) {}

  std::string text(const char* name) const {
    const auto value = document_.find(name);
    if (value != document_.end() && value->is_string()) return value->get<std::string>();
    broken_ = true;
    return {};
  }
  std::int64_t number(const char* name) const {
    const auto value = document_.find(name);
    if (value != document_.end() && value->is_number_integer()) return value->get<std::int64_t>();
    broken_ = true;
    return 0;
  }
  WallTime time(const char* name) const { return WallTime(milliseconds(number(name))); }
  bool flag(const char* name) const {
    const auto value = document_.find(name);
    if (value != document_.end() && value->is_boolean()) return value->get<bool>();
    broken_ = true;
    return false;
  }
  std::optional<WallTime> optional_time(const char* name) const {
    const auto value = document_.find(name);
    if (value == document_.end() || value->is_null()) return std::nullopt;
    return time(name);
  }
  template <class Word>
  Word word(const char* name, std::optional<Word> (*parse)(std::string_view)) const {
    const auto parsed = parse(text(name));
    if (parsed) return *parsed;
    broken_ = true;
    return Word{};
  }

 private:
  const Json& document_;
  bool& broken_;
};

// Absent in rows of before they were kept: then there are none.
template <class Id>
std::vector<Id> read_ids(const Json& document, const char* name, bool& broken) {
  std::vector<Id> ids;
  const auto list = document.find(name);
  if (list == document.end()) return ids;
  if (!list->is_array()) broken = true;
  for (const Json& one : *list) {
    if (one.is_string())
      ids.emplace_back(one.get<std::string>());
    else
      broken = true;
  }
  return ids;
}

}  // namespace allclear::store
