#include "adapters/store/codec/series_builder.h"

#include <algorithm>

#include "adapters/store/codec/result_codec.h"

namespace allclear::store {
namespace {

constexpr std::size_t most_steps = 1000;

// Nothing: outside.
std::optional<std::size_t> place_of(const SeriesQuery& query, WallTime at) {
  if (at < query.from) return std::nullopt;
  const auto place = static_cast<std::size_t>((at - query.from) / query.length());
  return place < query.count ? std::optional(place) : std::nullopt;
}

bool is_good(Verdict verdict) { return verdict == Verdict::up || verdict == Verdict::degraded; }

// The nearest rank; `ascending` is not empty.
microseconds quantile(const std::vector<std::int64_t>& ascending, std::size_t percent) {
  return microseconds(ascending[(ascending.size() * percent + 99) / 100 - 1]);
}

// What waits to be told of has no latency.
std::optional<microseconds> measured(const LatencyHistogram& latencies, double share) {
  const auto value = latencies.quantile(share);
  return value && *value > microseconds(0) ? value : std::nullopt;
}

}  // namespace

std::optional<Error> refuse_series(const SeriesQuery& query) {
  const bool whole = query.length() > milliseconds(0) &&
                     query.from.time_since_epoch() % std::max(query.length(), milliseconds(1)) == milliseconds(0);
  if (whole && query.count >= 1 && query.count <= most_steps) return std::nullopt;
  return Error{"a series has 1 to 1000 steps and begins with a whole one"};
}

void SeriesBuilder::add(const CheckKey& key, const CheckResult& result) {
  const auto place = place_of(query_, result.at);
  if (!place || result.verdict == Verdict::unknown) return;
  std::vector<Gathered>& steps = checks_[key];
  if (steps.empty()) steps.resize(query_.count);
  Gathered& step = steps[*place];
  ++step.count;
  if (result.verdict == Verdict::down) ++step.failed;
  if (!is_good(result.verdict)) return;
  ++step.good;
  if (result.latency > microseconds(0)) step.latencies.push_back(result.latency.count());
  for (std::size_t i = 0; i < timings.size(); ++i) {
    if (const auto& time = result.timings.*timings[i]) step.phases[i] = step.phases[i].value_or(0) + time->count();
  }
}

SeriesStep SeriesBuilder::step_of(Gathered& gathered) {
  SeriesStep step;
  step.count = gathered.count;
  step.failed = gathered.failed;
  if (!gathered.latencies.empty()) {
    std::sort(gathered.latencies.begin(), gathered.latencies.end());
    step.p50 = quantile(gathered.latencies, 50);
    step.p95 = quantile(gathered.latencies, 95);
    step.p99 = quantile(gathered.latencies, 99);
  }
  for (std::size_t i = 0; i < timings.size(); ++i) {
    if (gathered.phases[i]) step.phases.*timings[i] = microseconds(*gathered.phases[i] / gathered.good);
  }
  return step;
}

std::vector<Series> SeriesBuilder::finish() {
  std::vector<Series> all;
  for (auto& [key, gathered] : checks_) {
    Series series{key, {}};
    series.steps.reserve(gathered.size());
    for (Gathered& step : gathered) series.steps.push_back(step_of(step));
    all.push_back(std::move(series));
  }
  return all;
}

CountedSeries::CountedSeries(const SeriesQuery& query) : query_(query), steps_(query.count) {}

void CountedSeries::add(const CheckResult& result) {
  const auto place = place_of(query_, result.at);
  if (!place) return;
  ++steps_[*place].verdicts[static_cast<std::size_t>(result.verdict)];
  if (is_good(result.verdict)) steps_[*place].latencies.add(result.latency);
}

void CountedSeries::put(WallTime at, const std::array<std::uint64_t, 4>& verdicts, const LatencyHistogram& latencies) {
  const auto place = place_of(query_, at);
  if (place) steps_[*place] = {verdicts, latencies};
}

std::vector<Series> CountedSeries::finish() {
  Series series;
  bool any = false;
  for (const Counted& counted : steps_) {
    SeriesStep step;
    const auto of = [&](Verdict verdict) {
      return static_cast<std::uint32_t>(counted.verdicts[static_cast<std::size_t>(verdict)]);
    };
    step.failed = of(Verdict::down);
    step.count = of(Verdict::up) + of(Verdict::degraded) + step.failed;
    step.p50 = measured(counted.latencies, 0.50);
    step.p95 = measured(counted.latencies, 0.95);
    step.p99 = measured(counted.latencies, 0.99);
    any = any || step.count > 0;
    series.steps.push_back(step);
  }
  if (!any) return {};
  return {std::move(series)};
}

}  // namespace allclear::store
