#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "version.h"

namespace allclear::app {

void add_version(Command program) {
  Command command = program.add_command("version", "Print the version");
  command.runs([] {
    fmt::print("allclear {}\n", version);
    return exit_ok;
  });
}

}  // namespace allclear::app
