// Section: typed reading of one map of the tree. Every misfit becomes a diagnostic with its key path; the reader gets
// nothing and goes on, so that all mistakes are told at once. One thread; lives while its Document does.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/config/diagnostic.h"
#include "adapters/config/document.h"
#include "adapters/config/files.h"
#include "adapters/config/keys.h"
#include "base/time.h"

namespace allclear::config {

// What every reader of one load shares.
struct Reading {
  Diagnostics& diagnostics;
  const FileLookup& files;
  std::vector<std::string>& secrets;
};

// Free: any key is allowed, such as the names of channels or headers.
enum class Keys : std::uint8_t { known, free };

class Section {
 public:
  // Reports a node that is no map (an empty value counts as an empty map) and unknown keys. `parent` must outlive it.
  Section(Reading& reading, const Node& node, Object object, std::string name, const Section* parent = nullptr,
          Keys keys = Keys::known);

  bool has(std::string_view key) const { return find(key) != nullptr; }
  const Node* find(std::string_view key) const;
  const Node* find_key(std::string_view key) const;
  // Calls for each (key, value), in order.
  void each(const std::function<void(const Node& key, const Node& value)>& visit) const;

  // The values; absent when the key is, or when the value does not fit (reported).
  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::string> text_of(const Node& value, std::string_view key) const;
  std::optional<milliseconds> duration(std::string_view key, milliseconds least = milliseconds{0},
                                       milliseconds most = milliseconds::max()) const;
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most) const;
  std::optional<double> percent(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  // A list of texts; one text alone counts as a list of one.
  std::optional<std::vector<std::string>> texts(std::string_view key) const;
  // The same with places, for values that are judged later.
  std::vector<const Node*> items(std::string_view key) const;
  // At most 128 characters, all of which can be seen, not empty (S13).
  std::optional<std::string> name(std::string_view key) const;
  // Why the file that the key names cannot be read, with its path where that may be told.
  std::string unreadable(std::string_view key, const Error& why) const;
  // A secret: masked in logs from now on. `key` or `key_file`; one line.
  std::optional<std::string> secret(std::string_view key) const;

  template <class T, std::size_t Size>
  std::optional<T> choice(std::string_view key, const std::array<std::pair<std::string_view, T>, Size>& words) const {
    const auto found = text(key);
    if (!found) return std::nullopt;
    std::string expected;
    for (const auto& [word, value] : words) {
      if (word == *found) return value;
      expected += (expected.empty() ? "" : ", ") + std::string(word);
    }
    misfit(key, "expected one of: " + expected);
    return std::nullopt;
  }

  // "path.key: what, found …" at the value.
  void misfit(std::string_view key, const std::string& what) const;
  void misfit(const Node& value, std::string_view key, const std::string& what) const;
  // "path.key: message" at the value of the key, or at the section when it has none.
  void error(std::string_view key, const std::string& message) const;
  void error_at(const Node& node, std::string_view key, const std::string& message) const;
  // At the key itself.
  void warning(std::string_view key, const std::string& message) const;
  void missing(std::string_view key, const std::string& what) const;

  // Also when nothing is written: then what is required is missing.
  bool is_map() const { return node_->is_map() || node_->is_null(); }
  Place place() const { return node_->place; }
  std::string path(std::string_view key = {}) const;
  Reading& reading() const { return reading_; }
  const Node& node() const { return *node_; }

 private:
  void report_unknown(Object object) const;

  Reading& reading_;
  const Node* node_;
  std::string name_;
  const Section* parent_;
};

// [a-z0-9-]{1,64}
bool is_identifier(std::string_view text);

}  // namespace allclear::config
