// What `allclear user list` prints. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/model/user.h"

namespace allclear::app {

std::string draw_users(const std::vector<User>& users, WallTime now);
// {"users": […]}
std::string render_users(const std::vector<User>& users);

}  // namespace allclear::app
