#include "apps/allclear/life_sign.h"

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "runtime/system_clock.h"
#include "version.h"

namespace allclear::app {
namespace {

constexpr seconds period{60};
constexpr seconds one_try{10};
constexpr seconds patience_at_stop{3};

}  // namespace

struct LifeSign::Line {
  Line(boost::asio::io_context& loop, std::vector<net::AddressRange> listed)
      : network(loop, std::make_shared<net::TlsContexts>()),
        policy(net::InternalAddresses::allowed, std::move(listed)),
        client(network) {}

  net::NetworkLoop network;
  const net::AddressPolicy policy;
  net::HttpClient client;
};

LifeSign::LifeSign(const runtime::Monitor& monitor, std::vector<net::AddressRange> listed, Log& log)
    : monitor_(monitor),
      log_(log),
      work_(loop_.get_executor()),
      line_(std::make_unique<Line>(loop_, std::move(listed))) {
  each_minute_.emplace(loop_, period, [this] { beat(); });
  thread_ = std::thread([this] { loop_.run(); });
}

LifeSign::~LifeSign() {
  boost::asio::post(loop_, [this] {
    each_minute_.reset();
    work_.reset();
    in_flight_.end(patience_at_stop, [this] { loop_.stop(); });
  });
  thread_.join();
  // One that does not end when cancelled still refers to it: that is left to the process's end.
  if (!in_flight_.empty()) (void)line_.release();
}

void LifeSign::adopt(std::string url) {
  boost::asio::post(loop_, [this, url = std::move(url)] {
    const auto parsed = net::parse_http_url(url);
    const bool same = url_ && parsed && *url_ == *parsed;
    url_ = parsed ? std::optional(*parsed) : std::nullopt;
    if (same) return;
    last_ = Last::none;
    beat();
  });
}

void LifeSign::beat() {
  if (!url_ || sending_ || !monitor_.makes_progress()) return;
  sending_ = true;
  in_flight_.spawn(send(*url_));
}

Task<void> LifeSign::send(net::HttpUrl url) {
  const std::string user_agent = std::string("allclear/") + version;
  net::HttpCall call;
  call.url = std::move(url);
  call.user_agent = user_agent;
  call.policy = &line_->policy;
  std::string fault;
  try {
    const net::HttpReport report =
        co_await line_->client.exchange(call, runtime::SystemClock().now().monotonic + one_try);
    if (report.fault)
      fault = report.fault->detail;
    else if (!report.answer || report.answer->status < 200 || report.answer->status > 299)
      fault = fmt::format("the answer was {}", report.answer ? report.answer->status : 0);
  } catch (const std::exception& error) {  // cancelled, or a third party's surprise
    fault = error.what();
  }
  sending_ = false;
  if (!in_flight_.ending()) tell(fault);
}

// Only what changes: there is one each minute.
void LifeSign::tell(const std::string& fault) {
  const Last before = std::exchange(last_, fault.empty() ? Last::sent : Last::failed);
  if (before == last_) return;
  if (last_ == Last::sent)
    log_.info("life_sign_sent");
  else
    log_.warning("life_sign_failed", {{"error", fault}});
}

}  // namespace allclear::app
