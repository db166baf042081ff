// StoreUnderTest: one kind of store behind its ports, made anew for each case. The same suite runs over all.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/ports/store.h"
#include "core/ports/stored_results.h"

namespace allclear::contract {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual CheckLog& log() = 0;
  virtual Outbox& outbox() = 0;
  virtual Queries& queries() = 0;
  virtual StoredResults& results() = 0;
  // As a new start of the program would find it. A store in memory stays as it is.
  virtual void restart() = 0;
};

struct StoreKind {
  std::string name;
  std::unique_ptr<StoreUnderTest> (*make)();
};
std::vector<StoreKind> store_kinds();
inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  StoreContract() : store_(GetParam().make()) {}

  CheckLog& log() { return store_->log(); }
  Outbox& outbox() { return store_->outbox(); }
  Queries& queries() { return store_->queries(); }
  StoredResults& results() { return store_->results(); }
  void restart() { store_->restart(); }

 private:
  std::unique_ptr<StoreUnderTest> store_;
};

inline std::string name_of(const testing::TestParamInfo<StoreKind>& info) { return info.param.name; }

}  // namespace allclear::contract

#define ALLCLEAR_OVER_ALL_STORES(Suite)                                                           \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, testing::ValuesIn(::allclear::contract::store_kinds()), \
                           ::allclear::contract::name_of)
