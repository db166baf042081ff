// Where a command's config comes from, and how its mistakes are told. Used by serve, once and validate.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "adapters/config/load.h"
#include "apps/allclear/command_line.h"
#include "base/log.h"

namespace allclear::app {

config::Environment process_environment();

// Nothing (exit 78): there are mistakes, all of them are on standard error. Warnings are left to the caller: they are
// in the config.
std::optional<config::ConfigFile> load_or_explain(const std::filesystem::path& file);

// As above, for the file that find_config() names; the file goes to `found`.
std::optional<config::ConfigFile> find_and_load(const std::string& flag, std::filesystem::path& found);

// server.data, else $XDG_STATE_HOME/allclear or ~/.local/state/allclear, for root /var/lib/allclear.
std::filesystem::path data_folder_of(const std::string& flag, const config::ConfigFile& config);

struct LogFlags {
  std::string format = "auto";  // auto: readable on a terminal, else JSON
  std::string level = "info";
};
void add_log_flags(Command command, LogFlags& flags);
std::unique_ptr<Log> make_log(const LogFlags& flags);

}  // namespace allclear::app
