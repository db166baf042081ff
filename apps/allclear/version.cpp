#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "version.h"

namespace allclear::app {

void add_version(CLI::App& program, Run& run) {
  CLI::App* command = program.add_subcommand("version", "Print the version");
  command->callback([&run] {
    run = [] {
      fmt::print("allclear {}\n", version);
      return exit_ok;
    };
  });
}

}  // namespace allclear::app
