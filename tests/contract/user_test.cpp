// Users and sessions in their file: what is kept of them, and how soon a running monitor sees what another process did
// (S1, S2, S4).
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <time.h>

#include "adapters/store/sqlite/access_file.h"
#include "adapters/store/sqlite/password_hash.h"
#include "adapters/store/sqlite/session_watch.h"
#include "adapters/store/sqlite/token_file.h"
#include "adapters/store/sqlite/user_file.h"
#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

using store::SessionWatch;
using store::UserFile;

const std::string good_password = "correct horse";

class Users : public testing::Test {
 protected:
  void make(const std::string& name, UserRole role = UserRole::operating) {
    const auto made = file_.create({name, role, good_password}, now_.wall);
    EXPECT_TRUE(made) << made.error().message;
  }
  std::optional<MadeSession> log_in(const std::string& name, const std::string& password = good_password) {
    const auto made = file_.log_in(name, password, now_.wall);
    EXPECT_TRUE(made) << made.error().message;
    return made.value_or(std::nullopt);
  }
  std::optional<Session> find(const std::string& text) {
    const auto found = watch_.find(text, now_);
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::nullopt);
  }
  void pass(milliseconds time) { now_ = {now_.wall + time, now_.monotonic + time}; }
  std::string bytes() const {
    std::ifstream stream(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  TemporaryFolder folder_ = TemporaryFolder::in_memory();
  std::filesystem::path path_ = store::access_file(folder_.path() / "data");
  UserFile file_{path_};
  SessionWatch watch_{path_};
  Instant now_{start_time(), MonotonicTime(hours(1))};
};

TEST_F(Users, S1_APasswordIsKeptAsArgon2idWithASaltOfItsOwn) {
  make("ada");
  make("bob");
  const std::string kept = bytes();
  EXPECT_EQ(kept.find(good_password), std::string::npos);
  const std::regex hash("\\$argon2id\\$v=19\\$m=(\\d+),t=(\\d+),p=(\\d+)\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");
  std::set<std::string> salts;
  std::set<std::string> hashes;
  for (auto found = std::sregex_iterator(kept.begin(), kept.end(), hash); found != std::sregex_iterator(); ++found) {
    EXPECT_GE(std::stoi((*found)[1]), 19 * 1024) << "KiB";
    EXPECT_GE(std::stoi((*found)[2]), 2);
    EXPECT_GE(std::stoi((*found)[3]), 1);
    EXPECT_GE((*found)[4].length(), 22) << "128 bits";
    EXPECT_GE((*found)[5].length(), 43) << "256 bits";
    salts.insert((*found)[4]);
    hashes.insert((*found)[5]);
  }
  EXPECT_EQ(salts.size(), 2u);
  EXPECT_EQ(hashes.size(), 2u);
}

TEST_F(Users, S2_ASessionHas256RandomBitsAndOnlyItsDigestIsKept) {
  make("ada");
  std::set<std::string> texts;
  for (int i = 0; i < 8; ++i) texts.insert(log_in("ada")->text);
  EXPECT_EQ(texts.size(), 8u);
  const std::string kept = bytes();
  for (const std::string& text : texts) {
    EXPECT_TRUE(std::regex_match(text, std::regex("[a-z2-7]{52}"))) << text;
    EXPECT_EQ(kept.find(text), std::string::npos);
    EXPECT_NE(kept.find(store::session_id_of(text).value()), std::string::npos);
  }
}

TEST_F(Users, AreListedByNameWithAllThatIsKept) {
  make("eve", UserRole::viewer);
  pass(hours(1));
  make("ada", UserRole::admin);
  EXPECT_TRUE(log_in("eve"));
  const auto users = file_.list();
  ASSERT_EQ(users->size(), 2u);
  EXPECT_EQ(users->at(0), (User{"ada", UserRole::admin, now_.wall, now_.wall, {}, {}}));
  EXPECT_EQ(users->at(1), (User{"eve", UserRole::viewer, start_time(), start_time(), now_.wall, {}}));
}

TEST_F(Users, NoFileIsNoUsersAndNobodyLogsIn) {
  EXPECT_TRUE(file_.list()->empty());
  EXPECT_EQ(log_in("ada"), std::nullopt);
  EXPECT_FALSE(*watch_.has_users(now_));
  EXPECT_EQ(find("x"), std::nullopt);
  EXPECT_TRUE(file_.end(SessionId("x")));
  EXPECT_EQ(file_.set_role("ada", UserRole::admin).error().fault, UserFault::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_));
  make("ada");
  pass(seconds(1));
  EXPECT_TRUE(*watch_.has_users(now_));
}

