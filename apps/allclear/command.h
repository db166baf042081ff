// How a subcommand joins the program: it adds its flags and, when chosen, what to run. One file per subcommand.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace allclear::app {

// Exit codes of the contract.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_bad_config = 78;

using Run = std::function<int()>;  // returns the exit code

void add_alert(CLI::App& program, Run& run);
void add_check(CLI::App& program, Run& run);
void add_demo(CLI::App& program, Run& run);
void add_once(CLI::App& program, Run& run);
void add_serve(CLI::App& program, Run& run);
void add_status(CLI::App& program, Run& run);
void add_token(CLI::App& program, Run& run);
void add_validate(CLI::App& program, Run& run);
void add_version(CLI::App& program, Run& run);

}  // namespace allclear::app
