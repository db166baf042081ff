#include "core/rules/dependencies.h"

#include <ostream>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::wall_s;

constexpr auto up = Verdict::up;
constexpr auto down = Verdict::down;

struct Row {
  const char* what;
  std::vector<ParentView> parents;
  Parents expected;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

// The child fails since second 100; its newest result is of second 105.
class DependenciesTable : public testing::TestWithParam<Row> {};

TEST_P(DependenciesTable, JudgesTheParents) {
  EXPECT_EQ(judge_parents({wall_s(100), wall_s(105)}, GetParam().parents), GetParam().expected) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, DependenciesTable,
    testing::Values(
        Row{"no parents", {}, Parents::fine},
        Row{"looked at since, up", {{up, wall_s(0), wall_s(101), false}}, Parents::fine},
        Row{"looked at at the same moment", {{up, wall_s(0), wall_s(100), false}}, Parents::fine},
        Row{"not looked at since", {{up, wall_s(0), wall_s(99), false}}, Parents::doubtful},
        Row{"about to go down", {{up, wall_s(0), wall_s(101), true}}, Parents::doubtful},
        Row{"down", {{down, wall_s(99), wall_s(99), true}}, Parents::down},
        Row{"one of two down",
            {{up, wall_s(0), wall_s(101), false}, {down, wall_s(50), wall_s(101), true}},
            Parents::down},
        Row{"one of two in doubt",
            {{up, wall_s(0), wall_s(101), false}, {up, wall_s(0), wall_s(9), false}},
            Parents::doubtful},
        Row{"degraded is no explanation", {{Verdict::degraded, wall_s(0), wall_s(101), false}}, Parents::fine},
        Row{"unknown explains nothing", {{Verdict::unknown, {}, {}, false}}, Parents::fine},
        Row{"recovered after the child's newest result", {{up, wall_s(106), wall_s(110), false}}, Parents::doubtful},
        Row{"recovered before the child's newest result", {{up, wall_s(104), wall_s(110), false}}, Parents::fine}));

}  // namespace
}  // namespace allclear
