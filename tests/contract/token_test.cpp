// Tokens in their file: what is kept of them, and how soon a running monitor sees what another process did (S1).
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/store/sqlite/access_file.h"
#include "adapters/store/sqlite/token_file.h"
#include "adapters/store/sqlite/token_watch.h"
#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

using store::TokenFile;
using store::TokenWatch;

NewToken wanted(const std::string& name, TokenScopes scopes = {TokenScope::read}) {
  NewToken token;
  token.name = name;
  token.scopes = scopes;
  return token;
}

class Tokens : public testing::Test {
 protected:
  MadeToken make(const NewToken& token) {
    const auto made = file_.create(token, now_.wall);
    EXPECT_TRUE(made) << made.error().message;
    return made.value_or(MadeToken{});
  }
  std::optional<Token> find(const std::string& text) {
    const auto found = watch_.find(text, now_);
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::nullopt);
  }
  void pass(milliseconds time) { now_ = {now_.wall + time, now_.monotonic + time}; }

  TemporaryFolder folder_ = TemporaryFolder::in_memory();
  std::filesystem::path path_ = store::access_file(folder_.path() / "data");
  TokenFile file_{path_};
  TokenWatch watch_{path_};
  Instant now_{start_time(), MonotonicTime(hours(1))};
};

TEST_F(Tokens, S1_ATextHas160RandomBitsAndOnlyItsDigestIsKept) {
  std::set<std::string> texts;
  for (int i = 0; i < 50; ++i) {
    const MadeToken made = make(wanted("token " + std::to_string(i)));
    EXPECT_TRUE(std::regex_match(made.text, std::regex("acl_[a-z2-7]{32}"))) << made.text;
    texts.insert(made.text);
  }
  EXPECT_EQ(texts.size(), 50u);
  std::set<char> characters;
  for (const std::string& text : texts) characters.insert(text.begin() + 4, text.end());
  EXPECT_EQ(characters.size(), 32u) << "of 1,600 characters";
  std::ifstream stream(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_NE(bytes.find("token 49"), std::string::npos);
  for (const std::string& text : texts) EXPECT_EQ(bytes.find(text.substr(4)), std::string::npos);
}

TEST_F(Tokens, S1_TheFileIsForItsOwnerAlone) {
  make(wanted("ci"));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(path_.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(Tokens, AreFoundByTheirTextWithAllThatIsKept) {
  NewToken token = wanted("deploy", {TokenScope::write, TokenScope::ingest});
  token.expires_at = now_.wall + hours(1);
  const MadeToken made = make(token);
  NewToken ping;
  ping.name = "ping backup";
  ping.kind = TokenKind::ping;
  ping.service = ServiceId("backup");
  pass(seconds(1));
  const MadeToken made_ping = make(ping);
  const auto found = find(made.text);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "deploy");
  EXPECT_EQ(found->scopes, token.scopes);
  EXPECT_EQ(found->created_at, start_time());
  EXPECT_EQ(found->expires_at, token.expires_at);
  EXPECT_EQ(find(made_ping.text)->service, ServiceId("backup"));
  EXPECT_EQ(find(made_ping.text)->kind, TokenKind::ping);
  EXPECT_EQ(find("acl_" + std::string(32, 'a')), std::nullopt);
  EXPECT_EQ(find(""), std::nullopt);
  const auto listed = file_.list();
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ(listed->front(), made_ping.token) << "newest first";
  EXPECT_EQ(listed->back(), made.token);
}

TEST_F(Tokens, NoFileIsNoTokensAndAFileThatComesIsSeen) {
  EXPECT_EQ(find("acl_x"), std::nullopt);
  EXPECT_TRUE(file_.list()->empty());
  EXPECT_EQ(*file_.revoke(TokenId("x"), now_.wall), std::nullopt);
  EXPECT_TRUE(file_.put_uses(std::vector<TokenUse>{{TokenId("x"), now_.wall}}));
  EXPECT_FALSE(std::filesystem::exists(path_));
  const MadeToken made = make(wanted("first"));
  pass(seconds(1));
  EXPECT_TRUE(find(made.text));
  std::filesystem::remove(path_);
  pass(seconds(1));
  EXPECT_EQ(find(made.text), std::nullopt) << "who takes the file away takes the tokens away";
  const MadeToken again = make(wanted("first"));
  pass(seconds(1));
  EXPECT_TRUE(find(again.text)) << "another file in its place";
}

TEST_F(Tokens, S1_WhatAnotherProcessRevokesIsSeenWithinASecond) {
  const MadeToken made = make(wanted("ci"));
  ASSERT_EQ(state_of(*find(made.text), now_.wall), TokenState::active);
  const pid_t child = ::fork();
  if (child == 0) {
    TokenFile other(path_);
    const auto revoked = other.revoke(made.token.id, now_.wall);
    ::_exit(revoked && *revoked ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  pass(seconds(1));
  EXPECT_EQ(state_of(*find(made.text), now_.wall), TokenState::revoked);
}

TEST_F(Tokens, ARefreshSeesAtOnceWhatWasWritten) {
  EXPECT_EQ(find("acl_x"), std::nullopt);
  const MadeToken made = make(wanted("ci"));
  watch_.refresh();
  EXPECT_TRUE(find(made.text));
}

TEST_F(Tokens, ARevokedOneStaysRevokedAndItsNameIsFree) {
  const MadeToken made = make(wanted("ci"));
  const auto taken = file_.create(wanted("ci"), now_.wall);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().fault, TokenFault::name_taken);
  ASSERT_TRUE(*file_.revoke(made.token.id, now_.wall));
  const auto again = file_.revoke(made.token.id, now_.wall + hours(1));
  EXPECT_EQ((*again)->revoked_at, now_.wall) << "it stays as it was";
  const MadeToken next = make(wanted("ci"));
  EXPECT_NE(next.token.id, made.token.id);
  EXPECT_EQ(file_.list()->size(), 2u);
  make([&] {
    pass(hours(24 * 91));
    return wanted("later");
  }());
  EXPECT_EQ(file_.list()->size(), 2u) << "what ended three months ago leaves the list";
}

TEST_F(Tokens, AreNotMoreThanAThousand) {
  for (int i = 0; i < 1'000; ++i) make(wanted("token " + std::to_string(i)));
  const auto refused = file_.create(wanted("one more"), now_.wall);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, TokenFault::too_many);
}

TEST_F(Tokens, AUseIsNotedOnceAMinuteAndSurvives) {
  const MadeToken made = make(wanted("ci"));
  pass(seconds(30));
  const WallTime first = now_.wall;
  EXPECT_EQ(find(made.text)->last_used_at, first);
  pass(seconds(59));
  EXPECT_EQ(find(made.text)->last_used_at, first);
  EXPECT_EQ(watch_.take_uses().size(), 1u);
  EXPECT_TRUE(watch_.take_uses().empty());
  pass(seconds(1));
  find(made.text);
  auto uses = watch_.take_uses();
  ASSERT_EQ(uses.size(), 1u);
  ASSERT_TRUE(file_.put_uses(uses));
  EXPECT_EQ(file_.list()->front().last_used_at, first + minutes(1));
  uses[0].at = first;
  ASSERT_TRUE(file_.put_uses(uses));
  EXPECT_EQ(file_.list()->front().last_used_at, first + minutes(1)) << "never backwards";
}

TEST_F(Tokens, AnExpiredOneIsFoundButItsUseIsNotNoted) {
  NewToken token = wanted("ci");
  token.expires_at = now_.wall + hours(1);
  const MadeToken made = make(token);
  pass(hours(1));
  const auto found = find(made.text);
  ASSERT_TRUE(found);
  EXPECT_EQ(state_of(*found, now_.wall), TokenState::expired);
  EXPECT_TRUE(watch_.take_uses().empty());
}

TEST_F(Tokens, S1_WhatCannotBeReadIsAnErrorAndNotTheLastThatWasRead) {
  const MadeToken made = make(wanted("ci"));
  ASSERT_TRUE(find(made.text));
  std::ofstream(path_, std::ios::binary | std::ios::in) << std::string(4096, 'x');
  pass(seconds(2));
  EXPECT_FALSE(watch_.find(made.text, now_));
  EXPECT_FALSE(watch_.list(now_));
  EXPECT_FALSE(file_.list());
  EXPECT_FALSE(file_.create(wanted("next"), now_.wall));
  EXPECT_FALSE(file_.revoke(made.token.id, now_.wall));
}

TEST_F(Tokens, AFileOfANewerProgramIsRefusedClearly) {
  make(wanted("ci"));
  {
    auto connection = store::Connection::open(path_, store::OpenMode::existing);
    connection->execute("PRAGMA user_version=9");
  }
  const auto listed = file_.list();
  ASSERT_FALSE(listed);
  EXPECT_NE(listed.error().message.find("newer allclear"), std::string::npos);
}

TEST_F(Tokens, TwoProcessesThatWriteAtOnceLoseNothing) {
  make(wanted("first"));
  constexpr int each = 20;
  std::vector<pid_t> children;
  for (const char* who : {"a", "b"}) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    TokenFile other(path_);
    bool all = true;
    for (int i = 0; i < each; ++i) all = other.create(wanted(who + std::to_string(i)), now_.wall) && all;
    ::_exit(all ? 0 : 1);
  }
  for (int look = 0; look < 100; ++look) {
    pass(milliseconds(300));
    static_cast<void>(watch_.list(now_));  // reads beside them
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(file_.list()->size(), 2u * each + 1);
  pass(seconds(1));
  EXPECT_EQ(watch_.list(now_)->size(), 2u * each + 1);
}

TEST_F(Tokens, AKillAtAnyInstantLosesNoTokenThatWasShown) {
  int shown = 0;
  for (int round = 0; round < 30; ++round) {
    int pipes[2];
    ASSERT_EQ(::pipe(pipes), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      TokenFile other(path_);
      for (int i = 0;; ++i) {
        const auto made = other.create(wanted(std::to_string(round) + "." + std::to_string(i)), now_.wall);
        if (!made || ::write(pipes[1], "+", 1) != 1) ::_exit(1);
      }
    }
    ::close(pipes[1]);
    std::array<char, 1'000> told{};
    ASSERT_GT(::read(pipes[0], told.data(), 1), 0);
    std::this_thread::sleep_for(std::chrono::microseconds(137 * round));  // somewhere within the next one
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ++shown;
    for (ssize_t more = 0; (more = ::read(pipes[0], told.data(), told.size())) > 0;) shown += static_cast<int>(more);
    ::close(pipes[0]);
    pass(seconds(1));
    const auto seen = watch_.list(now_);
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_GE(static_cast<int>(seen->size()), shown);
  }
}

TEST_F(Tokens, MadeByRootTheFileBelongsToTheFoldersOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t somebody = 12'345;
  std::filesystem::create_directory(path_.parent_path());
  ASSERT_EQ(::chown(path_.parent_path().c_str(), somebody, somebody), 0);
  make(wanted("ci"));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, somebody);
  EXPECT_EQ(status.st_gid, somebody);
}

TEST(TokenScopes, WriteIncludesReadAndAdminEverything) {
  const auto allowed = [](TokenScopes scopes) {
    std::string words;
    for (const TokenScope scope : {TokenScope::read, TokenScope::write, TokenScope::ingest, TokenScope::admin}) {
      if (scopes.allow(scope)) words.append(to_string(scope)).append(" ");
    }
    return words;
  };
  EXPECT_EQ(allowed({}), "");
  EXPECT_EQ(allowed({TokenScope::read}), "read ");
  EXPECT_EQ(allowed({TokenScope::write}), "read write ");
  EXPECT_EQ(allowed({TokenScope::ingest}), "ingest ");
  EXPECT_EQ(allowed({TokenScope::read, TokenScope::ingest}), "read ingest ");
  EXPECT_EQ(allowed({TokenScope::admin}), "read write ingest admin ");
  EXPECT_EQ(TokenScopes::from_bits(0xff), TokenScopes::from_bits(15));
}

TEST(TokenNames, StandInLogsAndTimelines) {
  for (const char* good : {"ci", "Ada's", "deploy @ web-1", "a", "ping backup", "x:y/z+1_2.3"}) {
    EXPECT_EQ(is_token_name(good), std::string_view(good) != "Ada's") << good;
  }
  for (const std::string& bad : {std::string(), std::string(" a"), std::string("a "), std::string("a\nb"),
                                 std::string(65, 'a'), std::string("<b>"), std::string("\xc3\xa9")}) {
    EXPECT_FALSE(is_token_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace allclear::contract
