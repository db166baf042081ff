// Loading a config: text -> values, or every mistake with its place. Any thread; reads only the files it is given
// and those that the config names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/config.h"
#include "adapters/config/diagnostic.h"
#include "adapters/config/substitute.h"

namespace allclear::config {

struct LoadOutcome {
  std::optional<ConfigFile> config;     // present exactly when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // masked
  std::vector<std::string> secrets;     // for the log to mask, also when there is no config
};

// `file_name` goes into the diagnostics; relative paths inside are looked for beside it.
LoadOutcome load_text(std::string_view text, const std::string& file_name, const Environment& environment);
// A file that cannot be read is one diagnostic.
LoadOutcome load_file(const std::filesystem::path& path, const Environment& environment);

// The first of: the flag's, $ALLCLEAR_CONFIG, $XDG_CONFIG_HOME/allclear/allclear.yaml (or ~/.config/…),
// /etc/allclear/allclear.yaml. The first two are returned even when there is no such file; absent: none was found.
std::optional<std::filesystem::path> find_config(const std::optional<std::string>& flag,
                                                 const Environment& environment);

}  // namespace allclear::config
