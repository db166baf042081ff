#include "adapters/api/overview.h"

#include <algorithm>
#include <array>
#include <optional>

#include "adapters/api/incidents.h"
#include "adapters/api/json_writer.h"
#include "adapters/api/public_view.h"
#include "adapters/api/service_standing.h"

namespace allclear::api {
namespace {

constexpr std::int64_t nothing = -1;  // of numbers that are never negative
constexpr double ten_thousand = 10'000;

// As far as it is shown: what differs below that is no change.
struct OverviewRow {
  ShownState state = ShownState::unknown;
  Reason reason = Reason::no_data;
  std::int64_t since = nothing;       // Unix seconds
  std::int64_t checked_at = nothing;  // Unix seconds
  std::int64_t latency = nothing;     // tenths of a millisecond
  std::int64_t uptime = nothing;      // ten thousandths
  std::string_view incident;
  bool acknowledged = false;

  friend bool operator==(const OverviewRow&, const OverviewRow&) = default;
};

std::int64_t unix_seconds(WallTime time) { return std::chrono::floor<seconds>(time).time_since_epoch().count(); }

std::int64_t uptime_of(const Uptimes* uptimes, const ServiceId& service) {
  if (uptimes == nullptr) return nothing;
  const auto found = uptimes->find(service.value());
  if (found == uptimes->end() || !found->second.day) return nothing;
  return static_cast<std::int64_t>(truncate_ratio(*found->second.day) * ten_thousand + 0.5);
}

OverviewRow row_of(const ServiceSnapshot& service, const Uptimes* uptimes) {
  const ServiceStanding standing = standing_of(service);
  OverviewRow row;
  row.state = standing.state;
  row.reason = standing.reason;
  if (standing.since) row.since = unix_seconds(*standing.since);
  if (standing.checked_at) row.checked_at = unix_seconds(*standing.checked_at);
  if (standing.latency) row.latency = (standing.latency->count() + 50) / 100;
  row.uptime = uptime_of(uptimes, service.service->id);
  if (service.open_incident) {
    row.incident = service.open_incident->id.value();
    row.acknowledged = service.open_incident->acknowledged_at.has_value();
  }
  return row;
}

void write_number(JsonWriter& json, std::int64_t value) { value == nothing ? json.null() : json.integer(value); }

void write_scaled(JsonWriter& json, std::int64_t value, double scale, int digits) {
  value == nothing ? json.null() : json.number(static_cast<double>(value) / scale, digits);
}

void write_id(JsonWriter& json, std::string_view id) { id.empty() ? json.null() : json.text(id); }

// One column of what may change, by its name: how it is compared and how it is written.
struct Column {
  std::string_view name;
  bool (*differs)(const OverviewRow&, const OverviewRow&);
  void (*write)(JsonWriter&, const OverviewRow&);
};

template <auto member>
bool differs(const OverviewRow& a, const OverviewRow& b) {
  return a.*member != b.*member;
}

using Row = OverviewRow;
constexpr std::array<Column, 8> columns{{
    {"state", differs<&Row::state>, [](JsonWriter& json, const Row& row) { json.text(to_string(row.state)); }},
    {"reason", differs<&Row::reason>, [](JsonWriter& json, const Row& row) { json.text(to_string(row.reason)); }},
    {"since", differs<&Row::since>, [](JsonWriter& json, const Row& row) { write_number(json, row.since); }},
    {"checked_at", differs<&Row::checked_at>,
     [](JsonWriter& json, const Row& row) { write_number(json, row.checked_at); }},
    {"latency_ms", differs<&Row::latency>,
     [](JsonWriter& json, const Row& row) { write_scaled(json, row.latency, 10, 1); }},
    {"uptime_24h", differs<&Row::uptime>,
     [](JsonWriter& json, const Row& row) { write_scaled(json, row.uptime, ten_thousand, 4); }},
    {"incident", differs<&Row::incident>, [](JsonWriter& json, const Row& row) { write_id(json, row.incident); }},
    {"acknowledged", differs<&Row::acknowledged>,
     [](JsonWriter& json, const Row& row) { json.boolean(row.acknowledged); }},
}};

template <class Write>
void write_column(JsonWriter& json, std::string_view name, const ServiceList& services, const Write& write) {
  json.key(name).begin_array();
  for (const ServiceSnapshot& service : services) write(*service.service);
  json.end_array();
}

void write_services(JsonWriter& json, const OverviewView& view) {
  const ServiceList& services = view.snapshot->services;
  json.key("services").begin_object();
  write_column(json, "id", services, [&](const Service& service) { json.text(service.id.value()); });
  write_column(json, "name", services, [&](const Service& service) { json.text(service.name); });
  write_column(json, "group", services, [&](const Service& service) { write_id(json, service.group); });
  write_column(json, "visibility", services, [&](const Service& service) { json.text(word_of(service.visibility)); });
  std::vector<OverviewRow> rows;
  rows.reserve(services.size());
  for (const ServiceSnapshot& service : services) rows.push_back(row_of(service, view.uptimes.get()));
  for (const Column& column : columns) {
    json.key(column.name).begin_array();
    for (const OverviewRow& row : rows) column.write(json, row);
    json.end_array();
  }
  json.key("muted_until").begin_array();
  for (std::size_t i = 0; i < rows.size(); ++i) json.null();
  json.end_array().end_object();
}

// Whether what never changes while a catalogue stands is the same.
bool same_service(const Service& a, const Service& b) {
  return &a == &b || (a.id == b.id && a.name == b.name && a.group == b.group && a.visibility == b.visibility);
}

// What changed between two views of one catalogue, gathered service by service.
class ChangeWriter {
 public:
  ChangeWriter(const OverviewView& from, const OverviewView& to, std::uint64_t seq) : from_(from), to_(to) {
    json_.begin_object().key("seq").integer(static_cast<std::int64_t>(seq));
    json_.key("at").time(to.snapshot->at).key("services").begin_array();
  }

