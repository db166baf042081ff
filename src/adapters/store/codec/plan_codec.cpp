#include "adapters/store/codec/plan_codec.h"

#include "adapters/store/codec/document_reader.h"

namespace allclear::store {

std::string pack_plan(const Maintenance& plan) {
  Json services = Json::array();
  for (const ServiceId& service : plan.services) services.push_back(service.value());
  const Json document = {{"id", plan.id.value()},
                         {"title", plan.title},
                         {"services", std::move(services)},
                         {"start", plan.start.time_since_epoch().count()},
                         {"lasts", plan.lasts.count()},
                         {"planned_by", plan.planned_by}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::shared_ptr<const Maintenance>> unpack_plan(std::string_view text) {
  const auto document = parse_json(text);
  if (!document || !document->is_object()) return failure("broken maintenance row");
  bool broken = false;
  const DocumentReader reader(*document, broken);
  static const auto utc = std::make_shared<const ZoneRules>();
  auto plan = std::make_shared<Maintenance>();
  plan->id = MaintenanceId(reader.text("id"));
  plan->title = reader.text("title");
  plan->services = read_ids<ServiceId>(*document, "services", broken);
  plan->zone = utc;
  plan->start = LocalTime(seconds(reader.number("start")));
  plan->lasts = milliseconds(reader.number("lasts"));
  plan->planned_by = reader.text("planned_by");
  if (broken || plan->services.empty()) return failure("broken maintenance row: a field is missing or of the wrong kind");
  return std::shared_ptr<const Maintenance>(std::move(plan));
}

}  // namespace allclear::store
