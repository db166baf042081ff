// How a command joins the program: it adds its flags and what it runs. One file per command.
#pragma once

#include "apps/allclear/command_line.h"

namespace allclear::app {

// Exit codes of the contract.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_bad_config = 78;

void add_alert(Command program);
void add_check(Command program);
void add_demo(Command program);
void add_once(Command program);
void add_publish(Command program);
void add_replay(Command program);
void add_serve(Command program);
void add_status(Command program);
void add_token(Command program);
void add_user(Command program);
void add_validate(Command program);
void add_version(Command program);

}  // namespace allclear::app
