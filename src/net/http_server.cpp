#include "net/http_server.h"

#include <unordered_map>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/client_key.h"
#include "net/http_connection.h"
#include "net/tls_server.h"
#include "net/trusted_proxies.h"

namespace allclear::net {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<ip::tcp, ServerExecutor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, ServerExecutor>;

constexpr std::chrono::milliseconds tick_length{250};
constexpr std::chrono::milliseconds accept_pause{100};  // when descriptors or memory ran out

Result<ip::address> listen_address(const std::string& host) {
  if (host == "localhost") return ip::address(ip::address_v4::loopback());
  error_code error;
  const ip::address address = ip::make_address(host, error);
  if (error) return failure("cannot listen on \"" + host + "\": expected an IP address or localhost");
  return address;
}

// IPv4 also when it arrives on a dual-stack socket.
ip::address unmapped(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

HttpResponse plain_refusal(int status, std::string_view detail, std::string_view) {
  return {status,
          {{"Content-Type", "text/plain; charset=utf-8"}},
          std::make_shared<const std::string>(std::string(detail) + "\n"),
          nullptr};
}

std::string forwarded_for(const HttpRequest& request) {
  std::string joined;
  for (const HttpField& field : request.headers) {
    if (!equal_without_case(field.name, "X-Forwarded-For")) continue;
    if (!joined.empty()) joined += ',';
    joined += field.value;
  }
  return joined;
}

}  // namespace

class HttpServer::Listener final : public ConnectionHost, public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& io, HttpServerOptions options, Handler handler, Log& log)
      : io_(io),
        options_(std::move(options)),
        handler_(std::move(handler)),
        log_(log),
        gate_(std::make_shared<LoopGate>(io)),
        acceptor_(io),
        tick_timer_(io),
        pause_timer_(io) {
    if (!options_.refusal) options_.refusal = plain_refusal;
    read_clocks();
  }

  Result<void> open();
  void run() {
    accept();
    schedule_tick();
  }
  void stop();
  void cut_all();
  std::uint16_t port() const { return port_; }
  std::size_t count() const { return connections_.size(); }

  const HttpServerLimits& limits() const override { return options_.limits; }
  Reply handle(HttpRequest& request, const std::string& peer) override;
  void begin(const Later& later, std::shared_ptr<Responder> responder) override;
  HttpResponse make(const Responder::Make& make, std::string_view path) override;
  StreamState pull(StreamSource& source, std::vector<StreamBytes>& out) override;
  const std::shared_ptr<LoopGate>& gate() const override { return gate_; }
  HttpResponse refuse(const Refusal& refusal, std::string_view path) override {
    return options_.refusal(refusal.status, refusal.detail, path);
  }
  ServerTime now() const override { return now_; }
  std::string_view date() const override { return date_; }
  bool stopping() const override { return stopping_; }
  void gone(Connection& connection) override;

 private:
  void accept();
  void on_accept(const error_code& error, ServerSocket socket);
  void tell_of_accept(const error_code& error);
  void admit(ServerSocket socket, const ip::address& address);
  void turn_away(ServerSocket& socket, const Refusal& refusal);
  HttpResponse failed(const std::exception& exception, std::string_view path);
  void schedule_tick();
  void tick();
  void read_clocks();
  template <class Visit>
  void each_connection(Visit visit);

  asio::io_context& io_;
  HttpServerOptions options_;
  Handler handler_;
  Log& log_;
  const std::shared_ptr<LoopGate> gate_;
  TrustedProxies proxies_;
  std::unique_ptr<asio::ssl::context> tls_;
  Acceptor acceptor_;
  Timer tick_timer_;
  Timer pause_timer_;
  std::uint16_t port_ = 0;
  bool stopping_ = false;
  MonotonicTime accept_told_ = MonotonicTime::min();
  ServerTime now_;
  ServerTime drain_deadline_;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
  std::unordered_map<Connection*, std::string> keys_;  // counted connections and their address
  std::unordered_map<std::string, std::size_t> per_address_;
};

