// World: the services of one simulation and how their targets behave, all from the seed. Values.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/model/service.h"
#include "tests/sim/random.h"

namespace allclear::sim {

// How a target behaves from some moment (since the simulation's start) on.
struct Spell {
  milliseconds from{0};
  Verdict verdict = Verdict::up;
};

class World {
 public:
  // The first service is steady: its target never fails, so nobody may ever hear of it.
  World(Random& random, milliseconds length);

  Verdict behaviour(const CheckKey& key, milliseconds since_start) const;
  // From now on everything is up but this service (empty: everything).
  void calm(const ServiceId& down);

  const Service& service(const ServiceId& id) const;
  const std::vector<Service>& services() const { return services_; }
  const ServiceId& steady() const { return services_.front().id; }
  // From now on no window is configured.
  void end_maintenance() { maintenances_.clear(); }
  bool under_maintenance(const ServiceId& service, WallTime at) const;
  // The config with some services missing or switched off.
  std::shared_ptr<const Catalogue> catalogue(const std::set<ServiceId>& missing, const std::set<ServiceId>& off) const;

 private:
  void add_maintenance(Random& random);
  void add_service(Random& random, int number, milliseconds length);

  std::vector<Service> services_;
  std::vector<std::shared_ptr<const Maintenance>> maintenances_;
  std::map<CheckKey, std::vector<Spell>> spells_;
  bool calm_ = false;
  ServiceId down_when_calm_;
};

}  // namespace allclear::sim
