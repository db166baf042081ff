#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "adapters/config/check_target.h"
#include "apps/allclear/command.h"
#include "apps/allclear/one_probe.h"
#include "apps/allclear/status_table.h"
#include "runtime/system_clock.h"

namespace allclear::app {
namespace {

constexpr std::chrono::seconds watch_period{2};
constexpr std::string_view clear_screen = "\x1b[H\x1b[2J\x1b[3J";

struct StatusFlags {
  std::string server = "http://127.0.0.1:8080/";
  bool json = false;
  bool watch = false;
};

Result<std::string> fetch_status(const std::string& server) {
  const std::string url = server + (server.ends_with('/') ? "status" : "/status");
  const auto check = config::check_from_target(url, {});
  if (!check) return tl::unexpected(check.error());
  const Probed probed = probe_once(**check);
  const auto* answer = std::get_if<HttpFacts>(&probed.observation.facts);
  if (probed.result.verdict != Verdict::up || answer == nullptr) {
    return failure(fmt::format("no answer to show: {}", probed.result.detail.empty() ? describe(probed.result.reason) : probed.result.detail));
  }
  if (answer->body_cut) return failure(url + ": the answer is larger than 1 MiB");
  return answer->body;
}

Result<std::string> look(const StatusFlags& flags, const Terminal& terminal) {
  auto body = fetch_status(flags.server);
  if (!body || flags.json) return body;
  const auto status = parse_json(*body);
  if (!status) return tl::unexpected(status.error());
  return draw_status(*status, runtime::SystemClock().now().wall, terminal);
}

int status(const StatusFlags& flags) {
  if (!flags.server.starts_with("http://") && !flags.server.starts_with("https://")) {
    fmt::print(stderr, "allclear: --server: expected an http or https address, got \"{}\"\n", flags.server);
    return exit_usage;
  }
  const Terminal terminal = Terminal::detect();
  while (true) {
    const auto text = look(flags, terminal);
    if (!text && !flags.watch) {
      fmt::print(stderr, "allclear: {}\n", text.error().message);
      return exit_failure;
    }
    if (flags.watch && terminal.drawing) fmt::print("{}", clear_screen);
    fmt::print("{}", text ? *text : fmt::format("\n  {}\n  trying again …\n", text.error().message));
    std::fflush(stdout);
    if (!flags.watch) return exit_ok;
    std::this_thread::sleep_for(watch_period);
  }
}

}  // namespace

void add_status(CLI::App& program, Run& run) {
  CLI::App* command = program.add_subcommand("status", "Show how a running monitor sees its services");
  const auto flags = std::make_shared<StatusFlags>();
  command->add_option("--server", flags->server, "Its address")->capture_default_str();
  command->add_flag("--json", flags->json, "Print the /status answer");
  command->add_flag("--watch", flags->watch, "Go on, every 2 s, until stopped");
  command->footer("Example:\n  allclear status --server https://status.example.com --watch");
  command->callback([&run, flags] { run = [flags] { return status(*flags); }; });
}

}  // namespace allclear::app