Result<void> HttpServer::Listener::open() {
  auto proxies = TrustedProxies::parse(options_.trusted_proxies);
  if (!proxies) return failure("trusted_proxies: " + proxies.error().message);
  proxies_ = std::move(*proxies);
  if (!options_.tls_cert_file.empty()) {
    auto context = make_tls_server_context(options_.tls_cert_file, options_.tls_key_file);
    if (!context) return tl::unexpected(context.error());
    tls_ = std::move(*context);
  }
  const auto address = listen_address(options_.host);
  if (!address) return tl::unexpected(address.error());
  const ip::tcp::endpoint endpoint(*address, options_.port);
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && address->is_v6()) acceptor_.set_option(ip::v6_only(false), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const std::string shown = address->is_v6() ? "[" + address->to_string() + "]" : address->to_string();
    return failure("cannot listen on " + shown + ":" + std::to_string(options_.port) + ": " + error.message());
  }
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

void HttpServer::Listener::accept() {
  if (stopping_) return;
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, ServerSocket socket) {
    self->on_accept(error, std::move(socket));
  });
}

// Ten times a second for as long as it lasts: told once a minute.
void HttpServer::Listener::tell_of_accept(const error_code& error) {
  const MonotonicTime now = monotonic_now();
  if (accept_told_ != MonotonicTime::min() && now < accept_told_ + std::chrono::minutes(1)) return;
  accept_told_ = now;
  log_.warning("accept_failed", {{"reason", error.message()}});
}

void HttpServer::Listener::on_accept(const error_code& error, ServerSocket socket) {
  if (stopping_) return;
  if (error && error != asio::error::connection_aborted) {
    // Descriptors or memory are gone: the backlog keeps waiting, and asking again at once would spin.
    tell_of_accept(error);
    pause_timer_.expires_after(accept_pause);
    pause_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->accept();
    });
    return;
  }
  error_code peer_error;
  const auto endpoint = error ? ip::tcp::endpoint{} : socket.remote_endpoint(peer_error);
  if (!error && !peer_error) admit(std::move(socket), unmapped(endpoint.address()));
  accept();
}

void HttpServer::Listener::admit(ServerSocket socket, const ip::address& address) {
  if (connections_.size() >= options_.limits.connections)
    return turn_away(socket, {503, "too many connections; try again soon"});
  const std::string peer = address.to_string();
  const std::string key = proxies_.contains(peer) ? std::string{} : client_key(peer);
  if (!key.empty() && per_address_[key] >= options_.limits.connections_per_address) {
    return turn_away(socket, {429, "too many connections from this address"});
  }
  error_code ignored;
  socket.set_option(ip::tcp::no_delay(true), ignored);
  std::shared_ptr<Connection> connection;
  if (tls_) {
    connection = std::make_shared<HttpConnection<SecureStream>>(SecureStream(std::move(socket), *tls_), peer,
                                                                shared_from_this());
  } else {
    connection = std::make_shared<HttpConnection<ServerSocket>>(std::move(socket), peer, shared_from_this());
  }
  connections_.emplace(connection.get(), connection);
  if (!key.empty()) {
    ++per_address_[key];
    keys_.emplace(connection.get(), key);
  }
  connection->start();
}

// One attempt that never waits: a client that is over its limit is owed no patience.
void HttpServer::Listener::turn_away(ServerSocket& socket, const Refusal& refusal) {
  if (tls_) return;
  error_code ignored;
  AnswerBytes answer;
  HttpResponse response = refuse(refusal, {});
  if (!response.prebuilt_head) response.headers.push_back({"Retry-After", "10"});
  answer.fill(std::move(response), BodyPart::send, ConnectionWord::close, date_);
  socket.non_blocking(true, ignored);
  socket.write_some(answer.buffers(), ignored);
  socket.shutdown(ip::tcp::socket::shutdown_send, ignored);
}

