// JsonWriter: appends JSON to a string without building a tree; answers of thousands of values are written in one pass.
// One thread. Text that is not UTF-8 is written with U+FFFD in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace allclear::api {

class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& number(double value, int fraction_digits);  // trailing zeros are dropped
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& time(WallTime value);
  JsonWriter& time_or_null(const std::optional<WallTime>& value);

  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
};

}  // namespace allclear::api
