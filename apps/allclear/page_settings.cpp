#include "apps/allclear/page_settings.h"

namespace allclear::app {

api::PageSettings page_settings_of(const config::ConfigFile& config) {
  api::PageSettings page;
  page.name = config.page.name;
  page.url = config.page.url;
  for (const config::PageLink& link : config.page.links) page.links.push_back({link.text, link.url});
  page.publish_interval = config.server.publish_interval;
  page.language = api::parse_language(config.page.language).value_or(api::Language::english);
  return page;
}

}  // namespace allclear::app
