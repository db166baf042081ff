// Document: a YAML file as a tree with places; substitution is done. The only file that knows yaml-cpp is its .cpp.
// Bounded against hostile files: 8 MiB, depth 32, 4 million nodes with aliases counted as often as they are used.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/diagnostic.h"
#include "adapters/config/substitute.h"
#include "base/characters.h"

namespace allclear::config {

// Nothing in it owns: text and children are in the Document's arena.
class Node {
 public:
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind = Kind::null;
  bool quoted = false;            // a scalar that was written as text
  bool from_environment = false;  // its text must not be shown
  std::uint8_t height = 1;        // levels below and with it
  Place place;
  std::uint64_t weight = 1;               // nodes below and with it, aliases expanded
  std::string_view text;                  // of a scalar
  std::span<const Node* const> children;  // of a list: items; of a map: key, value, key, value …

  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_null() const { return kind == Kind::null; }
};

// The tree goes in a few large pieces, so that the values read from it are not left among holes.
struct Document {
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena;  // owns the tree
  const Node* root = nullptr;                                  // null kind for an empty file
};

inline constexpr std::size_t largest_file = 8 * 1024 * 1024;

// Reports every problem that it can: broken UTF-8 or YAML once, duplicate keys and missing variables each.
// Absent when there is no tree to read further.
// Values that came from the environment are appended, also when there is no tree: they may be secrets.
std::optional<Document> parse_document(std::string_view text, const Environment& environment, Diagnostics& diagnostics,
                                       std::vector<std::string>& environment_values);

// What a reader found in place of what it expected: `"fast"`, `a list`, `nothing`.
std::string describe(const Node& node);

}  // namespace allclear::config
