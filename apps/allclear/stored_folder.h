// What a command reads from the data folder while a monitor may be at work on it: nothing is locked and nothing written.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace allclear::app {

// The database of a data folder. Error: there is none, or this user may not read it.
Result<std::filesystem::path> readable_database(const std::filesystem::path& folder);
// The error, which names the file.
Error about_file(const std::filesystem::path& file, const Error& error);

}  // namespace allclear::app
