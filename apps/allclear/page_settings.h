// What the config says about the page, in the API's words.
#pragma once

#include "adapters/api/public_view.h"
#include "adapters/config/config.h"

namespace allclear::app {

api::PageSettings page_settings_of(const config::ConfigFile& config);

}  // namespace allclear::app
