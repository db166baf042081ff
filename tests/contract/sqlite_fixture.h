// A data folder that goes with the test, and a monitor's life written into a store, decision by decision.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/store/sqlite/sqlite_store.h"
#include "core/ports/store.h"
#include "tests/contract/decisions.h"

namespace allclear::contract {

class TemporaryFolder {
 public:
  TemporaryFolder();
  // In memory where the system has such a place: for images whose own durability does not matter.
  static TemporaryFolder in_memory();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file() const { return path_ / "allclear.db"; }

 private:
  explicit TemporaryFolder(const std::filesystem::path& parent);
  std::filesystem::path path_;
};

// Which events were logged, and the texts in their fields.
class RecordingLog final : public Log {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    for (const LogField& field : fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) texts.push_back(*text);
    }
    if (level == LogLevel::error) errors.emplace_back(event);
    if (level == LogLevel::warning) warnings.emplace_back(event);
  }
  void mask(std::string) override {}
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::vector<std::string> texts;
};

// Fails the test when the store cannot be opened.
std::unique_ptr<store::SqliteStore> open_store(const std::filesystem::path& file);
std::unique_ptr<Queries> open_queries(const std::filesystem::path& file);

// Decision number `n` (1, 2, …) of a service that is checked every 20 s from 22:00 on (number 360 falls on midnight):
// mostly quiet results; each tenth writes the state row; each 25th turns the service up or down, back-dated by two
// results; each 50th opens an incident and owes an alert, each 50th after 25 closes it.
inline const std::string lived_service = "website";
WallTime lived_at(int n);
Decision lived_decision(int n);
// All that a store holds about decisions 1 to `count` equals what a store in memory reckons from them.
void expect_lived(CheckLog& log, Queries& queries, int count);
// How many decisions are stored: their rows without a gap and without a double. Fails the test otherwise.
int lived_count(Queries& queries);

}  // namespace allclear::contract
