#include "adapters/config/load.h"

#include <algorithm>

#include "adapters/config/document.h"
#include "adapters/config/files.h"
#include "adapters/config/read_blindness.h"
#include "adapters/config/read_channels.h"
#include "adapters/config/read_maintenance.h"
#include "adapters/config/read_parts.h"
#include "adapters/config/read_server.h"
#include "adapters/config/read_service.h"
#include "adapters/config/section.h"
#include "base/hash.h"

namespace allclear::config {
namespace {

// Changes with the file's text and with everything that came into it from outside.
std::string fingerprint(std::string_view text, const std::vector<std::string>& environment_values,
                        const std::vector<std::string>& secrets) {
  std::string outside;
  for (const auto* values : {&environment_values, &secrets}) {
    for (const std::string& value : *values) outside += stable_key({outside, value});
  }
  return stable_key({text, outside}).substr(0, 16);
}

// Masks replace text: sorted and single, without what is too short to be masked safely.
std::vector<std::string> worth_masking(std::vector<std::string> secrets,
                                       const std::vector<std::string>& environment_values) {
  constexpr std::size_t shortest = 4;
  std::copy_if(environment_values.begin(), environment_values.end(), std::back_inserter(secrets), looks_secret);
  std::erase_if(secrets, [](const std::string& secret) { return secret.size() < shortest; });
  std::sort(secrets.begin(), secrets.end());
  secrets.erase(std::unique(secrets.begin(), secrets.end()), secrets.end());
  return secrets;
}

// A message goes to places that no log masks: a terminal, /ready.
void mask(std::vector<Diagnostic>& diagnostics, std::vector<std::string> secrets) {
  // One may be a part of another.
  std::sort(secrets.begin(), secrets.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (Diagnostic& diagnostic : diagnostics) {
    std::string& text = diagnostic.message;
    for (const std::string& secret : secrets) {
      for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
        text.replace(at, secret.size(), "***");
      }
    }
  }
}

struct ReadFile {
  ConfigFile config;
  Catalogue catalogue;
};

std::vector<ChannelId> all_of(const std::vector<Channel>& channels) {
  std::vector<ChannelId> ids;
  for (const Channel& channel : channels) ids.push_back(channel.id);
  return ids;
}

ReadFile read_all(Reading& reading, const Document& document) {
  const Section root(reading, *document.root, Object::root, "");
  ConfigFile config;
  config.page = read_page(root);
  config.server = read_server(root);
  read_store(root);
  ChannelDirectory channels(read_channels(root));
  const Defaults defaults = read_defaults(root, channels);
  Catalogue catalogue;
  catalogue.services = read_services(root, defaults, channels);
  if (defaults.alerts) catalogue.own_alerts = *defaults.alerts;
  config.channels = channels.take();
  if (!defaults.alerts) catalogue.own_alerts = all_of(config.channels);
  for (const Channel& channel : config.channels) catalogue.channels.emplace(channel.id, channel.policy);
  catalogue.maintenances = read_maintenances(root, catalogue.services);
  validate_hosts(root);
  config.blindness = read_blindness(root);
  catalogue.grouping = read_grouping(root);
  validate_remedies(root);
  const Node* services = root.find("services");
  config.names_services = services != nullptr && !services->is_null();
  if (!config.names_services)
    reading.diagnostics.warning(document.root->place, "services: missing; nothing is checked");
  return {std::move(config), std::move(catalogue)};
}

}  // namespace

LoadOutcome load_text(std::string_view text, const std::string& file_name, const Environment& environment) {
  Diagnostics diagnostics(file_name);
  LoadOutcome outcome;
  std::vector<std::string> environment_values, secrets;
  const auto document = parse_document(text, environment, diagnostics, environment_values);
  if (document) {
    const FileLookup files(std::filesystem::path(file_name).parent_path(), environment);
    Reading reading{diagnostics, files, secrets};
    ReadFile read = read_all(reading, *document);
    if (!diagnostics.has_errors()) {
      read.catalogue.version = fingerprint(text, environment_values, secrets);
      read.config.catalogue = std::make_shared<const Catalogue>(std::move(read.catalogue));
      outcome.config = std::move(read.config);
    }
  }
  outcome.secrets = worth_masking(std::move(secrets), environment_values);
  outcome.diagnostics = diagnostics.take();
  mask(outcome.diagnostics, outcome.secrets);
  if (outcome.config) {
    outcome.config->secrets = outcome.secrets;
    for (const Diagnostic& warning : outcome.diagnostics) outcome.config->warnings.push_back(to_string(warning));
  }
  return outcome;
}

LoadOutcome load_file(const std::filesystem::path& path, const Environment& environment) {
  const auto text = read_text_file(path, largest_file);
  if (text) return load_text(*text, path.string(), environment);
  return {std::nullopt, {{path.string(), 1, 1, "cannot read the config: " + text.error().message, false}}, {}};
}

}  // namespace allclear::config
