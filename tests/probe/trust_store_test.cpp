// When trust stores are parsed: before a check's clock starts.
#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

// When the check's time begins, the file that it needs is gone.
class FileEatingClock final : public Clock {
 public:
  explicit FileEatingClock(std::string file) : file_(std::move(file)) {}
  Instant now() const override {
    std::filesystem::remove(file_);
    return SystemClock().now();
  }

 private:
  std::string file_;
};

Observation observe_with(const Clock& clock, Target target) {
  boost::asio::io_context loop{1};
  const auto probe = probe::make_probe(loop, clock, {});
  Check check;
  check.target = std::move(target);
  check.expect = CopyOnWrite(Expectations{});
  Observation observation;
  boost::asio::co_spawn(loop, probe->observe(check, net::monotonic_now() + std::chrono::seconds(5)),
                        [&](const std::exception_ptr& failed, Observation seen) {
                          if (failed) std::rethrow_exception(failed);
                          observation = std::move(seen);
                          loop.stop();
                        });
  loop.run();
  return observation;
}

TEST(TrustStore, IsParsedBeforeTheCheckIsTimed) {
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity leaf = make_identity({.names = {"DNS:localhost"}}, &root);
  const ScriptedServer server([&](Conversation& conversation) {
    if (!conversation.start_tls(leaf)) return;
    conversation.read_until();
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const ScratchFolder folder;
  TlsTarget handshake;
  handshake.host = "127.0.0.1";
  handshake.port = server.port();
  handshake.tls.edit().server_name = "localhost";
  for (const bool http : {true, false}) {
    const std::string file = folder.write("ca.pem", certificate_pem(root));
    handshake.tls.edit().ca_file = file;
    const Target target = http ? Target(https_target(server.port(), file)) : Target(handshake);
    const Observation seen = observe_with(FileEatingClock(file), target);
    EXPECT_FALSE(seen.error) << seen.error->detail;
    EXPECT_FALSE(std::filesystem::exists(file));
  }
}

}  // namespace
}  // namespace allclear::test
