#include <csignal>
#include <exception>

#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "runtime/process_limits.h"
#include "version.h"

namespace {

using allclear::app::Run;

void describe(CLI::App& program) {
  program.name("allclear");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string("allclear ") + allclear::version);
  program.get_formatter()->column_width(34);
  program.footer(
      "Start here:\n"
      "  allclear demo                               see it work, no config needed\n"
      "  allclear check https://example.com/         ask one target once, with phase timings\n"
      "  allclear validate allclear.yaml             every mistake with its line and column\n"
      "  allclear serve --config allclear.yaml       the monitor, its API and its page\n"
      "\n"
      "Each command explains itself: allclear serve --help");
}

// The parser would only say that a command is missing.
bool names_no_command(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return false;
  std::string known;
  for (const CLI::App* command : program.get_subcommands({})) {
    if (command->get_name() == argv[1]) return false;
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  fmt::print(stderr, "allclear: unknown command \"{}\"; there are: {}\n", argv[1], known);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  allclear::runtime::keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);  // a peer or a pipe that went away is an error of one write, not the program's end
  CLI::App program{"AllClear: watches services, opens and closes incidents, shows a status page."};
  describe(program);
  Run run;
  allclear::app::add_demo(program, run);
  allclear::app::add_serve(program, run);
  allclear::app::add_once(program, run);
  allclear::app::add_check(program, run);
  allclear::app::add_validate(program, run);
  allclear::app::add_alert(program, run);
  allclear::app::add_status(program, run);
  allclear::app::add_token(program, run);
  allclear::app::add_version(program, run);
  if (names_no_command(program, argc, argv)) return allclear::app::exit_usage;
  try {
    program.parse(argc, argv);
    return run();
  } catch (const CLI::Success& success) {
    return program.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "allclear: {} (try --help)\n", error.what());
    return allclear::app::exit_usage;
  } catch (const std::exception& fault) {
    fmt::print(stderr, "allclear: {}\n", fault.what());
    return allclear::app::exit_failure;
  }
}
