#include "apps/allclear/token_table.h"

#include <gtest/gtest.h>

namespace allclear::app {
namespace {

using std::chrono::hours;

TEST(TokenTable, TellsWhatEachMayAndHowItStands) {
  const WallTime now{hours(24 * 20'000)};
  Token ci{
      TokenId("aaaa"), "ci", TokenKind::api, {TokenScope::read, TokenScope::write}, {}, now - hours(48), {}, {}, {}};
  Token ping{TokenId("bbbb"), "ping backup", TokenKind::ping, {}, ServiceId("backup"), now - hours(1), {}, {}, {}};
  Token old = ci;
  old.name = "old";
  old.expires_at = now - hours(24);
  Token gone = old;
  gone.name = "gone";
  gone.revoked_at = now - hours(2);
  ci.expires_at = now + hours(72);
  ping.last_used_at = now - std::chrono::minutes(5);
  EXPECT_EQ(draw_tokens({ping, ci, old, gone}, now),
            "ID    NAME         MAY          MADE     USED       STATE\n"
            "bbbb  ping backup  ping backup  1 h ago  5 min ago  active\n"
            "aaaa  ci           read, write  2 d ago  never      expires in 3 d\n"
            "aaaa  old          read, write  2 d ago  never      expired 1 d ago\n"
            "aaaa  gone         read, write  2 d ago  never      revoked 2 h ago\n");
}

}  // namespace
}  // namespace allclear::app
