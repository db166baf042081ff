#include "apps/allclear/user_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/json_writer.h"

namespace allclear::app {
namespace {

std::string ago(const std::optional<WallTime>& time, WallTime now) {
  return time ? describe_duration(now - *time) + " ago" : "never";
}

}  // namespace

std::string draw_users(const std::vector<User>& users, WallTime now) {
  std::size_t width = std::string_view("NAME").size();
  for (const User& user : users) width = std::max(width, user.name.size());
  const auto line = [&](std::string_view name, std::string_view role, std::string_view made, std::string_view seen,
                        std::string_view state) {
    return fmt::format("{:<{}}  {:<8}  {:<16}  {:<16}  {}\n", name, width, role, made, seen, state);
  };
  std::string text = line("NAME", "ROLE", "MADE", "LAST LOGIN", "STATE");
  for (const User& user : users) {
    text += line(user.name, to_string(user.role), ago(user.created_at, now), ago(user.last_login_at, now),
                 user.disabled_at ? "disabled " + ago(user.disabled_at, now) : "enabled");
  }
  return text;
}

std::string render_users(const std::vector<User>& users) {
  api::JsonWriter json;
  json.begin_object().key("users").begin_array();
  for (const User& user : users) {
    json.begin_object().key("name").text(user.name).key("role").text(to_string(user.role));
    json.key("created_at").time(user.created_at).key("password_set_at").time(user.password_set_at);
    json.key("last_login_at").time_or_null(user.last_login_at);
    json.key("disabled_at").time_or_null(user.disabled_at).end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace allclear::app
