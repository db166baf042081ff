#include "adapters/api/readiness.h"

#include "adapters/api/json_writer.h"

namespace allclear::api {

Readiness judge_readiness(const Snapshot* snapshot) {
  Readiness readiness;
  if (snapshot == nullptr) return readiness;
  const MonitorFacts& monitor = snapshot->monitor;
  readiness.scheduler = monitor.scheduler_progress;
  readiness.store = monitor.store_progress;
  readiness.ready = readiness.scheduler && readiness.store;
  readiness.log_replayed = monitor.log_replayed;
  readiness.config_ok = monitor.config_error.empty();
  readiness.config_error = monitor.config_error;
  readiness.config_version = monitor.config_version;
  return readiness;
}

std::string render_readiness(const Readiness& readiness, Detail detail) {
  JsonWriter json;
  json.begin_object().key("ready").boolean(readiness.ready);
  json.key("scheduler").begin_object().key("ok").boolean(readiness.scheduler).end_object();
  json.key("store").begin_object().key("ok").boolean(readiness.store).end_object();
  json.key("log").begin_object().key("replayed").boolean(readiness.log_replayed).end_object();
  json.key("config")
      .begin_object()
      .key("ok")
      .boolean(readiness.config_ok)
      .key("version")
      .text(readiness.config_version);
  if (detail == Detail::full) {
    json.key("error");
    readiness.config_ok ? json.null() : json.text(readiness.config_error);
  }
  json.end_object().end_object();
  return json.take();
}

}  // namespace allclear::api
