// The operators' two documents: the login's form and the shell of the dashboard. Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear::api {

struct LoginForm {
  std::string page_name;
  std::string user;  // as it was typed
  std::string next;  // where to go then
  std::string csrf;
  std::string wrong;  // a sentence; empty: nothing was
  bool has_users = true;
};

std::string render_login(const LoginForm& form);
// Loads the dashboard's script and style, where the program has them.
std::string render_shell(std::string_view page_name);
// For people: a sentence and the way back to the login.
std::string render_ops_problem(std::string_view page_name, std::string_view sentence);

}  // namespace allclear::api