TEST_F(Users, AFileOfBeforeThereWereUsersKeepsItsTokens) {
  store::TokenFile tokens(path_);
  const auto token = tokens.create({"ci", TokenKind::api, {TokenScope::read}, {}, {}}, now_.wall);
  {
    auto connection = store::Connection::open(path_, store::OpenMode::existing);
    connection->execute("DROP TABLE users; DROP TABLE sessions; PRAGMA user_version=1");
  }
  EXPECT_TRUE(file_.list()->empty());
  EXPECT_EQ(log_in("ada"), std::nullopt);
  EXPECT_FALSE(*watch_.has_users(now_));
  EXPECT_EQ(tokens.list()->size(), 1u);
  make("ada");
  pass(seconds(1));
  EXPECT_TRUE(find(log_in("ada")->text));
  EXPECT_EQ(tokens.list()->front(), token->token);
}

TEST_F(Users, ANameIsTakenOnceAndFreeAfterItsRemoval) {
  make("ada");
  const auto text = log_in("ada")->text;
  EXPECT_EQ(file_.create({"ada", UserRole::viewer, good_password}, now_.wall).error().fault, UserFault::name_taken);
  EXPECT_EQ(file_.remove("ada")->name, "ada");
  EXPECT_EQ(file_.remove("ada").error().fault, UserFault::not_found);
  pass(seconds(1));
  EXPECT_EQ(find(text), std::nullopt);
  make("ada");
  pass(seconds(1));
  EXPECT_EQ(find(text), std::nullopt) << "a new user of the name has none of the old one's sessions";
}

TEST_F(Users, S2_WhatAnotherProcessChangesEndsSessionsWithinASecond) {
  const auto in_another = [&](const std::function<bool(UserFile&)>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      UserFile other(path_);
      ::_exit(work(other) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    pass(seconds(1));
  };
  make("ada");
  const std::string by_password = log_in("ada")->text;
  ASSERT_TRUE(find(by_password));
  in_another([&](UserFile& other) { return other.set_password("ada", "battery staple", now_.wall).has_value(); });
  EXPECT_EQ(find(by_password), std::nullopt);
  EXPECT_EQ(log_in("ada"), std::nullopt) << "the old password";
  const std::string by_standing = log_in("ada", "battery staple")->text;
  watch_.refresh();
  ASSERT_TRUE(find(by_standing));
  in_another([&](UserFile& other) { return other.set_role("ada", UserRole::viewer).has_value(); });
  EXPECT_EQ(find(by_standing)->role, UserRole::viewer);
  in_another([&](UserFile& other) { return other.set_standing("ada", UserStanding::disabled, now_.wall).has_value(); });
  EXPECT_EQ(find(by_standing), std::nullopt);
  EXPECT_EQ(log_in("ada", "battery staple"), std::nullopt);
  in_another([&](UserFile& other) { return other.set_standing("ada", UserStanding::enabled, now_.wall).has_value(); });
  EXPECT_EQ(find(by_standing), std::nullopt) << "an ended session does not come back";
  EXPECT_TRUE(log_in("ada", "battery staple"));
}

// Of this thread, so that others on the machine count little.
std::chrono::nanoseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST_F(Users, S4_AnUnknownOneTakesAsLongAsAWrongPassword) {
  make("ada");
  const auto fastest = [&](const std::string& name) {
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 7; ++i) {
      const auto begin = processor_time();
      EXPECT_EQ(log_in(name, "not this one"), std::nullopt);
      best = std::min(best, processor_time() - begin);
    }
    return static_cast<double>(best.count());
  };
  const double known = fastest("ada");
  const double unknown = fastest("nobody");
  // Without a hash it would be a hundredth; what else runs on the machine makes less than twice of it.
  EXPECT_LT(unknown, known * 3);
  EXPECT_GT(unknown, known / 3);
  EXPECT_TRUE(file_.set_standing("ada", UserStanding::disabled, now_.wall));
  EXPECT_GT(fastest("ada"), known / 3) << "disabled";
}

TEST_F(Users, S2_HaveTwentySessionsAtMost) {
  make("ada");
  make("bob");
  const std::string of_bob = log_in("bob")->text;
  std::vector<std::string> texts;
  for (int i = 0; i < 22; ++i) {
    texts.push_back(log_in("ada")->text);
    pass(seconds(1));
  }
  const auto opens = [&](const std::string& text) { return find(text).has_value(); };
  EXPECT_EQ(std::count_if(texts.begin(), texts.end(), opens), 20);
  EXPECT_FALSE(opens(texts[0]) || opens(texts[1])) << "the oldest give way";
  EXPECT_TRUE(opens(of_bob));
}

TEST_F(Users, S2_ASessionEndsIdleAndInTheEnd) {
  make("ada");
  const std::string idle = log_in("ada")->text;
  const std::string used = log_in("ada")->text;
  for (int i = 0; i < 14; ++i) {
    pass(longest_idle_session - minutes(1));
    EXPECT_TRUE(find(used)) << i;
    if (i == 1) {
      EXPECT_EQ(find(idle), std::nullopt);
    }
  }
  pass(minutes(13));
  EXPECT_TRUE(find(used));
  pass(minutes(1));
  EXPECT_EQ(find(used), std::nullopt);
}

