#include "core/model/snapshot.h"

#include <utility>

namespace allclear {

void ServiceList::push_back(ServiceSnapshot service) {
  if (size() % per_block == 0) {
    blocks_.emplace_back(std::vector<ServiceSnapshot>());
    blocks_.back().edit().reserve(per_block);
  }
  blocks_.back().edit().push_back(std::move(service));
}

}  // namespace allclear
