#include "adapters/store/codec/incident_codec.h"

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/document_reader.h"

namespace allclear::store {
namespace {

Json time_or_null(const std::optional<WallTime>& time) { return time ? Json(number_of(*time)) : Json(nullptr); }

Json entry_document(const TimelineEntry& entry) {
  return {{"ordinal", entry.ordinal},        {"at", number_of(entry.at)}, {"step", to_string(entry.step)},
          {"state", to_string(entry.state)}, {"body", entry.body},        {"evidence", entry.evidence},
          {"author", entry.author}};
}

TimelineEntry read_entry(const DocumentReader& reader) {
  TimelineEntry entry;
  entry.ordinal = static_cast<std::uint32_t>(reader.number("ordinal"));
  entry.at = reader.time("at");
  entry.step = reader.word("step", &parse_incident_step);
  entry.state = reader.word("state", &parse_incident_state);
  entry.body = reader.text("body");
  entry.evidence = reader.text("evidence");
  entry.author = reader.text("author");
  return entry;
}

// Absent in rows of before channels were kept.
std::vector<Told> read_told(const Json& document, bool& broken) {
  std::vector<Told> told;
  const auto list = document.find("told");
  if (list == document.end()) return told;
  if (!list->is_array()) broken = true;
  for (const Json& one : *list) {
    const DocumentReader reader(one, broken);
    told.push_back({ChannelId(reader.text("channel")), reader.time("at")});
  }
  return told;
}

template <class Ids>
Json ids_of(const Ids& ids) {
  Json list = Json::array();
  for (const auto& id : ids) list.push_back(id.value());
  return list;
}

}  // namespace

std::string pack_incident(const Incident& incident) {
  Json timeline = Json::array();
  for (const TimelineEntry& entry : incident.timeline) timeline.push_back(entry_document(entry));
  Json told = Json::array();
  for (const Told& one : incident.told) told.push_back({{"channel", one.channel.value()}, {"at", number_of(one.at)}});
  Json document = {{"id", incident.id.value()},
                         {"service", incident.service.value()},
                         {"title", incident.title},
                         {"worst", to_string(incident.worst)},
                         {"severity", to_string(incident.severity)},
                         {"state", to_string(incident.state)},
                         {"reason", to_string(incident.reason)},
                         {"cause", incident.cause.value()},
                         {"opened_at", number_of(incident.opened_at)},
                         {"acknowledged_at", time_or_null(incident.acknowledged_at)},
                         {"acknowledged_by", incident.acknowledged_by},
                         {"resolved_at", time_or_null(incident.resolved_at)},
                         {"reopened", incident.reopened},
                         {"announced", incident.announced},
                         {"flapping", incident.flapping},
                         {"affects", ids_of(incident.affects)},
                         {"told", told},
                         {"timeline", std::move(timeline)},
                         {"diagnosis", incident.diagnosis}};
  if (incident.calm != milliseconds(0)) document["calm_ms"] = incident.calm.count();
  if (incident.unwatched) document["unwatched"] = true;
  if (incident.stood_for != 0) document["stood_for"] = incident.stood_for;
  if (!incident.grouped.empty()) document["grouped"] = ids_of(incident.grouped);
  if (!incident.group.empty()) document["group"] = incident.group.value();
  if (!incident.refusing.empty()) document["refusing"] = incident.refusing.value();
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Incident> unpack_incident(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return failure("broken incident row: " + document.error().message);
  if (!document->is_object()) return failure("broken incident row: not an object");
  bool broken = false;
  const DocumentReader reader(*document, broken);
  Incident incident;
  incident.id = IncidentId(reader.text("id"));
  incident.service = ServiceId(reader.text("service"));
  incident.title = reader.text("title");
  incident.worst = reader.word("worst", &parse_verdict);
  incident.severity = reader.word("severity", &parse_severity);
  incident.state = reader.word("state", &parse_incident_state);
  incident.reason = reader.word("reason", &parse_reason);
  incident.cause = CheckId(reader.text("cause"));
  incident.opened_at = reader.time("opened_at");
  incident.acknowledged_at = reader.optional_time("acknowledged_at");
  incident.acknowledged_by = reader.text("acknowledged_by");
  incident.resolved_at = reader.optional_time("resolved_at");
  incident.reopened = static_cast<std::uint32_t>(reader.number("reopened"));
  if (document->contains("calm_ms")) incident.calm = milliseconds(reader.number("calm_ms"));
  incident.announced = reader.flag("announced");
  incident.diagnosis = reader.text("diagnosis");
  if (document->contains("flapping")) incident.flapping = reader.flag("flapping");
  if (document->contains("unwatched")) incident.unwatched = reader.flag("unwatched");
  if (document->contains("stood_for")) incident.stood_for = static_cast<std::uint32_t>(reader.number("stood_for"));
  incident.affects = read_ids<ServiceId>(*document, "affects", broken);
  incident.grouped = read_ids<ChannelId>(*document, "grouped", broken);
  if (document->contains("group")) incident.group = ChannelId(reader.text("group"));
  if (document->contains("refusing")) incident.refusing = ChannelId(reader.text("refusing"));
  incident.told = read_told(*document, broken);
  const auto timeline = document->find("timeline");
  if (timeline != document->end() && timeline->is_array()) {
    for (const Json& entry : *timeline) incident.timeline.push_back(read_entry(DocumentReader(entry, broken)));
  }
  if (broken) return failure("broken incident row: a field is missing or of the wrong kind");
  return incident;
}

}  // namespace allclear::store
