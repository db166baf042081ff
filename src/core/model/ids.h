// The identities of the domain. Values.
#pragma once

#include <cstdint>

#include "base/strong_id.h"

namespace allclear {

using ServiceId = StrongId<struct ServiceIdTag>;  // [a-z0-9-], immutable, from the config
using CheckId = StrongId<struct CheckIdTag>;  // unique within its service; a service's only check has the service's id
using LocationId = StrongId<struct LocationIdTag>;  // where a check runs from; "local" unless configured
using IncidentId = StrongId<struct IncidentIdTag>;  // 26 characters, sorts by opening time
using AlertId = StrongId<struct AlertIdTag>;        // the idempotency key (R3)
using ChannelId = StrongId<struct ChannelIdTag>;
using MaintenanceId = StrongId<struct MaintenanceIdTag>;  // [a-z0-9-]

inline const LocationId& local_location() {
  static const LocationId id("local");
  return id;
}

// What state, log and history are keyed by.
struct CheckKey {
  ServiceId service;
  CheckId check;
  LocationId location = local_location();

  friend bool operator==(const CheckKey&, const CheckKey&) = default;
  friend auto operator<=>(const CheckKey&, const CheckKey&) = default;
};

}  // namespace allclear

template <>
struct std::hash<allclear::CheckKey> {
  std::size_t operator()(const allclear::CheckKey& key) const noexcept {
    const std::hash<std::string> text_hash;
    // Mixed, so that its low bits differ also when service and check have one name (splitmix64's end).
    std::uint64_t mixed =
        text_hash(key.service.value()) * 31 + text_hash(key.check.value()) * 17 + text_hash(key.location.value());
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 31));
  }
};
