// ApiLoop: the HTTP server, the API behind it and the pages that it serves, on one event loop. Wiring only.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "adapters/api/api.h"
#include "adapters/api/publisher.h"
#include "adapters/config/config.h"
#include "base/log.h"
#include "core/ports/store.h"
#include "net/http_server.h"
#include "runtime/monitor.h"
#include "runtime/system_clock.h"
#include "runtime/ticker.h"

namespace allclear::app {

class ApiLoop {
 public:
  // Monitor and queries outlive this. Error: the address cannot be listened on.
  static Result<std::unique_ptr<ApiLoop>> listen(boost::asio::io_context& loop, const config::ConfigFile& config,
                                                 runtime::Monitor& monitor, Queries& queries, std::uint64_t page_seq, Log& log);

  void adopt(const config::ConfigFile& config);  // after a reload: the page's name and links
  std::uint16_t port() const { return server_->port(); }
  void stop();  // no new requests
  bool idle() const { return server_->connection_count() == 0; }

 private:
  ApiLoop(const config::ConfigFile& config, runtime::Monitor& monitor, Queries& queries, std::uint64_t page_seq, Log& log);

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
  api::Api api_;
  std::shared_ptr<const Snapshot> seen_;  // the last one that was looked at
  std::unique_ptr<net::HttpServer> server_;
  std::optional<runtime::Ticker> ticker_;
};

}  // namespace allclear::app
