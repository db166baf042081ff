// Config: the file as values. Made by load(); nothing here knows YAML.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/model/channel.h"
#include "core/model/service.h"

namespace allclear::config {

struct PageLink {
  std::string text;
  std::string url;
};

struct Page {
  std::string name = "Status";
  std::string url;
  std::vector<PageLink> links;
  std::string language = "en";  // or de, fr
};

struct Server {
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 8080;          // 0: any free one
  std::string data;                          // empty: the default place
  std::vector<std::string> trusted_proxies;  // CIDR
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string cors = "*";
  std::vector<std::string> api_targets;  // CIDR
  // GET /probe; nobody in `from`: off.
  struct ProbeRanges {
    std::vector<std::string> from;     // CIDR: who may ask
    std::vector<std::string> targets;  // CIDR: what may be asked
    friend bool operator==(const ProbeRanges&, const ProbeRanges&) = default;
  } probe;
  enum class Metrics : std::uint8_t { loopback, open, token } metrics = Metrics::loopback;
  milliseconds publish_interval{30'000};

  friend bool operator==(const Server&, const Server&) = default;
};

// By what the monitor tells its own network's faults from others' (R11). What is not written is the default.
struct Blindness {
  bool gateway = true;    // the default gateways of this machine are anchors
  bool resolvers = true;  // its name servers
  bool names = true;      // two names that the services go by
  std::vector<Target> anchors;
  std::string ping;  // who is told each minute that we live; empty: nobody
};

struct ConfigFile {
  Page page;
  Server server;
  std::shared_ptr<const Catalogue> catalogue;
  bool names_services = false;  // the key is there, be its list empty
  Blindness blindness;
  std::vector<Channel> channels;      // in the file's order, then one for each address that a service names by mailto:
  std::vector<std::string> secrets;   // values that came from ${VAR}, passwords, tokens: the log masks them
  std::vector<std::string> warnings;  // "file:line:column: message"
};

}  // namespace allclear::config
