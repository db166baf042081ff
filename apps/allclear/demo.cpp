#include <cstdlib>

#include <fmt/format.h>

#include "adapters/api/own_pages.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/daemon.h"
#include "apps/allclear/demo_targets.h"
#include "apps/allclear/listen_address.h"

namespace allclear::app {
namespace {

struct DemoFlags {
  std::string listen = "127.0.0.1:8080";
  std::string data;
  LogFlags log;
};

// A folder of its own, removed when the demo ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "allclear-demo-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string demo_config(const DemoPorts& ports, const std::filesystem::path& ca_file) {
  return fmt::format(R"(page: {{name: AllClear demo}}
defaults: {{interval: 2s, timeout: 1s, confirm: {{down: 2, up: 2, retry: 500ms}}, reopen: 0s}}
services:
  - {{id: website, name: Website, group: Public, url: "http://127.0.0.1:{}/", expect: {{body: {{contains: Welcome}}}}}}
  - {{id: shop, name: Shop (comes and goes), group: Public, url: "http://127.0.0.1:{}/"}}
  - {{id: search, name: Search (slow), group: Public, url: "http://127.0.0.1:{}/", expect: {{latency: 300ms}}}}
  - {{id: billing, name: Billing (broken), group: Internal tools, url: "http://127.0.0.1:{}/"}}
  - id: mail
    name: Mail (certificate ends soon)
    group: Internal tools
    url: https://localhost:{}/
    ca_file: "{}"
    ip: 4
    expect: {{certificate: 14d}}
  - id: partner
    name: Partner (name does not exist)
    group: Outside
    url: https://partner.example.com/
    resolver: "127.0.0.1:{}"
)",
                     ports.healthy, ports.flapping, ports.slow, ports.failing, ports.secure, ca_file.string(), ports.resolver);
}

void tell_story(const std::string& address) {
  fmt::print(
      "\n  AllClear demo: six sample services on loopback, watched every 2 s.\n\n"
      "  Status page   {0}\n"
      "  Operations    {0}ops/\n"
      "  As JSON       {0}status\n"
      "  Metrics       {0}metrics\n\n"
      "  Within 30 s the shop goes down, its incident opens and closes again. Stop with Ctrl-C.\n\n",
      address);
  std::fflush(stdout);
}

int demo(const DemoFlags& flags) {
  const auto address = parse_listen_address(flags.listen);
  if (!address) {
    fmt::print(stderr, "allclear: --listen: {}\n", address.error().message);
    return exit_usage;
  }
  const TemporaryFolder folder;
  const auto log = make_log(flags.log);
  boost::asio::io_context loop{1};
  const auto targets = start_demo_targets(loop, folder.path(), *log);
  if (!targets) {
    fmt::print(stderr, "allclear: the demo's targets cannot start: {}\n", targets.error().message);
    return exit_failure;
  }
  auto outcome = config::load_text(demo_config((*targets)->ports(), (*targets)->ca_file()), "demo.yaml", process_environment());
  for (const auto& diagnostic : outcome.diagnostics) fmt::print(stderr, "{}\n", to_string(diagnostic));
  if (!outcome.config) return exit_failure;
  DaemonSettings settings;
  settings.config = std::move(*outcome.config);
  settings.config.server.listen_host = address->host;
  settings.config.server.listen_port = address->port;
  settings.data = flags.data.empty() ? folder.path() / "data" : std::filesystem::path(flags.data);
  // Nobody else can come by a loopback address; of other pages in the same browser the API takes care.
  if (api::is_loopback(address->host) || address->host == "localhost") settings.entrance = api::Entrance::loopback;
  settings.on_ready = tell_story;
  return run_daemon(loop, std::move(settings), *log);
}

}  // namespace

void add_demo(Command program) {
  Command command = program.add_command("demo", "Watch six sample services and see an incident open and close");
  const auto flags = std::make_shared<DemoFlags>();
  command.add_option("--listen", flags->listen, "Address of API and page, HOST:PORT (port 0: any free one)");
  command.add_option("--data", flags->data, "Keep the demo's history in this folder (default: a temporary one)");
  add_log_flags(command, flags->log);
  command.set_examples("Example:\n  allclear demo --listen 127.0.0.1:9000");
  command.runs([flags] { return demo(*flags); });
}

}  // namespace allclear::app
