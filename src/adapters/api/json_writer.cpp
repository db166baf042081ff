#include "adapters/api/json_writer.h"

#include <fmt/format.h>

#include "base/json.h"

namespace allclear::api {
namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || static_cast<unsigned char>(c) >= 0x7F)
      return false;
  }
  return true;
}

}  // namespace

void JsonWriter::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  text(name);
  out_ += ':';
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  if (is_plain(value)) {
    out_.append("\"").append(value).append("\"");
  } else {
    out_ += Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

JsonWriter& JsonWriter::number(double value, int fraction_digits) {
  separate();
  const std::size_t begin = out_.size();
  fmt::format_to(std::back_inserter(out_), "{:.{}f}", value, fraction_digits);
  if (out_.find('.', begin) == std::string::npos) return *this;
  while (out_.back() == '0') out_.pop_back();
  if (out_.back() == '.') out_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::time(WallTime value) { return text(format_rfc3339(value)); }
JsonWriter& JsonWriter::time_or_null(const std::optional<WallTime>& value) { return value ? time(*value) : null(); }

}  // namespace allclear::api
