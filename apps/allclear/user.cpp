#include <cstdio>

#include <fmt/format.h>

#include "adapters/store/sqlite/access_file.h"
#include "adapters/store/sqlite/user_file.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/password_input.h"
#include "apps/allclear/terminal.h"
#include "apps/allclear/user_table.h"
#include "runtime/system_clock.h"

namespace allclear::app {
namespace {

struct UserFlags {
  std::string config;
  std::string data;
  std::string name;
  std::string role;
  std::string password_file;
  bool json = false;
};

WallTime present() { return runtime::SystemClock().now().wall; }

int give_up(int code, std::string_view why) {
  fmt::print(stderr, "allclear: {}\n", why);
  return code;
}

// Where the users are. Nothing (exit 78): it was explained.
std::optional<std::filesystem::path> find_file(const UserFlags& flags) {
  if (!flags.data.empty() && flags.config.empty()) return store::access_file(flags.data);
  std::filesystem::path found;
  const auto config = find_and_load(flags.config, found);
  if (!config) return std::nullopt;
  return store::access_file(data_folder_of(flags.data, *config));
}

std::string name_rule(const std::string& name) {
  return fmt::format("expected a name of {}, got \"{}\"", user_name_rule, printable(name));
}

Result<std::string> fitting_password(const UserFlags& flags) {
  auto password = read_password(flags.password_file);
  if (!password) return password;
  if (auto fault = find_password_fault(*password, flags.name)) return failure(std::move(*fault));
  return password;
}

int create_user(const UserFlags& flags) {
  if (!is_user_name(flags.name)) return give_up(exit_usage, name_rule(flags.name));
  const auto role = parse_user_role(flags.role);
  if (!role)
    return give_up(exit_usage,
                   fmt::format("--role: expected admin, operator or viewer, got \"{}\"", printable(flags.role)));
  const auto file = find_file(flags);
  if (!file) return exit_bad_config;
  const auto password = fitting_password(flags);
  if (!password) return give_up(exit_failure, password.error().message);
  const auto made = store::UserFile(*file).create({flags.name, *role, *password}, present());
  if (!made) return give_up(exit_failure, made.error().message);
  fmt::print("User \"{}\" ({}) may log in at /ops/login.\n", made->name, to_string(made->role));
  return exit_ok;
}

int set_password(const UserFlags& flags) {
  const auto file = find_file(flags);
  if (!file) return exit_bad_config;
  const auto password = fitting_password(flags);
  if (!password) return give_up(exit_failure, password.error().message);
  const auto changed = store::UserFile(*file).set_password(flags.name, *password, present());
  if (!changed) return give_up(exit_failure, printable(changed.error().message));
  fmt::print("User \"{}\" has another password; who was logged in has to log in again.\n", changed->name);
  return exit_ok;
}

int set_role(const UserFlags& flags) {
  const auto role = parse_user_role(flags.role);
  if (!role)
    return give_up(exit_usage, fmt::format("expected admin, operator or viewer, got \"{}\"", printable(flags.role)));
  const auto file = find_file(flags);
  if (!file) return exit_bad_config;
  const auto changed = store::UserFile(*file).set_role(flags.name, *role);
  if (!changed) return give_up(exit_failure, printable(changed.error().message));
  fmt::print("User \"{}\" is {} now, within a second also at a running monitor.\n", changed->name, to_string(*role));
  return exit_ok;
}

int set_standing(const UserFlags& flags, UserStanding standing) {
  const auto file = find_file(flags);
  if (!file) return exit_bad_config;
  const auto changed = store::UserFile(*file).set_standing(flags.name, standing, present());
  if (!changed) return give_up(exit_failure, printable(changed.error().message));
  fmt::print(
      "User \"{}\" {}.\n", changed->name,
      standing == UserStanding::enabled ? "may log in again" : "may not log in any more; sessions end within a second");
  return exit_ok;
}

int disable(const UserFlags& flags) { return set_standing(flags, UserStanding::disabled); }
int enable(const UserFlags& flags) { return set_standing(flags, UserStanding::enabled); }

int remove_user(const UserFlags& flags) {
  const auto file = find_file(flags);
  if (!file) return exit_bad_config;
  const auto removed = store::UserFile(*file).remove(flags.name);
  if (!removed) return give_up(exit_failure, printable(removed.error().message));
  fmt::print("User \"{}\" is removed; sessions end within a second.\n", removed->name);
  return exit_ok;
}

int list_users(const UserFlags& flags) {
  const auto file = find_file(flags);
  if (!file) return exit_bad_config;
  const auto users = store::UserFile(*file).list();
  if (!users) return give_up(exit_failure, users.error().message);
  if (flags.json) {
    fmt::print("{}\n", render_users(*users));
  } else if (users->empty()) {
    fmt::print("There are no users. To make one: allclear user create NAME --role admin\n");
  } else {
    fmt::print("{}", draw_users(*users, present()));
  }
  return exit_ok;
}

Command add_user_part(Command user, const std::shared_ptr<UserFlags>& flags, const std::string& name,
                      const std::string& about, int (*action)(const UserFlags&)) {
  Command part = user.add_command(name, about);
  part.add_option("--config", flags->config, "The config file, for its data folder");
  part.add_option("--data", flags->data, "The data folder itself");
  if (name != "list") part.add_option("name", flags->name, "The user's name").required();
  part.runs([flags, action] { return action(*flags); });
  return part;
}

}  // namespace

void add_user(Command program) {
  Command user = program.add_command("user", "Make, change and list who may log in, also while serve runs");
  user.require_command();
  const auto flags = std::make_shared<UserFlags>();
  const std::string from_file = "Take the password from this file's first line instead of asking for it";
  Command part = add_user_part(user, flags, "create", "Make a user; asks for the password", create_user);
  part.add_option("--role", flags->role, "viewer reads, operator also acts, admin may everything").required();
  part.add_option("--password-file", flags->password_file, from_file);
  part = add_user_part(user, flags, "password", "Set another password; ends the user's sessions", set_password);
  part.add_option("--password-file", flags->password_file, from_file);
  part = add_user_part(user, flags, "role", "Change what a user may do", set_role);
  part.add_option("role", flags->role, "admin, operator or viewer").required();
  add_user_part(user, flags, "disable", "Let a user no longer log in; ends the sessions", disable);
  add_user_part(user, flags, "enable", "Let a disabled user log in again", enable);
  add_user_part(user, flags, "remove", "Forget a user; what was done stays under the name", remove_user);
  part = add_user_part(user, flags, "list", "Show all users", list_users);
  part.add_flag("--json", flags->json, "As JSON");
  user.set_examples(
      "Examples:\n"
      "  allclear user create ada --role admin\n"
      "  allclear user create bob --role viewer --password-file /run/secrets/bob\n"
      "  allclear user password ada\n"
      "  allclear user disable bob");
}

}  // namespace allclear::app
