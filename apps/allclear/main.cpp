#include <csignal>
#include <exception>

#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "runtime/process_limits.h"
#include "version.h"

namespace {

constexpr auto examples =
    "Start here:\n"
    "  allclear demo                               see it work, no config needed\n"
    "  allclear check https://example.com/         ask one target once, with phase timings\n"
    "  allclear validate allclear.yaml             every mistake with its line and column\n"
    "  allclear serve --config allclear.yaml       the monitor, its API and its page\n"
    "\n"
    "Each command explains itself: allclear serve --help";

void add_commands(allclear::app::Command program) {
  using namespace allclear::app;
  program.set_examples(examples);
  for (const auto add :
       {add_demo, add_serve, add_once, add_publish, add_check, add_validate, add_replay, add_alert, add_status, add_token, add_user,
        add_version}) {
    add(program);
  }
}

}  // namespace

int main(int argc, char** argv) {
  allclear::runtime::keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);  // a peer or a pipe that went away is an error of one write, not the program's end
  try {
    allclear::app::CommandLine line("AllClear: watches services, opens and closes incidents, shows a status page.",
                                    allclear::version);
    add_commands(line.program());
    if (const auto ended = line.parse(argc, argv)) return *ended;
    return line.run();
  } catch (const std::exception& fault) {
    fmt::print(stderr, "allclear: {}\n", fault.what());
    return allclear::app::exit_failure;
  }
}
