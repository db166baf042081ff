// RecordingLog: keeps the events of a log with their fields, for tests that ask what was told. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace allclear::test {

struct LoggedEvent {
  LogLevel level;
  std::map<std::string, std::string> fields;  // numbers and truth values as text
};

class RecordingLog final : public Log {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    LoggedEvent logged{level, {}};
    for (const LogField& field : fields) logged.fields.emplace(field.name, masked(text_of(field)));
    const std::lock_guard lock(mutex_);
    events_[std::string(event)].push_back(std::move(logged));
  }
  void mask(std::string secret) override { secret_ = std::move(secret); }  // before others write
  std::string masked(std::string text) const override {
    if (secret_.empty()) return text;
    for (auto at = text.find(secret_); at != std::string::npos; at = text.find(secret_)) {
      text.replace(at, secret_.size(), "***");
    }
    return text;
  }

  std::vector<LoggedEvent> all(const std::string& event) const {
    const std::lock_guard lock(mutex_);
    const auto found = events_.find(event);
    return found == events_.end() ? std::vector<LoggedEvent>() : found->second;
  }

 private:
  static std::string text_of(const LogField& field) {
    if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
    if (const auto* real = std::get_if<double>(&field.value)) return std::to_string(*real);
    return std::get<bool>(field.value) ? "true" : "false";
  }

  std::string secret_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<LoggedEvent>> events_;
};

}  // namespace allclear::test
