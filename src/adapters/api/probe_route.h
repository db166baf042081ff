// GET /probe?target=&module=: asks a target once, as blackbox_exporter does, so that a Prometheus configuration keeps working.
// Only for the addresses that the config names. One thread; the asking is done elsewhere.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/document.h"
#include "base/result.h"
#include "base/time.h"
#include "core/model/check_result.h"
#include "core/model/observation.h"
#include "net/address_policy.h"
#include "net/http_later.h"

namespace allclear::api {

// One question to one target.
struct ProbeQuestion {
  std::string url;     // with the scheme that the module asks for
  std::string method;  // of HTTP; empty: GET
  milliseconds timeout{10'000};
};

struct ProbeSighting {
  Observation observation;
  CheckResult result;
};

// Error: the target cannot be asked so; its text is for the person. `done` is called once, on any thread.
using AskOnce = std::function<void(ProbeQuestion, std::function<void(Result<ProbeSighting>)> done)>;

struct ProbeRouteOptions {
  std::vector<net::AddressRange> from;  // who may ask; nobody: the route is not there
  AskOnce ask;
};

class ProbeApi {
 public:
  ProbeApi(AnswerPolicy policy, ProbeRouteOptions options) : policy_(std::move(policy)), options_(std::move(options)) {}

  net::Reply handle(const net::HttpRequest& request);

  static std::string_view path() { return "/probe"; }

 private:
  bool may_ask(const std::string& client_address) const;
  net::HttpResponse problem(int status, std::string detail) const;
  net::HttpResponse not_now(std::string detail, std::string_view seconds) const;
  net::HttpResponse answer(const Result<ProbeSighting>& seen) const;

  const AnswerPolicy policy_;
  const ProbeRouteOptions options_;
  const std::shared_ptr<std::atomic<std::size_t>> under_way_ = std::make_shared<std::atomic<std::size_t>>(0);
};

// What Prometheus reads, by blackbox_exporter's names.
std::string render_probe(const ProbeSighting& seen);

}  // namespace allclear::api
