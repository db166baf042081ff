#include <system_error>

#include "adapters/config/load.h"

namespace allclear::config {

std::optional<std::filesystem::path> find_config(const std::optional<std::string>& flag,
                                                 const Environment& environment) {
  namespace fs = std::filesystem;
  if (flag) return fs::path(*flag);
  if (const auto named = environment("ALLCLEAR_CONFIG"); named && !named->empty()) return fs::path(*named);

  const auto set = [&](std::string_view name) { return environment(name).value_or(""); };
  fs::path settings = set("XDG_CONFIG_HOME");
  if (settings.empty() && !set("HOME").empty()) settings = fs::path(set("HOME")) / ".config";
  std::error_code ignored;
  if (!settings.empty() && fs::exists(settings / "allclear/allclear.yaml", ignored))
    return settings / "allclear/allclear.yaml";
  const fs::path system = "/etc/allclear/allclear.yaml";
  if (fs::exists(system, ignored)) return system;
  return std::nullopt;
}

}  // namespace allclear::config