TEST_F(Users, AUseIsNotedOnceAMinuteAndSurvivesARestart) {
  make("ada");
  const std::string text = log_in("ada")->text;
  pass(seconds(59));
  EXPECT_TRUE(find(text));
  EXPECT_TRUE(watch_.take_uses().empty());
  pass(hours(11));
  EXPECT_TRUE(find(text));
  const auto uses = watch_.take_uses();
  ASSERT_EQ(uses.size(), 1u);
  EXPECT_TRUE(file_.put_session_uses(uses));
  pass(hours(11));
  EXPECT_TRUE(SessionWatch(path_).find(text, now_)->has_value());
  ASSERT_TRUE(file_.put_session_uses(std::vector<SessionUse>{{uses[0].id, start_time()}}));
  EXPECT_TRUE(SessionWatch(path_).find(text, now_)->has_value()) << "never backwards";
}

TEST_F(Users, AnEndedSessionOpensNothing) {
  make("ada");
  const auto one = log_in("ada");
  const auto other = log_in("ada");
  ASSERT_TRUE(find(one->text));
  EXPECT_TRUE(file_.end(one->session.id));
  watch_.refresh();
  EXPECT_EQ(find(one->text), std::nullopt);
  EXPECT_TRUE(find(other->text));
}

TEST_F(Users, S1_AHashThatCannotBeReadIsAnErrorAndNoWrongPassword) {
  make("ada");
  {
    auto connection = store::Connection::open(path_, store::OpenMode::existing);
    connection->execute("UPDATE users SET password = '$argon2id$v=19$m=19456'");
  }
  EXPECT_FALSE(file_.log_in("ada", good_password, now_.wall));
  EXPECT_FALSE(*store::is_password("x", store::hash_password("y").value()));
  EXPECT_TRUE(*store::is_password("y", store::hash_password("y").value()));
}

TEST_F(Users, S1_WhatCannotBeReadIsAnErrorAndNobodyIsLetIn) {
  make("ada");
  const std::string text = log_in("ada")->text;
  ASSERT_TRUE(find(text));
  std::ofstream(path_, std::ios::binary | std::ios::in) << std::string(4096, 'x');
  pass(seconds(2));
  EXPECT_FALSE(watch_.find(text, now_));
  EXPECT_FALSE(watch_.has_users(now_));
  EXPECT_FALSE(file_.list());
  EXPECT_FALSE(file_.log_in("ada", good_password, now_.wall));
  EXPECT_EQ(file_.set_role("ada", UserRole::admin).error().fault, UserFault::unavailable);
  EXPECT_FALSE(file_.create({"bob", UserRole::viewer, good_password}, now_.wall));
}

TEST(UserNames, StandInLogsAndTimelines) {
  for (const char* good : {"ada", "a", "7", "ada.lovelace@example.com", "a_b-c+d", "0ps"})
    EXPECT_TRUE(is_user_name(good));
  for (const std::string& bad :
       {std::string(), std::string("Ada"), std::string("a b"), std::string("-a"), std::string("<b>"),
        std::string("a\n"), std::string(65, 'a'), std::string("\xc3\xa9")}) {
    EXPECT_FALSE(is_user_name(bad)) << bad;
  }
}

TEST(UserPasswords, HaveTenTo256CharactersAndAreNotTheName) {
  const auto fits = [](const std::string& password) { return !find_password_fault(password, "ada.lovelace"); };
  std::string umlauts;
  for (int i = 0; i < 256; ++i) umlauts += "\xc3\xbc";
  EXPECT_TRUE(fits("0123456789"));
  EXPECT_TRUE(fits(umlauts)) << "characters, not bytes";
  EXPECT_TRUE(fits(umlauts.substr(0, 20)));
  EXPECT_FALSE(fits(umlauts.substr(0, 18)));
  EXPECT_FALSE(fits(umlauts + "x"));
  EXPECT_FALSE(fits("012345678"));
  EXPECT_FALSE(fits(""));
  EXPECT_FALSE(fits("Ada.Lovelace"));
  EXPECT_FALSE(fits("01234\t56789"));
}

TEST(UserRoles, AreScopes) {
  for (const TokenScope scope : {TokenScope::read, TokenScope::write, TokenScope::ingest, TokenScope::admin}) {
    EXPECT_EQ(scopes_of(UserRole::viewer).allow(scope), scope == TokenScope::read);
    EXPECT_EQ(scopes_of(UserRole::operating).allow(scope), scope == TokenScope::read || scope == TokenScope::write);
    EXPECT_TRUE(scopes_of(UserRole::admin).allow(scope));
  }
  EXPECT_EQ(parse_user_role("operator"), UserRole::operating);
  EXPECT_EQ(parse_user_role("root"), std::nullopt);
}

}  // namespace
}  // namespace allclear::contract