  // False: the catalogue differs.
  bool add(const ServiceSnapshot& before, const ServiceSnapshot& after) {
    if (!same_service(*before.service, *after.service)) return false;
    if (before.open_incident != after.open_incident) compare(before.open_incident.get(), after.open_incident.get());
    const OverviewRow was = row_of(before, from_.uptimes.get());
    const OverviewRow is = row_of(after, to_.uptimes.get());
    if (was == is) return true;
    any_ = true;
    json_.begin_object().key("id").text(after.service->id.value());
    for (const Column& column : columns) {
      if (!column.differs(was, is)) continue;
      json_.key(column.name);
      column.write(json_, is);
    }
    json_.end_object();
    return true;
  }

  OverviewChange finish() {
    compare_by_hand();
    json_.end_array().key("incidents").begin_array();
    for (const Incident* incident : changed_) write_listed_incident(json_, *incident);
    json_.end_array().key("closed").begin_array();
    for (const IncidentId& id : closed_) json_.text(id.value());
    json_.end_array().end_object();
    return {any_ ? Difference::values : Difference::none, json_.take()};
  }

 private:
  void compare(const Incident* before, const Incident* after) {
    if (before != nullptr && after != nullptr && *before == *after) return;
    any_ = true;
    if (before != nullptr && (after == nullptr || after->id != before->id)) closed_.push_back(before->id);
    if (after != nullptr) changed_.push_back(after);
  }

  void compare_by_hand() {
    if (from_.snapshot->by_hand == to_.snapshot->by_hand) return;
    const auto find = [](const Snapshot& snapshot, const IncidentId& id) -> const Incident* {
      for (const auto& incident : snapshot.by_hand) {
        if (incident->id == id) return incident.get();
      }
      return nullptr;
    };
    for (const auto& before : from_.snapshot->by_hand) {
      if (find(*to_.snapshot, before->id) == nullptr) compare(before.get(), nullptr);
    }
    for (const auto& after : to_.snapshot->by_hand) compare(find(*from_.snapshot, after->id), after.get());
  }

  const OverviewView& from_;
  const OverviewView& to_;
  JsonWriter json_;
  bool any_ = false;
  std::vector<const Incident*> changed_;
  std::vector<IncidentId> closed_;
};

}  // namespace

std::shared_ptr<const Uptimes> uptimes_of(const std::vector<ServiceDays>& days) {
  Uptimes uptimes;
  uptimes.reserve(days.size());
  for (const ServiceDays& service : days) uptimes.emplace(service.service.value(), service.uptime);
  return std::make_shared<const Uptimes>(std::move(uptimes));
}

std::string render_overview(const OverviewView& view, std::uint64_t seq) {
  JsonWriter json;
  json.begin_object().key("seq").integer(static_cast<std::int64_t>(seq)).key("at").time(view.snapshot->at);
  json.key("page").begin_object().key("name").text(view.page_name).end_object();
  write_services(json, view);
  json.key("incidents").begin_array();
  for (const auto& incident : open_incidents(*view.snapshot)) write_listed_incident(json, *incident);
  json.end_array().end_object();
  return json.take();
}

OverviewChange compare_overviews(const OverviewView& from, const OverviewView& to, std::uint64_t seq) {
  const ServiceList& before = from.snapshot->services;
  const ServiceList& after = to.snapshot->services;
  if (before.size() != after.size() || from.page_name != to.page_name) return {Difference::catalogue, {}};
  ChangeWriter writer(from, to, seq);
  const auto add = [&](const ServiceSnapshot& was, const ServiceSnapshot& is) { return writer.add(was, is); };
  if (from.uptimes == to.uptimes) {
    if (!ServiceList::equal(before, after, add)) return {Difference::catalogue, {}};
  } else {
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (!add(before[i], after[i])) return {Difference::catalogue, {}};
    }
  }
  return writer.finish();
}

std::vector<std::shared_ptr<const Incident>> open_incidents(const Snapshot& snapshot) {
  std::vector<std::shared_ptr<const Incident>> open = snapshot.by_hand;
  for (const ServiceSnapshot& service : snapshot.services) {
    if (service.open_incident) open.push_back(service.open_incident);
  }
  std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) {
    return a->opened_at != b->opened_at ? a->opened_at > b->opened_at : a->id > b->id;
  });
  return open;
}

}  // namespace allclear::api
