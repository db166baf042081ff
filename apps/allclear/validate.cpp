#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"

namespace allclear::app {
namespace {

int validate(const std::string& flag) {
  std::filesystem::path file;
  const auto config = find_and_load(flag, file);
  if (!config) return exit_bad_config;
  for (const std::string& warning : config->warnings) fmt::print(stderr, "{}\n", warning);
  std::size_t checks = 0;
  for (const auto& service : config->catalogue->services) checks += service->checks.size();
  fmt::print("{}: fine, {} service{} with {} check{}\n", file.string(), config->catalogue->services.size(),
             config->catalogue->services.size() == 1 ? "" : "s", checks, checks == 1 ? "" : "s");
  return exit_ok;
}

}  // namespace

void add_validate(Command program) {
  Command command = program.add_command("validate", "Check a config and tell every mistake with its line and column");
  const auto file = std::make_shared<std::string>();
  command.add_option("file", *file, "The config (default: the one that serve would use)");
  command.set_examples("Example:\n  allclear validate examples/portfolio.yaml");
  command.runs([file] { return validate(*file); });
}

}  // namespace allclear::app
