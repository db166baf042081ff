#include "adapters/config/read_blindness.h"

#include "adapters/config/address.h"
#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

constexpr auto anchor_rule = "expected a url, gateway or resolvers";

void read_anchor(const Section& section, const Node& item, Blindness& blindness) {
  if (!item.is_scalar()) return section.misfit(item, "anchors", anchor_rule);
  if (item.text == "gateway") {
    blindness.gateway = true;
  } else if (item.text == "resolvers") {
    blindness.resolvers = true;
  } else if (!parse_url(item.text)) {
    section.misfit(item, "anchors", anchor_rule);
  } else {
    TargetFields fields;
    fields.url = item.text;
    const TargetOutcome made = make_target(fields);
    if (made.target && probe_kind(*made.target) != ProbeKind::unsupported)
      blindness.anchors.push_back(*made.target);
    else
      section.misfit(item, "anchors", made.problems.empty() ? anchor_rule : made.problems.front().message);
  }
}

std::string read_ping(const Section& section) {
  const auto ping = section.text("ping");
  if (!ping) return {};
  if (!parse_http_url(*ping)) section.misfit("ping", "expected https://… or http://…");
  section.reading().secrets.push_back(*ping);  // who knows it may tell that we live
  return *ping;
}

}  // namespace

Blindness read_blindness(const Section& root) {
  Blindness blindness;
  const Node* node = root.find("blindness");
  if (node == nullptr) return blindness;
  const Section section(root.reading(), *node, Object::blindness, "blindness", &root);
  if (const Node* anchors = section.find("anchors")) {
    if (anchors->is_null()) section.misfit("anchors", "expected urls, gateway and resolvers, or [] for none");
    blindness.gateway = blindness.resolvers = blindness.names = false;
    const auto items = section.items("anchors");
    for (const Node* item : items) read_anchor(section, *item, blindness);
    const bool few = !items.empty() && items.size() < 3 && !blindness.resolvers;
    if (few) section.warning("anchors", "fewer than three: nothing is ever held back");
  }
  blindness.ping = read_ping(section);
  return blindness;
}

}  // namespace allclear::config
