#include "adapters/api/rendered.h"

#include "adapters/api/page.h"
#include "adapters/api/status_json.h"

namespace allclear::api {

RenderedSet render(const Snapshot& snapshot, const std::vector<ServiceDays>& days, const std::vector<Incident>& recent,
                   const PageSettings& page, const AnswerPolicy& policy, std::uint64_t seq, WallTime now) {
  RenderedSet set;
  set.view = std::make_shared<const PublicView>(make_public_view(snapshot, days, recent, page, seq, now));
  set.page =
      make_document(render_page(*set.view), "text/html; charset=utf-8", Caching::revalidate, Effort::quick, policy);
  set.status =
      make_document(render_status(*set.view, 0), "application/json", Caching::revalidate, Effort::quick, policy);
  return set;
}

}  // namespace allclear::api