void HttpServer::Listener::gone(Connection& connection) {
  connections_.erase(&connection);
  if (stopping_ && connections_.empty()) tick_timer_.cancel();
  const auto key = keys_.find(&connection);
  if (key == keys_.end()) return;
  const auto counted = per_address_.find(key->second);
  if (--counted->second == 0) per_address_.erase(counted);
  keys_.erase(key);
}

// Out of memory, or a third party's.
HttpResponse HttpServer::Listener::failed(const std::exception& exception, std::string_view path) {
  // Not all of the path: what follows may be a token.
  log_.error("request_failed",
             {{"path", std::string(path.substr(0, path.find('/', 1)))}, {"reason", std::string(exception.what())}});
  return refuse({500, "the request could not be answered"}, path);
}

void HttpServer::Listener::begin(const Later& later, std::shared_ptr<Responder> responder) {
  try {
    later(std::move(responder));
  } catch (const std::exception& exception) {  // the responder went with it: 503
    log_.error("request_failed", {{"reason", std::string(exception.what())}});
  }
}

HttpResponse HttpServer::Listener::make(const Responder::Make& make, std::string_view path) {
  try {
    return make();
  } catch (const std::exception& exception) {
    return failed(exception, path);
  }
}

StreamState HttpServer::Listener::pull(StreamSource& source, std::vector<StreamBytes>& out) {
  try {
    return source.pull(out);
  } catch (const std::exception& exception) {
    log_.error("stream_failed", {{"reason", std::string(exception.what())}});
    return StreamState::ended;
  }
}

Reply HttpServer::Listener::handle(HttpRequest& request, const std::string& peer) {
  request.client_address = peer;
  if (proxies_.contains(peer)) {
    request.client_address = proxies_.client_address(peer, forwarded_for(request));
    request.secure = request.secure || equal_without_case(request.header("X-Forwarded-Proto"), "https");
  }
  try {
    return handler_(request);
  } catch (const std::exception& exception) {
    return failed(exception, request.path);
  }
}

void HttpServer::Listener::read_clocks() {
  now_ = std::chrono::steady_clock::now();
  const auto unix_time =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
  if (unix_time == date_second_) return;
  date_second_ = unix_time;
  date_ = format_http_date(unix_time);
}

void HttpServer::Listener::schedule_tick() {
  tick_timer_.expires_after(tick_length);
  tick_timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->tick();
  });
}

void HttpServer::Listener::tick() {
  read_clocks();
  if (stopping_ && now_ >= drain_deadline_) return cut_all();
  each_connection([](Connection& connection) { connection.tick(); });
  if (!stopping_ || !connections_.empty()) schedule_tick();
}

// Over a copy: a visited connection may leave while the others are being visited.
template <class Visit>
void HttpServer::Listener::each_connection(Visit visit) {
  std::vector<std::shared_ptr<Connection>> present;
  present.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) {
    if (auto alive = connection.lock()) present.push_back(std::move(alive));
  }
  for (const auto& connection : present) visit(*connection);
}

void HttpServer::Listener::stop() {
  if (stopping_) return;
  stopping_ = true;
  drain_deadline_ = std::chrono::steady_clock::now() + options_.limits.drain;
  error_code ignored;
  acceptor_.close(ignored);
  pause_timer_.cancel();
  each_connection([](Connection& connection) { connection.finish(); });
}

void HttpServer::Listener::cut_all() {
  each_connection([](Connection& connection) { connection.cut(); });
  tick_timer_.cancel();
}

HttpServer::HttpServer(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

HttpServer::~HttpServer() {
  listener_->gate()->close();
  listener_->stop();
  listener_->cut_all();
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(asio::io_context& io, HttpServerOptions options, Handler handler,
                                                       Log& log) {
  auto listener = std::make_shared<Listener>(io, std::move(options), std::move(handler), log);
  if (auto opened = listener->open(); !opened) return tl::unexpected(opened.error());
  listener->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

std::uint16_t HttpServer::port() const { return listener_->port(); }
std::size_t HttpServer::connection_count() const { return listener_->count(); }
void HttpServer::stop() { listener_->stop(); }

}  // namespace allclear::net
