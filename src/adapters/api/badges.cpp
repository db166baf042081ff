#include "adapters/api/badges.h"

#include <cmath>

#include <fmt/format.h>

#include "adapters/api/html.h"
#include "adapters/api/json_writer.h"
#include "adapters/api/page_parts.h"

namespace allclear::api {
namespace {

constexpr std::size_t longest_label = 40;  // characters
constexpr int cached_for = 60;             // s, by whoever asks for the JSON

// White text on it has a contrast of at least 4.5.
std::string_view colour_of(ShownState state) {
  switch (state) {
    case ShownState::up: return "#16805b";
    case ShownState::degraded: return "#875300";
    case ShownState::down: return "#a80f24";
    case ShownState::maintenance: return "#2258c4";
    case ShownState::unknown: return "#566072";
  }
  return "#566072";
}

std::string_view message_of(const Words& words, const ServiceView& service) {
  if (service.activity == Activity::paused) return words["paused"];
  switch (service.state) {
    case ShownState::up: return words["operational"];
    case ShownState::degraded: return words["degraded"];
    case ShownState::down: return words["down"];
    case ShownState::maintenance: return words["under_maintenance"];
    case ShownState::unknown: return words["no_data"];
  }
  return {};
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

std::string clip(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && ++characters > longest_label) return std::string(text.substr(0, i)) + "\u2026";
  }
  return std::string(text);
}

// px of 11 px text, about; the text is then set to exactly this length.
int width_of(std::string_view text) {
  double width = 0;
  for (const char byte : text) {
    if (!begins_character(byte)) continue;
    const bool thin = std::string_view("iljtfrI.,:;'|!() ").find(byte) != std::string_view::npos;
    const bool wide = std::string_view("mwMW@%").find(byte) != std::string_view::npos;
    width += thin ? 4 : wide ? 9.5 : 6.7;
  }
  return static_cast<int>(std::ceil(width));
}

std::string draw(std::string_view label_text, std::string_view message, ShownState state) {
  constexpr int padding = 7;
  const std::string label = clip(label_text);
  const int label_width = width_of(label);
  const int message_width = width_of(message);
  const int left = label_width + 2 * padding;
  const int right = message_width + 2 * padding;
  const std::string escaped_label = escape_xml(label);
  const std::string escaped_message = escape_xml(message);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"20\" role=\"img\" aria-label=\"{1}: {2}\">"
      "<title>{1}: {2}</title><clipPath id=\"r\"><rect width=\"{0}\" height=\"20\" rx=\"4\"/></clipPath>"
      "<g clip-path=\"url(#r)\"><path fill=\"#3a4250\" d=\"M0 0h{3}v20H0z\"/><path fill=\"{4}\" d=\"M{3} "
      "0h{5}v20H{3}z\"/>"
      "</g><g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\"><text x=\"{6}\" y=\"14\" "
      "textLength=\"{7}\">{1}</text><text x=\"{8}\" y=\"14\" textLength=\"{9}\">{2}</text></g></svg>\n",
      left + right, escaped_label, escaped_message, left, colour_of(state), right, padding, label_width, left + padding,
      message_width);
}

}  // namespace

std::string render_badge(const PublicView& view) {
  const Words words(view.page.language);
  return draw(view.page.name, indicator_text(words, view.rollup.indicator), shown_state(view.rollup.indicator));
}

// Stale data is no state: whoever shows the badge cannot see how old it is.
std::string render_badge(const PublicView& view, const ServiceView& service) {
  const Words words(view.page.language);
  if (view.freshness == Freshness::stale) return draw(service.name, words["no_data"], ShownState::unknown);
  return draw(service.name, message_of(words, service), service.state);
}

std::string render_badge_json(const PublicView& view, const ServiceView& service) {
  const Words words(view.page.language);
  const bool stale = view.freshness == Freshness::stale;
  const ShownState state = stale ? ShownState::unknown : service.state;
  JsonWriter json;
  json.begin_object().key("schemaVersion").integer(1).key("label").text(service.name);
  json.key("message").text(stale ? words["no_data"] : message_of(words, service));
  json.key("color").text(colour_of(state)).key("isError").boolean(state == ShownState::down);
  json.key("cacheSeconds").integer(cached_for).end_object();
  return json.take();
}

}  // namespace allclear::api
