// Builders: small services, checks and results for tests of the core. Values only.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/service.h"

namespace allclear::test {

// 2026-01-01T00:00:00Z and so many milliseconds.
inline WallTime wall(std::int64_t offset_ms = 0) { return WallTime(milliseconds(1'767'225'600'000 + offset_ms)); }
inline WallTime wall_s(std::int64_t offset_s) { return wall(offset_s * 1000); }

inline Target http_target(const std::string& host = "example.com", Scheme scheme = Scheme::http) {
  HttpTarget target;
  target.url = {scheme, static_cast<std::uint16_t>(scheme == Scheme::https ? 443 : 80), host, "/"};
  return target;
}

inline Check make_check(const std::string& service, const std::string& id, Target target) {
  Check check;
  check.service = ServiceId(service);
  check.id = CheckId(id);
  check.target = std::move(target);
  check.expect = CopyOnWrite(Expectations{});
  return check;
}

// Each service has a host of its own.
inline Check make_check(const std::string& service, const std::string& id) {
  return make_check(service, id, http_target(service + ".example.com"));
}

inline Service make_service(const std::string& id, std::vector<Check> checks) {
  Service service;
  service.id = ServiceId(id);
  service.name = "Service " + id;
  service.alerts = std::vector{ChannelId("ops")};
  service.alerts_on_first = true;
  for (Check& check : checks) service.checks.push_back(std::make_shared<const Check>(std::move(check)));
  return service;
}

inline Service make_service(const std::string& id) { return make_service(id, {make_check(id, id)}); }

inline std::shared_ptr<const Catalogue> make_catalogue(std::vector<Service> services, ChannelPolicies channels = {}) {
  auto catalogue = std::make_shared<Catalogue>();
  catalogue->channels = std::move(channels);
  for (Service& service : services) catalogue->services.push_back(std::make_shared<const Service>(std::move(service)));
  return catalogue;
}

inline Reason usual_reason(Verdict verdict) {
  switch (verdict) {
    case Verdict::up: return Reason::ok;
    case Verdict::degraded: return Reason::slow;
    case Verdict::down: return Reason::refused;
    case Verdict::unknown: return Reason::local_fault;
  }
  return Reason::local_fault;
}

inline CheckResult make_result(Verdict verdict, WallTime at) {
  CheckResult result;
  result.at = at;
  result.verdict = verdict;
  result.reason = usual_reason(verdict);
  result.latency = microseconds(1500);
  if (verdict != Verdict::up) result.detail = "seen: " + std::string(to_string(result.reason));
  return result;
}

// U up, S degraded (slow), D down, ? unknown.
inline Verdict verdict_of(char letter) {
  switch (letter) {
    case 'U': return Verdict::up;
    case 'S': return Verdict::degraded;
    case 'D': return Verdict::down;
    default: return Verdict::unknown;
  }
}
inline char letter_of(Verdict verdict) { return "USD?"[static_cast<std::size_t>(verdict)]; }

}  // namespace allclear::test
