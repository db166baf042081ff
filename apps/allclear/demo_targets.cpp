#include "apps/allclear/demo_targets.h"

#include <array>
#include <chrono>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "net/certificate_maker.h"
#include "net/http_server.h"

namespace allclear::app {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr milliseconds slow_answer{600};
constexpr seconds flap_cycle{25};
constexpr seconds flap_first{8};
constexpr seconds flap_down{10};
constexpr int certificate_days = 3;
constexpr std::size_t request_limit = 16 * 1024;

struct Behaviour {
  milliseconds delay{0};
  std::function<int()> status;
};

auto failing_into(boost::system::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

std::string answer(int status) {
  const std::string body = status == 200 ? "Welcome to the AllClear demo\n" : "This demo service is out of order\n";
  return fmt::format("HTTP/1.1 {} Demo\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", status,
                     body.size(), body);
}

asio::awaitable<void> serve_one(tcp::socket socket, std::shared_ptr<const Behaviour> behaviour) {
  std::string request;
  boost::system::error_code error;
  co_await asio::async_read_until(socket, asio::dynamic_buffer(request, request_limit), "\r\n\r\n", failing_into(error));
  if (error) co_return;
  asio::steady_timer timer(socket.get_executor(), behaviour->delay);
  co_await timer.async_wait(failing_into(error));
  const std::string text = answer(behaviour->status());
  co_await asio::async_write(socket, asio::buffer(text), failing_into(error));
}

asio::awaitable<void> accept_all(std::shared_ptr<tcp::acceptor> acceptor, std::shared_ptr<const Behaviour> behaviour) {
  while (true) {
    boost::system::error_code error;
    tcp::socket socket = co_await acceptor->async_accept(failing_into(error));
    if (error) co_return;
    asio::co_spawn(acceptor->get_executor(), serve_one(std::move(socket), behaviour), asio::detached);
  }
}

// Turns a query into its own answer: response, recursion available, NXDOMAIN.
asio::awaitable<void> deny_every_name(std::shared_ptr<udp::socket> socket) {
  std::array<unsigned char, 512> packet{};
  constexpr std::size_t header = 12;
  while (true) {
    udp::endpoint sender;
    boost::system::error_code error;
      const std::size_t size = co_await socket->async_receive_from(asio::buffer(packet), sender, failing_into(error));
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error || size < header) continue;
    packet[2] = static_cast<unsigned char>(packet[2] | 0x80);
    packet[3] = 0x83;
    for (std::size_t i = 6; i < header; ++i) packet[i] = 0;  // no answers; what follows the question is dropped below
    std::size_t end = header;
    while (end < size && packet[end] != 0) end += packet[end] + 1u;
    end = std::min(end + 5, size);
    co_await socket->async_send_to(asio::buffer(packet.data(), end), sender, failing_into(error));
  }
}

class LoopbackTargets final : public DemoTargets {
 public:
  LoopbackTargets(asio::io_context& loop, Log& log) : loop_(loop), log_(log) {}

  Result<void> start(const std::filesystem::path& folder) {
    const auto began = std::chrono::steady_clock::now();
    ports_.healthy = listen({milliseconds(5), [] { return 200; }});
    ports_.slow = listen({slow_answer, [] { return 200; }});
    ports_.failing = listen({milliseconds(2), [] { return 500; }});
    ports_.flapping = listen({milliseconds(8), [began] {
                                const auto into = (std::chrono::steady_clock::now() - began) % flap_cycle;
                                return into >= flap_first && into < flap_first + flap_down ? 503 : 200;
                              }});
    const auto resolver = std::make_shared<udp::socket>(loop_, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    ports_.resolver = resolver->local_endpoint().port();
    asio::co_spawn(loop_, deny_every_name(resolver), asio::detached);
    return start_secure(folder);
  }

  const DemoPorts& ports() const override { return ports_; }
  const std::filesystem::path& ca_file() const override { return ca_file_; }

 private:
  std::uint16_t listen(Behaviour behaviour) {
    auto acceptor = std::make_shared<tcp::acceptor>(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const std::uint16_t port = acceptor->local_endpoint().port();
    asio::co_spawn(loop_, accept_all(std::move(acceptor), std::make_shared<const Behaviour>(std::move(behaviour))), asio::detached);
    return port;
  }

  Result<void> start_secure(const std::filesystem::path& folder) {
    const auto files = net::make_certificate_files(folder, "localhost", certificate_days);
    if (!files) return tl::unexpected(files.error());
    ca_file_ = files->ca_file;
    net::HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    options.tls_cert_file = files->cert_file.string();
    options.tls_key_file = files->key_file.string();
    auto server = net::HttpServer::listen(
        loop_, options,
        [](const net::HttpRequest&) {
          return net::HttpResponse{200, {{"Content-Type", "text/plain"}}, std::make_shared<const std::string>("Welcome\n"), {}};
        },
        log_);
    if (!server) return tl::unexpected(server.error());
    secure_ = std::move(*server);
    ports_.secure = secure_->port();
    return {};
  }

  asio::io_context& loop_;
  Log& log_;
  DemoPorts ports_;
  std::filesystem::path ca_file_;
  std::unique_ptr<net::HttpServer> secure_;
};

}  // namespace

Result<std::unique_ptr<DemoTargets>> start_demo_targets(asio::io_context& loop, const std::filesystem::path& folder, Log& log) {
  auto targets = std::make_unique<LoopbackTargets>(loop, log);
  const auto started = targets->start(folder);
  if (!started) return tl::unexpected(started.error());
  return targets;
}

}  // namespace allclear::app
