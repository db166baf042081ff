#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/daemon.h"
#include "apps/allclear/listen_address.h"

namespace allclear::app {
namespace {

struct ServeFlags {
  std::string config;
  std::string listen;
  std::string data;
  LogFlags log;
};

int serve(const ServeFlags& flags) {
  std::optional<ListenAddress> listen;
  if (!flags.listen.empty()) {
    const auto parsed = parse_listen_address(flags.listen);
    if (!parsed) {
      fmt::print(stderr, "allclear: --listen: {}\n", parsed.error().message);
      return exit_usage;
    }
    listen = *parsed;
  }
  std::filesystem::path file;
  auto config = find_and_load(flags.config, file);
  if (!config) return exit_bad_config;
  DaemonSettings settings;
  settings.config_file = file;
  settings.file_watch.emplace(file);
  settings.file_server = config->server;
  if (listen) {
    config->server.listen_host = listen->host;
    config->server.listen_port = listen->port;
  }
  const auto log = make_log(flags.log);
  boost::asio::io_context loop{1};
  settings.data = data_folder_of(flags.data, *config);
  settings.config = std::move(*config);
  settings.on_ready = [](const std::string& address) {
    fmt::print("AllClear is watching. The page: {}\n", address);
    std::fflush(stdout);
  };
  return run_daemon(loop, std::move(settings), *log);
}

}  // namespace

void add_serve(Command program) {
  Command command = program.add_command("serve", "The monitor: checks, incidents, API and page, until stopped");
  const auto flags = std::make_shared<ServeFlags>();
  command.add_option("--config", flags->config, "The config file");
  command.add_option("--listen", flags->listen, "Address of API and page, HOST:PORT (port 0: any free one)");
  command.add_option("--data", flags->data, "Folder of the database");
  add_log_flags(command, flags->log);
  command.set_examples(
      "Examples:\n"
      "  allclear serve --config examples/portfolio.yaml\n"
      "  allclear serve --config allclear.yaml --listen 0.0.0.0:8080 --data /var/lib/allclear\n"
      "\n"
      "A change of the file, or SIGHUP, reloads it; a bad one is refused and the old one stays.");
  command.runs([flags] { return serve(*flags); });
}

}  // namespace allclear::app
