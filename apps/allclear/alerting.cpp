#include "apps/allclear/alerting.h"

#include "version.h"

namespace allclear::app {

std::unique_ptr<runtime::Dispatcher> make_dispatcher(const config::ConfigFile& config, const Watch& watch,
                                                     Monitor& monitor, Queries& queries, Log& log,
                                                     runtime::DispatcherOptions options) {
  const auto make_factory = [of_notifiers = notify_options(config), &clock = watch.clock](boost::asio::io_context& loop) {
    const auto notifiers = std::make_shared<notify::Notifiers>(loop, clock, of_notifiers);
    return [notifiers](const Channel& channel) { return notifiers->make(channel); };
  };
  const auto on_store = [&monitor, &outbox = static_cast<Outbox&>(*watch.store)](std::function<void(Outbox&)> work) {
    monitor.perform([work = std::move(work), &outbox](CheckLog&) { work(outbox); });
  };
  options.on_settled = [&monitor](const ChannelId& channel, const Delivery& delivery) {
    monitor.settled(channel, delivery);
  };
  return std::make_unique<runtime::Dispatcher>(std::move(options), watch.clock, on_store, queries, make_factory, log);
}

notify::NotifyOptions notify_options(const config::ConfigFile& config) {
  notify::NotifyOptions options;
  options.user_agent = std::string("allclear/") + version;
  options.tls_contexts = std::make_shared<net::TlsContexts>();
  options.api_targets = api_ranges(config);
  return options;
}

runtime::Addressees addressees_of(const config::ConfigFile& config) {
  std::string page = config.page.url;
  while (page.ends_with('/')) page.pop_back();
  return {config.channels, config.catalogue, std::move(page)};
}

}  // namespace allclear::app
