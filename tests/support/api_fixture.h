// ApiUnderTest: an Api over a sample world with a fake store, and short ways to ask it. One thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/api/api.h"
#include "base/json.h"
#include "net/request_target.h"
#include "tests/support/fake_queries.h"
#include "tests/support/sample_world.h"

namespace allclear::test {

class ApiUnderTest {
 public:
  explicit ApiUnderTest(const SampleWorld& world = make_world(6), api::ApiOptions options = {})
      : snapshot_(std::make_shared<Snapshot>(world.snapshot)),
        api_(
            options, queries, [this] { return snapshot_; }, pages, clock_) {
    pages.put(api::render(api::make_public_view(world.snapshot, world.days, world.recent,
                                                {"Example", "https://status.example.com", {}}, 4711, world.now),
                          options.policy));
  }

  net::HttpResponse get(const std::string& target, std::vector<net::HttpField> headers = {}) {
    return ask("GET", target, std::move(headers));
  }
  net::HttpResponse ask(const std::string& method, const std::string& target,
                        std::vector<net::HttpField> headers = {}) {
    net::HttpRequest request;
    request.method = method;
    request.headers = std::move(headers);
    request.client_address = client;
    if (!net::read_request_target(target, request)) request.path = target;
    return std::get<net::HttpResponse>(api_.handle(request));
  }
  Json json(const std::string& target) { return *parse_json(*get(target).body); }
  MonitorFacts& monitor() { return snapshot_->monitor; }
  void forget_snapshot() { snapshot_.reset(); }
  api::Api& api() { return api_; }

  FakeQueries queries;
  api::RenderedPages pages;
  std::string client = "127.0.0.1";

 private:
  std::shared_ptr<Snapshot> snapshot_;
  FixedClock clock_;
  api::Api api_;
};

// The head as it goes out, whether it was prebuilt or not.
inline std::string head_of(const net::HttpResponse& response) {
  if (response.prebuilt_head) return *response.prebuilt_head;
  std::string head;
  for (const net::HttpField& field : response.headers) head += field.name + ": " + field.value + "\r\n";
  return head;
}

}  // namespace allclear::test
