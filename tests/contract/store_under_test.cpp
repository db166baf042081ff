#include "tests/contract/store_under_test.h"

#include <cstdlib>
#include <filesystem>

#include "adapters/store/memory/memory_store.h"
#include "adapters/store/sqlite/data_folder.h"
#include "adapters/store/sqlite/sqlite_store.h"
#include "tests/contract/decisions.h"

namespace allclear::contract {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  CheckLog& log() override { return store_; }
  Outbox& outbox() override { return store_; }
  Queries& queries() override { return store_; }
  StoredResults& results() override { return store_; }
  void restart() override {}

 private:
  store::MemoryStore store_;
};

enum class Reader { same_process, other_process };

class SqliteUnderTest final : public StoreUnderTest {
 public:
  explicit SqliteUnderTest(Reader reader) : reader_(reader) {
    std::string pattern = (std::filesystem::temp_directory_path() / "allclear-contract-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    open();
  }
  ~SqliteUnderTest() override {
    close();
    std::filesystem::remove_all(folder_);
  }

  CheckLog& log() override { return *store_; }
  Outbox& outbox() override { return *store_; }
  Queries& queries() override { return *queries_; }
  StoredResults& results() override { return *results_; }
  void restart() override {
    close();
    open();
  }

 private:
  void open() {
    const std::filesystem::path file = folder_ / "allclear.db";
    auto opened = store::open_sqlite_store({file, {}, milliseconds(1'000)}, start_time(), *log_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
    auto queries = store::open_sqlite_queries(file, reader_ == Reader::same_process ? store_->recent() : nullptr);
    if (!queries) throw std::runtime_error(queries.error().message);
    queries_ = std::move(*queries);
    auto results = store::open_sqlite_results(file);
    if (!results) throw std::runtime_error(results.error().message);
    results_ = std::move(*results);
  }
  void close() {
    results_.reset();
    queries_.reset();
    store_.reset();
  }

  Reader reader_;
  std::filesystem::path folder_;
  std::unique_ptr<Log> log_ = make_silent_log();
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<Queries> queries_;
  std::unique_ptr<StoredResults> results_;
};

std::unique_ptr<StoreUnderTest> make_memory() { return std::make_unique<MemoryUnderTest>(); }
std::unique_ptr<StoreUnderTest> make_sqlite() { return std::make_unique<SqliteUnderTest>(Reader::same_process); }
std::unique_ptr<StoreUnderTest> make_foreign() { return std::make_unique<SqliteUnderTest>(Reader::other_process); }

}  // namespace

std::vector<StoreKind> store_kinds() {
  return {{"memory", make_memory}, {"sqlite", make_sqlite}, {"sqlite_read_by_another_process", make_foreign}};
}

}  // namespace allclear::contract
