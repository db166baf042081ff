#include "adapters/config/read_server.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/config/address.h"

namespace allclear::config {
namespace {

using Metrics = Server::Metrics;
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> languages{
    {{"en", "en"}, {"de", "de"}, {"fr", "fr"}}};
constexpr std::array<std::pair<std::string_view, Metrics>, 3> metrics_words{
    {{"loopback", Metrics::loopback}, {"public", Metrics::open}, {"token", Metrics::token}}};

// http, https, or a path on the page's own site.
bool is_link(std::string_view text) {
  if (parse_http_url(text)) return true;
  const bool relative = !text.empty() && text.find(':') == std::string_view::npos && !text.starts_with("//");
  return relative && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\';
         });
}

PageLink read_link(const Section& page, const Node& node, std::size_t index) {
  const Section link(page.reading(), node, Object::link, fmt::format("links[{}]", index), &page);
  if (link.is_map() && !link.has("text")) link.missing("text", "expected what the link says");
  if (link.is_map() && !link.has("url")) link.missing("url", "expected where the link leads");
  const std::string url = link.text("url").value_or("");
  if (link.has("url") && !is_link(url)) link.misfit("url", "expected https://…, http://… or a relative path");
  return {link.name("text").value_or(""), url};
}

std::string read_file_name(const Section& section, std::string_view key) {
  const auto path = section.text(key);
  if (!path) return {};
  auto readable = section.reading().files.readable(*path);
  if (readable) return *readable;
  section.error(key, section.unreadable(key, readable.error()));
  return {};
}

void read_server_tls(const Section& server, Server& out) {
  const Node* node = server.find("tls");
  if (node == nullptr) return;
  const Section tls(server.reading(), *node, Object::server_tls, "tls", &server);
  if (!tls.has("cert_file")) tls.missing("cert_file", "expected a PEM file");
  if (!tls.has("key_file")) tls.missing("key_file", "expected a PEM file");
  out.tls_cert_file = read_file_name(tls, "cert_file");
  out.tls_key_file = read_file_name(tls, "key_file");
}

void read_cors(const Section& server, Server& out) {
  const auto cors = server.text("cors");
  if (!cors) return;
  const auto origin = parse_http_url(*cors);
  if (*cors != "*" && !cors->empty() && !(origin && origin->path == "/" && !cors->ends_with('/'))) {
    server.misfit("cors", "expected \"*\" or an origin such as https://example.com");
  }
  out.cors = *cors;
}

std::vector<std::string> read_ranges(const Section& section, std::string_view key) {
  std::vector<std::string> found;
  for (const Node* item : section.items(key)) {
    const auto range = section.text_of(*item, key);
    if (range && !is_address_range(*range)) section.misfit(*item, key, "expected an address range such as 10.0.0.0/8");
    if (range) found.push_back(*range);
  }
  return found;
}

}  // namespace

Page read_page(const Section& root) {
  Page page;
  const Node* node = root.find("page");
  if (node == nullptr) return page;
  const Section section(root.reading(), *node, Object::page, "page", &root);
  page.name = section.name("name").value_or(page.name);
  if (const auto url = section.text("url")) {
    if (!parse_http_url(*url))
      section.misfit("url", "expected the page's public address, such as https://status.example.com");
    page.url = *url;
  }
  page.language = section.choice("language", languages).value_or(page.language);
  const auto links = section.items("links");
  for (std::size_t i = 0; i < links.size(); ++i) page.links.push_back(read_link(section, *links[i], i));
  return page;
}

Server read_server(const Section& root) {
  Server server;
  const Node* node = root.find("server");
  if (node == nullptr) return server;
  const Section section(root.reading(), *node, Object::server, "server", &root);
  if (const auto listen = section.text("listen")) {
    if (const auto parsed = parse_host_port(*listen)) {
      server.listen_host = parsed->host;
      server.listen_port = parsed->port;
    } else {
      section.misfit("listen", parsed.error().message);
    }
  }
  server.data = section.text("data").value_or("");
  if (section.has("data") && server.data.empty()) section.misfit("data", "expected a folder");
  server.trusted_proxies = read_ranges(section, "trusted_proxies");
  read_server_tls(section, server);
  read_cors(section, server);
  server.api_targets = read_ranges(section, "api_targets");
  server.metrics = section.choice("metrics", metrics_words).value_or(server.metrics);
  if (const Node* probe = section.find("probe")) {
    const Section ranges(section.reading(), *probe, Object::server_probe, "probe", &section);
    server.probe = {read_ranges(ranges, "from"), read_ranges(ranges, "targets")};
    for (const std::string_view key : {"from", "targets"}) {
      if (!ranges.has(key)) ranges.misfit(key, "expected address ranges such as 10.0.0.0/8");
    }
  }
  return server;
}

void read_store(const Section& root) {
  const Node* node = root.find("store");
  if (node == nullptr) return;
  if (node->is_scalar()) {
    if (node->text != "sqlite") root.misfit("store", "expected sqlite or {dynamodb: …}");
    return;
  }
  const Section store(root.reading(), *node, Object::store, "store", &root);
  const Node* dynamodb = store.find("dynamodb");
  if (dynamodb == nullptr) {
    if (store.is_map()) store.error("", "expected sqlite or {dynamodb: …}");
    return;
  }
  const Section section(root.reading(), *dynamodb, Object::dynamodb, "dynamodb", &store);
  if (!section.has("table")) section.missing("table", "expected the table's name");
  (void)section.name("table");
  (void)section.name("region");
  if (const auto endpoint = section.text("endpoint"); endpoint && !parse_http_url(*endpoint))
    section.misfit("endpoint", "expected https://… or http://…");
  store.warning("dynamodb", "the shared store is not built yet: SQLite in the data folder is used");
}

}  // namespace allclear::config
