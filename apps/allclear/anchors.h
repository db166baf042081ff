// The monitor's own service: anchors by which it tells its own network's faults from others' (R11).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/config/config.h"

namespace allclear::app {

// As this machine has them now.
struct Surroundings {
  std::vector<std::string> gateways;
  std::vector<std::string> name_servers;
};
Surroundings look_around();

// The catalogue, and behind its services "monitor" with the anchors; unchanged when there are fewer than three, or no
// service that lies beyond this machine.
std::shared_ptr<const Catalogue> with_anchors(const config::ConfigFile& config, const Surroundings& around);

}  // namespace allclear::app
