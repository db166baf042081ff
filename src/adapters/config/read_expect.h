// Reading `expect`: what an answer must look like. Equal expectations are read once and shared.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/config/section.h"
#include "base/result.h"
#include "core/model/check.h"

namespace allclear::config {

struct ReadExpectations {
  CopyOnWrite<Expectations> expectations;
  std::vector<std::string> answers;  // of dns
  std::vector<std::string> written;  // "expect.status", …: judged when the scheme is known
};

class ExpectationReader {
 public:
  explicit ExpectationReader(Reading& reading);
  // `expect` of the check; the usual ones when it says nothing.
  std::shared_ptr<const ReadExpectations> read(const Section& check);

 private:
  Reading& reading_;
  std::shared_ptr<const ReadExpectations> usual_;
  std::unordered_map<std::string, std::shared_ptr<const ReadExpectations>> known_;  // by the section's canonical text
};

// "200", "200-299"; 100 to 599, in order.
Result<StatusRange> parse_status_range(std::string_view text);
// Unquoted text as YAML means it: true, false, numbers, otherwise the text.
Json plain_to_json(std::string_view text);
// A value of any shape, as `equals` takes it.
Json to_json(const Node& node);

}  // namespace allclear::config
