#include "adapters/api/site.h"

#include <array>

#include "adapters/api/badges.h"
#include "adapters/api/feeds.h"
#include "adapters/api/page.h"
#include "adapters/api/status_json.h"
#include "adapters/api/statuspage.h"

namespace allclear::api {
namespace {

constexpr std::string_view html_type = "text/html; charset=utf-8";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view svg_type = "image/svg+xml";

struct Fixed {
  std::string_view path;
  std::string_view content_type;
  std::string (*render)(const PublicView&);
};

std::string whole_status(const PublicView& view) { return render_status(view, 0); }
std::string whole_badge(const PublicView& view) { return render_badge(view); }

// The pages last: what they name is there before them.
constexpr std::array<Fixed, 12> fixed{{{"status.json", json_type, whole_status},
                                       {"feed.atom", "application/atom+xml; charset=utf-8", render_atom},
                                       {"feed.rss", "application/rss+xml; charset=utf-8", render_rss},
                                       {"badge.svg", svg_type, whole_badge},
                                       {"api/v2/summary.json", json_type, render_v2_summary},
                                       {"api/v2/status.json", json_type, render_v2_status},
                                       {"api/v2/components.json", json_type, render_v2_components},
                                       {"api/v2/incidents.json", json_type, render_v2_incidents},
                                       {"api/v2/incidents/unresolved.json", json_type, render_v2_unresolved},
                                       {"api/v2/scheduled-maintenances.json", json_type, render_v2_maintenances},
                                       {"history.html", html_type, render_history_page},
                                       {"index.html", html_type, render_page}}};

// What stands between, when the path begins and ends so.
std::optional<std::string_view> between(std::string_view path, std::string_view before, std::string_view after) {
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) {
    return std::nullopt;
  }
  return path.substr(before.size(), path.size() - before.size() - after.size());
}

}  // namespace

std::vector<std::string> site_paths(const PublicView& view) {
  std::vector<std::string> paths;
  for (const ServiceView& service : view.services) {
    paths.push_back("badge/" + std::string(service.id.value()) + ".svg");
    paths.push_back("badge/" + std::string(service.id.value()) + ".json");
  }
  for (const auto* list : {&view.open, &view.past}) {
    for (const Incident& incident : *list) paths.push_back("incidents/" + std::string(incident.id.value()) + ".html");
  }
  for (const Fixed& file : fixed) paths.emplace_back(file.path);
  return paths;
}

std::optional<SiteFile> render_site_file(const PublicView& view, std::string_view path) {
  for (const Fixed& file : fixed) {
    if (file.path == path) return SiteFile{file.render(view), file.content_type};
  }
  if (const auto id = between(path, "incidents/", ".html")) {
    const Incident* incident = view.find_incident(*id);
    if (incident == nullptr) return std::nullopt;
    return SiteFile{render_incident_page(view, *incident), html_type};
  }
  if (const auto id = between(path, "badge/", ".svg")) {
    const ServiceView* service = view.find(ServiceId(*id));
    if (service == nullptr) return std::nullopt;
    return SiteFile{render_badge(view, *service), svg_type};
  }
  if (const auto id = between(path, "badge/", ".json")) {
    const ServiceView* service = view.find(ServiceId(*id));
    if (service == nullptr) return std::nullopt;
    return SiteFile{render_badge_json(view, *service), json_type};
  }
  return std::nullopt;
}

}  // namespace allclear::api
