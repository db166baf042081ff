#include "apps/allclear/status_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::app {
namespace {

using testing::HasSubstr;
using testing::Not;

const WallTime now = *parse_rfc3339("2026-11-20T09:00:00Z");

TEST(StatusTable, ShowsServicesAndOpenIncidents) {
  const Json status = *parse_json(R"({"page":{"name":"Acme"},"status":{"description":"Partial outage"},
    "updated_at":"2026-11-20T08:59:48Z","services":[
      {"id":"a","name":"Website","state":"up","reason":"ok","latency_ms":12.34,"since":"2026-11-20T08:00:00Z"},
      {"id":"b","name":"Café","state":"down","reason":"timeout","latency_ms":null,"since":"2026-11-20T08:42:00Z"}],
    "incidents":[{"title":"Café is down","state":"investigating","started_at":"2026-11-20T08:42:00Z"}]})");
  const auto text = draw_status(status, now, {});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "\n  Acme: Partial outage, data 12 s old\n\n"
            "  ● up           Website            12.3 ms\n"
            "  ✖ down         Café                        did not answer in time, for 18 min\n"
            "\n  Open incidents\n"
            "  Café is down · investigating · 18 min\n\n");
}

TEST(StatusTable, RefusesWhatIsNoStatus) {
  for (const char* text : {"[]", "{}", "3", R"({"page":{},"status":[],"services":[]})"}) {
    EXPECT_FALSE(draw_status(*parse_json(text), now, {})) << text;
  }
}

TEST(StatusTable, S17_HostileNamesCannotDriveTheTerminal) {
  const Json status = *parse_json("{\"page\":{\"name\":\"\\u001b[2J\"},\"status\":{\"description\":\"x\"},"
                                  "\"services\":[{\"name\":\"a\\u001b[31mb\\nc\",\"state\":\"up\"},{\"name\":7}]}");
  const auto text = draw_status(status, now, {});
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(*text, HasSubstr("a?[31mb?c"));
}

}  // namespace
}  // namespace allclear::app
