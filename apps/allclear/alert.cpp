#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "adapters/notify/conversation.h"
#include "apps/allclear/alerting.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/sample_alert.h"

namespace allclear::app {
namespace {

constexpr seconds patience{15};  // as the monitor has for one try

struct AlertTestFlags {
  std::string channel;
  std::string config;
  std::string step = "opened";
};

Task<void> send_into(Notifier& notifier, const Notice& notice, MonotonicTime deadline, Delivery& delivery) {
  delivery = co_await notifier.send(notice, deadline);
}

Delivery send_sample(const config::ConfigFile& config, const Channel& channel, IncidentStep step) {
  boost::asio::io_context loop{1};
  const SystemClock clock;
  notify::NotifyOptions options = notify_options(config);
  options.listener = [&config](const std::string& line) {
    fmt::print("{}\n", notify::hide(line, config.secrets));
    std::fflush(stdout);
  };
  notify::Notifiers notifiers(loop, clock, std::move(options));
  const auto notifier = notifiers.make(channel);
  const Instant now = clock.now();
  const Notice notice = sample_alert(channel.id, step, addressees_of(config).page_url, now.wall);
  Delivery delivery;
  boost::asio::co_spawn(loop, send_into(*notifier, notice, now.monotonic + patience, delivery),
                        [&loop](const std::exception_ptr& fault) {
                          loop.stop();
                          if (fault) std::rethrow_exception(fault);
                        });
  loop.run();
  return delivery;
}

// An answer holds no secret, but what a program of one's own printed may.
int tell(const config::ConfigFile& config, const Channel& channel, const Delivery& delivery) {
  const bool printed = std::holds_alternative<ExecChannel>(channel.kind);
  const std::string answer = printed ? notify::hide(delivery.answer, config.secrets) : delivery.answer;
  switch (delivery.outcome) {
    case DeliveryOutcome::sent: fmt::print("sent: {}\n", answer); return exit_ok;
    case DeliveryOutcome::retry_after: fmt::print("not sent, the monitor would try again: {}\n", answer); break;
    case DeliveryOutcome::rejected: fmt::print("not sent, and trying again is of no use: {}\n", answer); break;
  }
  return exit_failure;
}

int refuse_channel(const config::ConfigFile& config, const std::string& name) {
  std::string known;
  for (const Channel& channel : config.channels) known += (known.empty() ? "" : ", ") + channel.id.value();
  fmt::print(stderr, "allclear: there is no channel \"{}\"; there {}\n", name,
             known.empty() ? "are none in the config" : "are: " + known);
  return exit_usage;
}

int alert_test(const AlertTestFlags& flags) {
  const auto step = parse_incident_step(flags.step);
  if (!step) {
    fmt::print(stderr, "allclear: --step: expected a step of an incident, such as opened or resolved\n");
    return exit_usage;
  }
  std::filesystem::path file;
  const auto config = find_and_load(flags.config, file);
  if (!config) return exit_bad_config;
  const auto channel = std::find_if(config->channels.begin(), config->channels.end(),
                                    [&](const Channel& one) { return one.id.value() == flags.channel; });
  if (channel == config->channels.end()) return refuse_channel(*config, flags.channel);
  return tell(*config, *channel, send_sample(*config, *channel, *step));
}

}  // namespace

void add_alert(Command program) {
  Command command = program.add_command("alert", "Try the channels that alerts go through");
  command.require_command();
  Command test = command.add_command("test", "Send a sample through a channel and show the conversation");
  const auto flags = std::make_shared<AlertTestFlags>();
  test.add_option("channel", flags->channel, "A channel of the config, or mailto:you@example.com").required();
  test.add_option("--config", flags->config, "The config file");
  test.add_option("--step", flags->step, "What the sample tells: opened, acknowledged, resolved, …").show_default();
  test.set_examples(
      "Examples:\n"
      "  allclear alert test ops --config allclear.yaml\n"
      "  allclear alert test pager --step resolved      ends what the sample before began\n"
      "\n"
      "Lines with > were sent, those with < came back; passwords, tokens and secret addresses are hidden.\n"
      "Exit code: 0 sent, 1 not, 64 no such channel, 78 bad config.");
  test.runs([flags] { return alert_test(*flags); });
}

}  // namespace allclear::app
