#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/incident_codec.h"
#include "adapters/store/codec/latency_histogram.h"
#include "adapters/store/codec/point_chunk.h"
#include "adapters/store/codec/result_codec.h"
#include "adapters/store/codec/state_codec.h"

namespace allclear::store {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

template <class Word>
rc::Gen<Word> word(Word last) {
  return rc::gen::map(rc::gen::inRange(0, static_cast<int>(last) + 1), [](int n) { return static_cast<Word>(n); });
}

std::optional<microseconds> any_timing() {
  if (*rc::gen::arbitrary<bool>()) return std::nullopt;
  return microseconds(*rc::gen::arbitrary<std::int64_t>());
}

// Any values at all: the codec must not lean on a clock that is right.
CheckResult any_result() {
  CheckResult result;
  result.at = WallTime(milliseconds(*rc::gen::arbitrary<std::int64_t>()));
  result.verdict = *word(Verdict::unknown);
  result.reason = *word(Reason::local_fault);
  result.phase = *word(Phase::judge);
  result.latency = microseconds(*rc::gen::arbitrary<std::int64_t>());
  result.timings = {any_timing(), any_timing(), any_timing(), any_timing(), any_timing()};
  result.status_code = *rc::gen::arbitrary<int>();
  if (*rc::gen::arbitrary<bool>())
    result.certificate_expiry = WallTime(milliseconds(*rc::gen::arbitrary<std::int64_t>()));
  result.detail = *rc::gen::element<std::string>("", "", "no route to host", "reset by peer");
  return result;
}

void expect_same(const CheckResult& left, const CheckResult& right) {
  RC_ASSERT(left.at == right.at);
  RC_ASSERT(left.verdict == right.verdict);
  RC_ASSERT(left.reason == right.reason);
  RC_ASSERT(left.phase == right.phase);
  RC_ASSERT(left.latency == right.latency);
  RC_ASSERT(left.timings == right.timings);
  RC_ASSERT(left.status_code == right.status_code);
  RC_ASSERT(left.certificate_expiry == right.certificate_expiry);
  RC_ASSERT(left.detail == right.detail);
}

RC_GTEST_PROP(ResultCodec, EveryResultComesBack, ()) {
  const CheckResult result = any_result();
  ByteWriter writer;
  write_result(writer, result);
  ByteReader reader(writer.bytes());
  const auto read = read_result(reader);
  RC_ASSERT(read.has_value());
  RC_ASSERT(reader.at_end());
  expect_same(*read, result);
}

RC_GTEST_PROP(ResultCodec, EveryCutIsAnError, ()) {
  ByteWriter writer;
  write_result(writer, any_result());
  const auto size = *rc::gen::inRange<std::size_t>(0, writer.bytes().size());
  ByteReader reader(std::string_view(writer.bytes()).substr(0, size));
  RC_ASSERT(!read_result(reader).has_value());
}

RC_GTEST_PROP(PointChunk, EveryHourComesBack, ()) {
  const int size = *rc::gen::inRange(0, 40);
  PointChunk chunk;
  std::vector<CheckResult> results;
  for (int i = 0; i < size; ++i) {
    results.push_back(any_result());
    chunk.append(results.back());
  }
  const auto read = read_chunk(chunk.bytes());
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->size() == results.size());
  for (std::size_t i = 0; i < results.size(); ++i) expect_same((*read)[i], results[i]);
}

