#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "apps/allclear/command.h"
#include "apps/allclear/status_table.h"
#include "net/http_client.h"
#include "runtime/system_clock.h"
#include "version.h"

namespace allclear::app {
namespace {

constexpr std::chrono::seconds watch_period{2};
constexpr std::chrono::seconds fetch_timeout{30};
constexpr std::size_t largest_answer = 64 * 1024 * 1024;
constexpr std::string_view clear_screen = "\x1b[H\x1b[2J\x1b[3J";

struct StatusFlags {
  std::string server = "http://127.0.0.1:8080/";
  std::string ca_file;  // empty: the system's
  bool json = false;
  bool watch = false;
};

net::Task<void> ask(net::NetworkLoop& network, const net::HttpCall& call, net::HttpReport& report) {
  net::HttpClient client(network);
  report = co_await client.exchange(call, net::monotonic_now() + fetch_timeout);
}

Result<std::string> fetch_status(const net::HttpUrl& server, const std::string& ca_file) {
  boost::asio::io_context loop{1};
  net::NetworkLoop network(loop, std::make_shared<net::TlsContexts>());
  const net::AddressPolicy policy(net::InternalAddresses::allowed);
  const std::string user_agent = std::string("allclear/") + version;
  net::HttpCall call;
  call.url = server;
  call.user_agent = user_agent;
  call.policy = &policy;
  call.tls.files.ca_file = ca_file;
  call.body_limit = largest_answer;
  net::HttpReport report;
  boost::asio::co_spawn(loop, ask(network, call, report), [&loop](const std::exception_ptr& fault) {
    loop.stop();
    if (fault) std::rethrow_exception(fault);
  });
  loop.run();
  const std::string url = net::to_string(server);
  if (report.fault) return failure(fmt::format("{}: {}", url, report.fault->detail));
  if (!report.answer) return failure(url + ": no answer");
  if (report.answer->status != 200)
    return failure(fmt::format("{}: answered {}, expected 200", url, report.answer->status));
  if (report.answer->body_cut) {
    return failure(fmt::format("{}: the answer is larger than {} MiB", url, largest_answer / (1024 * 1024)));
  }
  if (report.answer->body_ended_early) return failure(url + ": the answer ended early");
  return std::move(report.answer->body);
}

Result<std::string> look(const net::HttpUrl& server, const StatusFlags& flags, const Terminal& terminal) {
  auto body = fetch_status(server, flags.ca_file);
  if (!body || flags.json) return body;
  const auto status = parse_json(*body);
  if (!status)
    return failure(fmt::format("{}: not a /status document: {}", net::to_string(server), status.error().message));
  return draw_status(*status, runtime::SystemClock().now().wall, terminal);
}

int status(const StatusFlags& flags) {
  const auto server = net::parse_http_url(flags.server + (flags.server.ends_with('/') ? "status" : "/status"));
  if (!server) {
    fmt::print(stderr, "allclear: --server: expected an http or https address, got \"{}\": {}\n",
               printable(flags.server), server.error().message);
    return exit_usage;
  }
  if (!flags.ca_file.empty() && (std::filesystem::is_directory(flags.ca_file) || !std::ifstream(flags.ca_file))) {
    fmt::print(stderr, "allclear: --ca-file: expected a file that can be read, got \"{}\"\n", printable(flags.ca_file));
    return exit_usage;
  }
  const Terminal terminal = Terminal::detect();
  while (true) {
    const auto text = look(*server, flags, terminal);
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

void add_status(Command program) {
  Command command = program.add_command("status", "Show how a running monitor sees its services");
  const auto flags = std::make_shared<StatusFlags>();
  command.add_option("--server", flags->server, "Its address").show_default();
  command.add_option("--ca-file", flags->ca_file, "PEM file of trusted authorities, instead of the system's");
  command.add_flag("--json", flags->json, "Print the /status answer");
  command.add_flag("--watch", flags->watch, "Go on, every 2 s, until stopped");
  command.set_examples(
      "Examples:\n"
      "  allclear status --server https://status.example.com --watch\n"
      "  allclear status --server https://status.internal:8443 --ca-file /etc/ssl/our-ca.pem\n"
      "\n"
      "Reads at most 64 MiB within 30 s.");
  command.runs([flags] { return status(*flags); });
}

}  // namespace allclear::app
