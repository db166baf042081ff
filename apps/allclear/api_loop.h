// ApiLoop: the HTTP server, the API behind it and the pages that it serves, on one event loop. Wiring only.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/api/api.h"
#include "adapters/api/events.h"
#include "adapters/api/ops_pages.h"
#include "adapters/api/publisher.h"
#include "adapters/api/trend_collector.h"
#include "adapters/config/config.h"
#include "adapters/store/sqlite/session_watch.h"
#include "adapters/store/sqlite/token_file.h"
#include "adapters/store/sqlite/token_watch.h"
#include "adapters/store/sqlite/user_file.h"
#include "base/log.h"
#include "core/ports/store.h"
#include "net/http_server.h"
#include "runtime/monitor.h"
#include "runtime/system_clock.h"
#include "runtime/ticker.h"

namespace allclear::app {

// What outlives the ApiLoop.
struct ApiParts {
  runtime::Monitor& monitor;
  Queries& queries;  // of the API's loop
  Outbox& outbox;    // used on the store's thread only
  std::function<void()> wake_dispatcher;
  std::filesystem::path access_file;
  std::uint64_t page_seq = 0;  // the last one that was used
  api::Entrance entrance = api::Entrance::login;
};

class ApiLoop {
 public:
  // Error: the address cannot be listened on.
  static Result<std::unique_ptr<ApiLoop>> listen(boost::asio::io_context& loop, const config::ConfigFile& config,
                                                 ApiParts parts, Log& log);
  ~ApiLoop();
  ApiLoop(const ApiLoop&) = delete;
  ApiLoop& operator=(const ApiLoop&) = delete;

  void adopt(const config::ConfigFile& config);  // after a reload: the page's name and links
  std::uint16_t port() const { return server_->port(); }
  void stop();  // no new requests
  bool idle() const { return server_->connection_count() == 0; }

 private:
  ApiLoop(const config::ConfigFile& config, ApiParts parts, Log& log);

  api::OperatorPorts operator_ports(const ApiParts& parts);
  void on_tokens(std::function<void(TokenBook&)> work);
  void on_users(std::function<void(UserBook&)> work);
  bool on_logins(std::function<void(UserBook&)> work);
  void put_uses();
  std::shared_ptr<const Snapshot> snapshot() const;
  void look();
  void render(const Snapshot& snapshot);

  runtime::SystemClock clock_;
  runtime::Monitor& monitor_;
  Queries& queries_;
  Log& log_;
  api::PageSettings page_;
  api::ApiOptions options_;
  api::Publisher publisher_;
  api::RenderedPages pages_;
  api::TrendCollector trends_;
  api::LiveEvents live_;
  store::TokenFile token_file_;
  store::UserFile user_file_;
  boost::asio::thread_pool token_thread_{1};  // waits for other processes and the disk, so that nothing else does
  std::atomic<int> logins_waiting_ = 0;
  boost::asio::thread_pool login_thread_{1};  // judges passwords: one at a time, so that they cost at most a core
  store::TokenWatch token_watch_;
  store::SessionWatch session_watch_;
  MonotonicTime uses_put_at_{};
  api::OperatorApi operators_;
  api::PingApi pings_;
  api::ProbeApi probes_;
  api::OpsPages ops_;
  api::Api api_;
  std::shared_ptr<const Snapshot> seen_;  // the last one that was looked at
  std::unique_ptr<net::HttpServer> server_;
  std::optional<runtime::Ticker> ticker_;
};

}  // namespace allclear::app
