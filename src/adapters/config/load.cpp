#include "adapters/config/load.h"

#include <algorithm>

#include "adapters/config/document.h"
#include "adapters/config/files.h"
#include "adapters/config/read_parts.h"
#include "adapters/config/read_server.h"
#include "adapters/config/read_service.h"
#include "adapters/config/section.h"
#include "base/hash.h"

namespace allclear::config {
namespace {

// Changes with the file's text and with everything that came into it from outside.
std::string fingerprint(std::string_view text, const Document& document, const std::vector<std::string>& secrets) {
  std::string outside;
  for (const auto* values : {&document.environment_values, &secrets}) {
    for (const std::string& value : *values) outside += stable_key({outside, value});
  }
  return stable_key({text, outside}).substr(0, 16);
}

// Log masks replace text: sorted and single, without what is too short to be masked safely.
std::vector<std::string> worth_masking(std::vector<std::string> secrets, const Document& document) {
  constexpr std::size_t shortest = 4;
  std::copy_if(document.environment_values.begin(), document.environment_values.end(), std::back_inserter(secrets),
               looks_secret);
  std::erase_if(secrets, [](const std::string& secret) { return secret.size() < shortest; });
  std::sort(secrets.begin(), secrets.end());
  secrets.erase(std::unique(secrets.begin(), secrets.end()), secrets.end());
  return secrets;
}

ConfigFile read_all(Reading& reading, const Document& document, std::string_view text) {
  const Section root(reading, *document.root, Object::root, "");
  ConfigFile config;
  config.page = read_page(root);
  config.server = read_server(root);
  read_store(root);
  config.channels = read_channels(root);
  const Defaults defaults = read_defaults(root, config.channels);
  auto catalogue = std::make_shared<Catalogue>();
  catalogue->services = read_services(root, defaults, config.channels);
  validate_hosts(root);
  validate_blindness(root);
  validate_grouping(root);
  validate_maintenance(root);
  validate_remedies(root);
  if (!root.has("services")) reading.diagnostics.warning(document.root->place, "services: missing; nothing is checked");
  catalogue->version = fingerprint(text, document, reading.secrets);
  config.catalogue = std::move(catalogue);
  return config;
}

}  // namespace

LoadOutcome load_text(std::string_view text, const std::string& file_name, const Environment& environment) {
  Diagnostics diagnostics(file_name);
  LoadOutcome outcome;
  const auto document = parse_document(text, environment, diagnostics);
  if (document) {
    const FileLookup files(std::filesystem::path(file_name).parent_path(), environment);
    std::vector<std::string> secrets;
    Reading reading{diagnostics, files, secrets};
    ConfigFile config = read_all(reading, *document, text);
    if (!diagnostics.has_errors()) {
      config.secrets = worth_masking(std::move(secrets), *document);
      outcome.config = std::move(config);
    }
  }
  outcome.diagnostics = diagnostics.take();
  if (outcome.config) {
    for (const Diagnostic& warning : outcome.diagnostics) outcome.config->warnings.push_back(to_string(warning));
  }
  return outcome;
}

LoadOutcome load_file(const std::filesystem::path& path, const Environment& environment) {
  const auto text = read_text_file(path, largest_file);
  if (text) return load_text(*text, path.string(), environment);
  return {std::nullopt, {{path.string(), 1, 1, "cannot read the config: " + text.error().message, false}}};
}

}  // namespace allclear::config