TEST(PointChunk, AUsualPointTakesSixteenBytesAtMost) {
  PointChunk chunk;
  CheckResult result;
  result.verdict = Verdict::up;
  result.reason = Reason::ok;
  result.status_code = 200;
  for (int i = 0; i < 360; ++i) {
    const int noise = i * 7'919 % 4'001;
    result.at = WallTime(milliseconds(1'790'000'000'000 + i * 10'000 + i * 31 % 11));
    result.latency = microseconds(20'000 + noise);
    result.timings = {microseconds(400 + noise / 30), microseconds(1'100 + noise / 20), microseconds(3'200 + noise / 9),
                      microseconds(7'000 + noise), microseconds(600 + noise / 40)};
    chunk.append(result);
  }
  EXPECT_EQ(chunk.points(), 360u);
  EXPECT_LE(static_cast<double>(chunk.bytes().size()) / 360, 16.0);
}

TEST(PointChunk, DetailsAreToldOnceAndAreBounded) {
  PointChunk chunk;
  CheckResult result;
  for (int i = 0; i < 100; ++i) {
    result.detail = std::string(4'000, static_cast<char>('a' + i / 10));
    chunk.append(result);
  }
  EXPECT_LT(chunk.bytes().size(), PointChunk::most_detail_bytes + 100 * 16);
  const auto read = read_chunk(chunk.bytes());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(19).detail, std::string(4'000, 'b'));
  EXPECT_TRUE(read->at(20).detail.empty());
}

RC_GTEST_PROP(HostileBytes, AreAnErrorOrAValueAndNeverMore, ()) {
  const std::string bytes = text_of(*rc::gen::arbitrary<Bytes>());
  const auto points = read_chunk(bytes);
  if (points) RC_ASSERT(points->size() <= bytes.size());
  ByteReader reader(bytes);
  static_cast<void>(read_result(reader));
  static_cast<void>(unpack_state(bytes, 1));
  static_cast<void>(unpack_state(std::string(1, '\x01').append(bytes), 1));
  static_cast<void>(unpack_incident(bytes));
  const auto histogram = LatencyHistogram::unpack(bytes);
  if (histogram) RC_ASSERT(LatencyHistogram::unpack(histogram->pack())->pack() == histogram->pack());
}

RC_GTEST_PROP(HostileBytes, AFlippedByteOfAChunkNeverCrashes, ()) {
  PointChunk chunk;
  for (int i = 0; i < 10; ++i) chunk.append(any_result());
  std::string bytes = chunk.bytes();
  const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[place] = static_cast<char>(*rc::gen::inRange(0, 256));
  const auto points = read_chunk(bytes);
  if (points) RC_ASSERT(points->size() <= bytes.size());
}

TEST(HostileBytes, AChunkOfEndlessPointsIsRefused) {
  // The shortest point: head, step, latency.
  const std::string point("\x00\x00\x00", 3);
  std::string bytes;
  for (std::size_t i = 0; i <= PointChunk::most_points; ++i) bytes += point;
  EXPECT_FALSE(read_chunk(bytes));
  bytes.resize(bytes.size() - point.size());
  EXPECT_TRUE(read_chunk(bytes));
}

RC_GTEST_PROP(StateCodec, EveryStateComesBack, ()) {
  CheckState state;
  fill_last(state, any_result());
  state.verdict = *word(Verdict::unknown);
  state.reason = *word(Reason::local_fault);
  state.since = WallTime(milliseconds(*rc::gen::arbitrary<std::int64_t>()));
  state.at_least_down = {state.since, *rc::gen::arbitrary<std::uint8_t>(), *word(Reason::local_fault)};
  state.at_most_up = {state.last_at, *rc::gen::arbitrary<std::uint8_t>(), Reason::ok};
  const auto read = unpack_state(pack_state(state), 42);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->version == 42u);
  RC_ASSERT(read->at_least_down == state.at_least_down);
  RC_ASSERT(read->at_most_up == state.at_most_up);
  RC_ASSERT(pack_state(*read) == pack_state(state));
}

TEST(IncidentCodec, AMissingFieldOrAnUnknownWordIsAnError) {
  Incident incident;
  incident.id = IncidentId("01A");
  const std::string text = pack_incident(incident);
  ASSERT_TRUE(unpack_incident(text));
  for (const char* field : {"title", "severity", "opened_at", "reopened"}) {
    std::string broken = text;
    broken[broken.find(field)] = '?';
    EXPECT_FALSE(unpack_incident(broken)) << field;
  }
  std::string broken = text;
  broken.replace(broken.find("minor"), 5, "awful");
  EXPECT_FALSE(unpack_incident(broken));
}

TEST(IncidentCodec, OneOfBeforeTheCalmWasKeptHadNone) {
  Incident incident;
  incident.id = IncidentId("01A");
  EXPECT_EQ(pack_incident(incident).find("calm"), std::string::npos) << "as older rows are";
  EXPECT_EQ(unpack_incident(pack_incident(incident))->calm, milliseconds(0));
  incident.calm = milliseconds(300'001);
  EXPECT_EQ(unpack_incident(pack_incident(incident))->calm, incident.calm);
}

RC_GTEST_PROP(LatencyHistogram, AQuantileIsAtMostThreePointTwoPercentOff, ()) {
  auto values =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 1LL << 36)));
  LatencyHistogram histogram;
  for (const std::int64_t value : values) histogram.add(microseconds(value));
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.5, 0.95, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(share * static_cast<double>(values.size()))));
    const auto exact = static_cast<double>(values[rank - 1]);
    const auto found = static_cast<double>(histogram.quantile(share)->count());
    RC_ASSERT(std::abs(found - exact) <= exact * 0.032);
  }
}

RC_GTEST_PROP(LatencyHistogram, MergedHoursAreTheDay, ()) {
  const auto values = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
  LatencyHistogram day;
  LatencyHistogram even;
  LatencyHistogram odd;
  for (std::size_t i = 0; i < values.size(); ++i) {
    day.add(microseconds(values[i]));
    (i % 2 == 0 ? even : odd).add(microseconds(values[i]));
  }
  even.merge(odd);
  RC_ASSERT(even.pack() == day.pack());
  RC_ASSERT(LatencyHistogram::unpack(day.pack())->pack() == day.pack());
  RC_ASSERT(day.count() == values.size());
}

}  // namespace
}  // namespace allclear::store
