#include "apps/allclear/config_source.h"

#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "runtime/process_limits.h"

namespace allclear::app {

config::Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::optional<config::ConfigFile> load_or_explain(const std::filesystem::path& file) {
  config::LoadOutcome outcome = config::load_file(file, process_environment());
  runtime::return_free_memory();
  if (!outcome.config) {
    for (const config::Diagnostic& diagnostic : outcome.diagnostics) fmt::print(stderr, "{}\n", to_string(diagnostic));
  }
  return std::move(outcome.config);
}

std::optional<config::ConfigFile> find_and_load(const std::string& flag, std::filesystem::path& found) {
  const auto file = config::find_config(flag.empty() ? std::nullopt : std::optional(flag), process_environment());
  if (!file) {
    fmt::print(
        stderr,
        "allclear: no config found: pass --config FILE, set ALLCLEAR_CONFIG, or write /etc/allclear/allclear.yaml\n"
        "          (to see it work without one: allclear demo)\n");
    return std::nullopt;
  }
  found = *file;
  return load_or_explain(found);
}

std::filesystem::path data_folder_of(const std::string& flag, const config::ConfigFile& config) {
  if (!flag.empty()) return flag;
  if (!config.server.data.empty()) return config.server.data;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return std::filesystem::path(state) / "allclear";
  }
  const char* home = std::getenv("HOME");
  if (geteuid() == 0 || home == nullptr) return "/var/lib/allclear";
  return std::filesystem::path(home) / ".local/state/allclear";
}

void add_log_flags(Command command, LogFlags& flags) {
  command.add_option("--log-format", flags.format, "readable, json, or auto: readable on a terminal")
      .one_of({"auto", "readable", "json"});
  command.add_option("--log-level", flags.level, "debug, info, warning or error")
      .one_of({"debug", "info", "warning", "error"});
}

std::unique_ptr<Log> make_log(const LogFlags& flags) {
  const bool readable = flags.format == "readable" || (flags.format == "auto" && isatty(STDERR_FILENO) == 1);
  const LogLevel level = flags.level == "debug"     ? LogLevel::debug
                         : flags.level == "warning" ? LogLevel::warning
                         : flags.level == "error"   ? LogLevel::error
                                                    : LogLevel::info;
  return allclear::make_log(readable ? LogFormat::readable : LogFormat::json, level);
}

}  // namespace allclear::app
