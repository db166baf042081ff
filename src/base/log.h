// Log: one event per line, JSON or readable, secrets masked (S7, S18). Thread-safe; never used in core/.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace allclear {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { readable, json };

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;
};

class Log {
 public:
  virtual ~Log() = default;
  // `event` is a fixed snake_case word such as "incident_opened"; everything variable goes into fields.
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
  // From now on this text is written as "***" wherever it appears (length >= 4).
  virtual void mask(std::string secret) = 0;
  // The text as it would be written: for what is kept or shown elsewhere.
  virtual std::string masked(std::string text) const { return text; }

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::info, event, fields); }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::warning, event, fields); }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::error, event, fields); }
};

// Writes to standard error through spdlog.
std::unique_ptr<Log> make_log(LogFormat format, LogLevel least);
std::unique_ptr<Log> make_silent_log();

}  // namespace allclear
