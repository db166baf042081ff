#include "adapters/api/rendered.h"

#include "adapters/api/page.h"
#include "adapters/api/status_json.h"

namespace allclear::api {

RenderedSet render(PublicView view, const AnswerPolicy& policy) {
  RenderedSet set;
  set.view = std::make_shared<const PublicView>(std::move(view));
  set.page =
      make_document(render_page(*set.view), "text/html; charset=utf-8", Caching::revalidate, Effort::quick, policy);
  set.status =
      make_document(render_status(*set.view, 0), "application/json", Caching::revalidate, Effort::quick, policy);
  return set;
}

}  // namespace allclear::api
