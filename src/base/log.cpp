#include "base/log.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace allclear {
namespace {

constexpr std::size_t shortest_secret = 4;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

nlohmann::ordered_json to_json(const LogField& field) {
  return std::visit([](const auto& value) { return nlohmann::ordered_json(value); }, field.value);
}

// JSON escapes control characters, so one event can never become two lines.
std::string dump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class SpdLog final : public Log {
 public:
  SpdLog(LogFormat format, LogLevel least)
      : format_(format), logger_("allclear", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(to_spdlog(least));
    logger_.set_pattern(format == LogFormat::json ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v",
                        spdlog::pattern_time_type::utc);
  }

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (!logger_.should_log(to_spdlog(level))) return;
    logger_.log(to_spdlog(level), "{}",
                masked(format_ == LogFormat::json ? as_json(level, event, fields) : as_text(event, fields)));
  }

  void mask(std::string secret) override {
    if (secret.size() < shortest_secret) return;
    const std::string escaped = dump(secret);  // as it stands in a JSON line
    const std::unique_lock lock(mutex_);
    for (const std::string& form : {escaped.substr(1, escaped.size() - 2), secret}) {
      if (std::find(secrets_.begin(), secrets_.end(), form) == secrets_.end())
        secrets_.push_back(form);  // reloads repeat
    }
    std::sort(secrets_.begin(), secrets_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  }

  std::string masked(std::string line) const override {
    const std::shared_lock lock(mutex_);
    for (const std::string& secret : secrets_) {
      for (auto at = line.find(secret); at != std::string::npos; at = line.find(secret, at + 3))
        line.replace(at, secret.size(), "***");
    }
    return line;
  }

 private:
  std::string as_json(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
    nlohmann::ordered_json line;
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    line["time_unix_ms"] = now.time_since_epoch().count();
    line["level"] = spdlog::level::to_string_view(to_spdlog(level)).data();
    line["event"] = event;
    for (const LogField& field : fields) line[std::string(field.name)] = to_json(field);
    return dump(line);
  }

  static std::string as_text(std::string_view event, std::initializer_list<LogField> fields) {
    std::string line(event);
    for (const LogField& field : fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      const bool plain = text != nullptr && !text->empty() &&
                         std::all_of(text->begin(), text->end(),
                                     [](unsigned char c) { return c > ' ' && c != '"' && c != '=' && c < 0x7f; });
      line += ' ';
      line += field.name;
      line += '=';
      line += plain ? *text : dump(to_json(field));
    }
    return line;
  }

  const LogFormat format_;
  spdlog::logger logger_;
  mutable std::shared_mutex mutex_;
  std::vector<std::string> secrets_;
};

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
  void mask(std::string) override {}
};

}  // namespace

std::unique_ptr<Log> make_log(LogFormat format, LogLevel least) { return std::make_unique<SpdLog>(format, least); }
std::unique_ptr<Log> make_silent_log() { return std::make_unique<SilentLog>(); }

}  // namespace allclear
