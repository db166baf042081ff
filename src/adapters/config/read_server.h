// Reading `page`, `server` and `store`.
#pragma once

#include "adapters/config/config.h"
#include "adapters/config/section.h"

namespace allclear::config {

Page read_page(const Section& root);
Server read_server(const Section& root);
void read_store(const Section& root);

}  // namespace allclear::config
