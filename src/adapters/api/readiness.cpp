#include "adapters/api/readiness.h"

#include "adapters/api/json_writer.h"

namespace allclear::api {
namespace {

std::string_view to_string(StoreRecovery recovery) {
  switch (recovery) {
    case StoreRecovery::none: return "none";
    case StoreRecovery::restored_backup: return "restored_backup";
    case StoreRecovery::started_empty: return "started_empty";
  }
  return "none";
}

void put_store(JsonWriter& json, const Readiness& readiness, Detail detail) {
  json.key("store").begin_object().key("ok").boolean(readiness.store);
  json.key("recovered").text(to_string(readiness.store_opening.recovery));
  if (detail == Detail::full) {
    json.key("cause");
    readiness.store_opening.cause.empty() ? json.null() : json.text(readiness.store_opening.cause);
  }
  json.end_object();
}

}  // namespace

Readiness judge_readiness(const Snapshot* snapshot) {
  Readiness readiness;
  if (snapshot == nullptr) return readiness;
  const MonitorFacts& monitor = snapshot->monitor;
  readiness.scheduler = monitor.scheduler_progress;
  readiness.store = monitor.store_progress;
  readiness.ready = readiness.scheduler && readiness.store;
  readiness.store_opening = monitor.store_opening;
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
  put_store(json, readiness, detail);
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
