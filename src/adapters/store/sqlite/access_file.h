// access.db: the file of tokens, users and sessions: where it is, its schema, and how it is opened to be written. A
// rollback journal and no write-ahead log, since several processes write it. Each call opens it anew; any thread.
#pragma once

#include <filesystem>

#include "adapters/store/sqlite/connection.h"

namespace allclear::store {

std::filesystem::path access_file(const std::filesystem::path& data_folder);

enum class AccessPart : std::uint8_t { tokens, users };
// False: the file has no such table so far, or the connection has a fault. A file of a newer program is one.
bool has_access_part(Connection& connection, AccessPart part);
// Within the caller's transaction: what is missing.
void make_access_tables(Connection& connection);

bool has_access_file(const std::filesystem::path& file);
// Makes file (mode 0600) and folder when they are missing; made by root, the file belongs to the folder's owner.
Result<void> make_access_file(const std::filesystem::path& file);
// Of a file that is there.
Result<Connection> open_access_file(const std::filesystem::path& file);

}  // namespace allclear::store
