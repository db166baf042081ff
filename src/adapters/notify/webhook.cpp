#include "adapters/notify/webhook.h"

#include "adapters/notify/alertmanager.h"
#include "adapters/notify/event.h"
#include "adapters/notify/signature.h"

namespace allclear::notify {
namespace {

Post compose(const WebhookChannel& channel, const Notice& notice, WallTime now) {
  Post post;
  post.url = http_url(channel.url);
  switch (channel.format) {
    case WebhookFormat::cloudevents:
      post.content_type = "application/cloudevents+json; charset=utf-8";
      post.body = render_event(notice);
      break;
    case WebhookFormat::alertmanager: post.body = render_alertmanager(notice); break;
  }
  const std::string& id = notice.alert.id.value();
  post.headers = {{"webhook-id", id}, {"webhook-timestamp", unix_seconds(now)}};
  if (!channel.secrets.empty()) {
    post.headers.push_back({"webhook-signature", sign_each(channel.secrets, id, now, post.body)});
  }
  return post;
}

}  // namespace

HttpDialect webhook(const WebhookChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime now) { return compose(channel, notice, now); };
  dialect.secrets = channel.secrets;
  return dialect;
}

}  // namespace allclear::notify
