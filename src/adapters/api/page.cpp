#include "adapters/api/page.h"

#include "adapters/api/page_frame.h"
#include "adapters/api/page_sections.h"
#include "adapters/api/service_rows.h"

namespace allclear::api {

std::string render_page(const PublicView& view) {
  const Sheet sheet{view, Words(view.page.language), ""};
  std::string main = "<p id=\"live\" class=\"vh\" role=\"status\"></p>";
  main += banner_section(sheet);
  main += open_incidents_section(sheet);
  main += maintenance_section(sheet);
  main += services_section(sheet);
  main += recent_incidents_section(sheet);
  const bool fresh = view.freshness == Freshness::fresh;
  std::string title(indicator_text(sheet.words, view.last_known.indicator));
  if (!fresh) title = sheet.words.fill("last_known", {{"state", title}});
  return frame_page(sheet, {PageKind::index, std::move(title), std::move(main)});
}

}  // namespace allclear::api
