#include <unistd.h>

#include <filesystem>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "net/certificate_maker.h"
#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"

namespace allclear::net {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;

class HttpServerTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("allclear_tls_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    const auto files = make_certificate_files(folder_, "localhost", 30);
    ASSERT_TRUE(files) << files.error().message;
    files_ = *files;
    options_.tls_cert_file = files_.cert_file.string();
    options_.tls_key_file = files_.key_file.string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // The whole answer, or the error that kept it from coming.
  std::string ask(std::uint16_t port, int newest_version) {
    asio::io_context io;
    ssl::context context(ssl::context::tls_client);
    context.load_verify_file(files_.ca_file.string());
    context.set_verify_mode(ssl::verify_peer);
    SSL_CTX_set_max_proto_version(context.native_handle(), newest_version);
    ssl::stream<tcp::socket> stream(io, context);
    SSL_set1_host(stream.native_handle(), "localhost");
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
    boost::system::error_code error;
    stream.handshake(ssl::stream_base::client, error);
    if (error) return error.message();
    asio::write(stream, asio::buffer(std::string_view("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")));
    std::string text;
    asio::read(stream, asio::dynamic_buffer(text), error);
    end_ = error;
    return text;
  }

  boost::system::error_code end_;  // how the last answer ended
  std::filesystem::path folder_;
  CertificateFiles files_;
  HttpServerOptions options_;
  std::unique_ptr<Log> log_ = make_silent_log();
};

HttpResponse large(const HttpRequest& request) {
  return {
      200, {{"X-Secure", request.secure ? "yes" : "no"}}, std::make_shared<const std::string>(300'000, 'x'), nullptr};
}

TEST_F(HttpServerTlsTest, S8_SpeaksTls12And13Only) {
  test::RunningServer server(options_, large, *log_);
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const std::string answer = ask(server.port(), version);
    EXPECT_EQ(answer.rfind("HTTP/1.1 200 OK\r\n", 0), 0U) << answer.substr(0, 100);
    EXPECT_EQ(end_, asio::error::eof);  // with close_notify: nothing was cut off
    EXPECT_NE(answer.find("X-Secure: yes\r\n"), std::string::npos);
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 300'000U);
  }
  EXPECT_NE(ask(server.port(), TLS1_1_VERSION).rfind("HTTP", 0), 0U);
}

// A part each time it is asked, so that reading for the client's end and writing go on side by side.
class Parts final : public StreamSource {
 public:
  StreamState pull(std::vector<StreamBytes>& out) override {
    out.push_back(std::make_shared<const std::string>(100'000, 'x'));
    return ++parts_ < 5 ? StreamState::open : StreamState::ended;
  }

 private:
  int parts_ = 0;
};

TEST_F(HttpServerTlsTest, StreamsWhatComes) {
  test::RunningServer server(
      options_, [](const HttpRequest&) { return Streaming{{}, std::make_shared<Parts>()}; }, *log_);
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const std::string answer = ask(server.port(), version);
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 500'000U);
  }
  for (int i = 0; i < 2'000 && server.connections() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(HttpServerTlsTest, SurvivesClientsThatSpeakPlainText) {
  test::RunningServer server(options_, large, *log_);
  test::RawClient plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(plain.read_all().find("HTTP"), std::string::npos);
  EXPECT_EQ(ask(server.port(), TLS1_3_VERSION).rfind("HTTP/1.1 200 OK\r\n", 0), 0U);
}

TEST_F(HttpServerTlsTest, S10_EndsAHandshakeThatDoesNotGoOn) {
  options_.limits.head = std::chrono::milliseconds(300);
  test::RunningServer server(options_, large, *log_);
  test::RawClient silent(server.port());
  EXPECT_TRUE(silent.is_closed());
}

TEST_F(HttpServerTlsTest, NamesTheFileThatCannotBeUsed) {
  asio::io_context io;
  options_.tls_key_file = (folder_ / "missing.pem").string();
  const auto server = HttpServer::listen(io, options_, large, *log_);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find("missing.pem"), std::string::npos);
}

}  // namespace
}  // namespace allclear::net
