// What the SQLite store costs: rows a second, bytes written a check, and the read of a 90-day page; beside them, in
// the same run, a plain table clustered by (check, time).
// Usage: store_bench [folder on the disk to measure [rows|days|open|bytes]...]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>
#include <time.h>

#include "adapters/store/sqlite/sqlite_store.h"

namespace allclear {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int check_count = 1'000;
const WallTime start = WallTime(std::chrono::hours(490'000));

double seconds_of(const std::function<void()>& work) {
  const auto began = SteadyClock::now();
  work();
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

// Of this thread's processor: other work on the machine does not count.
double processor_seconds_of(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double began = now();
  work();
  return now() - began;
}

// Bytes that this process caused to be sent to the disk.
std::uint64_t written_bytes() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value) {
    if (name == "write_bytes:") return value;
  }
  return 0;
}

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "store_bench: " << why << "\n";
  std::exit(1);
}

Decision decision_of(int check, WallTime at) {
  Decision decision;
  decision.service = ServiceId("service-" + std::to_string(check % 100));
  decision.key = CheckKey{decision.service, CheckId("check-" + std::to_string(check)), local_location()};
  CheckResult result;
  result.at = at + milliseconds((check * 7 + at.time_since_epoch().count()) % 13);
  result.verdict = Verdict::up;
  result.reason = Reason::ok;
  result.status_code = 200;
  const std::int64_t noise = (check * 7'919 + at.time_since_epoch().count() * 31) % 5'000;
  result.latency = microseconds(20'000 + noise);
  result.timings = {microseconds(400 + noise / 50), microseconds(1'100 + noise / 20), microseconds(3'200 + noise / 9),
                    microseconds(7'000 + noise), microseconds(600 + noise / 40)};
  result.certificate_expiry = start + std::chrono::days(60);
  decision.result = result;
  return decision;
}

std::unique_ptr<store::SqliteStore> open_store(const std::filesystem::path& file,
                                               milliseconds integrity_budget = milliseconds(1'000)) {
  static const std::unique_ptr<Log> log = make_silent_log();
  auto store = store::open_sqlite_store({file, {}, integrity_budget}, start, *log);
  if (!store) give_up(store.error().message);
  return std::move(*store);
}

// Plain rows under a primary key of (check, time), same durability: what most monitors do.
class ClusteredTable {
 public:
  explicit ClusteredTable(const std::filesystem::path& file) {
    sqlite3_open(file.c_str(), &handle_);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE results (check_id INTEGER, at INTEGER, verdict INTEGER, reason INTEGER, latency INTEGER, dns "
        "INTEGER,"
        " connect INTEGER, tls INTEGER, first_byte INTEGER, transfer INTEGER, status INTEGER, expiry INTEGER,"
        " PRIMARY KEY (check_id, at)) WITHOUT ROWID");
    sqlite3_prepare_v2(handle_, "INSERT INTO results VALUES (?,?,0,0,?,?,?,?,?,?,200,?)", -1, &insert_, nullptr);
  }
  ~ClusteredTable() {
    sqlite3_finalize(insert_);
    sqlite3_close(handle_);
  }
  ClusteredTable(const ClusteredTable&) = delete;
  ClusteredTable& operator=(const ClusteredTable&) = delete;

  void commit(const std::vector<Decision>& decisions, int first_check) {
    run("BEGIN");
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      const CheckResult& result = *decisions[i].result;
      const std::int64_t values[] = {(first_check + static_cast<int>(i)) % check_count,
                                     result.at.time_since_epoch().count(),
                                     result.latency.count(),
                                     result.timings.dns->count(),
                                     result.timings.connect->count(),
                                     result.timings.tls->count(),
                                     result.timings.first_byte->count(),
                                     result.timings.transfer->count(),
                                     result.certificate_expiry->time_since_epoch().count()};
      int index = 0;
      for (const std::int64_t value : values) sqlite3_bind_int64(insert_, ++index, value);
      if (sqlite3_step(insert_) != SQLITE_DONE) give_up(sqlite3_errmsg(handle_));
      sqlite3_reset(insert_);
    }
    run("COMMIT");
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(sqlite3_errmsg(handle_));
  }
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

std::vector<Decision> batch_of(int first_check, int size, WallTime at) {
  std::vector<Decision> batch;
  for (int i = 0; i < size; ++i) batch.push_back(decision_of((first_check + i) % check_count, at));
  return batch;
}

void measure_rows(const std::filesystem::path& folder) {
  constexpr int batches = 500;
  const auto store = open_store(folder / "rows.db");
  ClusteredTable plain(folder / "rows-plain.db");
  std::vector<std::vector<Decision>> all;
  for (int i = 0; i < batches; ++i) all.push_back(batch_of(i * 100, 100, start + seconds(i)));
  const double ours = seconds_of([&] {
    for (const auto& batch : all) {
      if (const auto stored = store->commit(batch); !stored) give_up(stored.error().message);
    }
  });
  const double theirs = seconds_of([&] {
    for (int i = 0; i < batches; ++i) plain.commit(all[static_cast<std::size_t>(i)], i * 100);
  });
  fmt::print("rows, batches of 100, synchronous=FULL: {:.0f}/s; clustered table: {:.0f}/s\n", batches * 100 / ours,
             batches * 100 / theirs);
}

// 100 checks a second in commits of 50, as the runtime makes them, with upkeep each second, over a full hour and the
// packing after it.
void measure_bytes(const std::filesystem::path& folder) {
  constexpr int run_seconds = 66 * 60;
  std::uint64_t checks = 0;
  std::uint64_t before = written_bytes();
  {
    const auto store = open_store(folder / "bytes.db");
    for (int i = 0; i < run_seconds * 2; ++i) {
      const WallTime at = start + milliseconds(500) * i;
      if (const auto stored = store->commit(batch_of(i * 50, 50, at)); !stored) give_up(stored.error().message);
      checks += 50;
      if (i % 2 != 0) continue;
      if (const auto kept = store->upkeep(at); !kept) give_up(kept.error().message);
    }
  }
  const double ours = static_cast<double>(written_bytes() - before) / static_cast<double>(checks);
  before = written_bytes();
  {
    ClusteredTable plain(folder / "bytes-plain.db");
    for (int i = 0; i < 1'200; ++i) plain.commit(batch_of(i * 50, 50, start + milliseconds(500) * i), i * 50);
  }
  const double theirs = static_cast<double>(written_bytes() - before) / (1'200.0 * 50);
  const auto size = std::filesystem::file_size(folder / "bytes.db");
  fmt::print("written to disk at 100 checks/s: {:.0f} bytes a check; clustered table: {:.0f} ({:.1f}x)\n", ours, theirs,
             theirs / ours);
  fmt::print("kept after {} min: {:.1f} bytes a check\n", run_seconds / 60,
             static_cast<double>(size) / static_cast<double>(checks));
}

// A start at the end of an hour: what is not packed yet is replayed from the log.
void measure_open_after(const std::filesystem::path& folder, int checks_per_second) {
  const int rows = checks_per_second * 3'600;
  const std::filesystem::path file = folder / ("open-" + std::to_string(checks_per_second) + ".db");
  {
    const auto store = open_store(file);
    const milliseconds round = milliseconds(seconds(check_count)) / checks_per_second;
    for (int i = 0; i < rows / check_count; ++i) {
      const auto stored = store->commit(batch_of(0, check_count, start + round * i));
      if (!stored || !store->upkeep(start + round * i)) give_up("the log could not be written");
    }
  }
  const double replay = processor_seconds_of([&] { open_store(file, milliseconds(0)); });
  const double whole = processor_seconds_of([&] { open_store(file); });
  fmt::print(
      "start with an hour of {} checks/s to replay ({} rows): {:.0f} ms of processor time, {:.0f} with the check\n",
      checks_per_second, rows, replay * 1'000, whole * 1'000);
}

void measure_open(const std::filesystem::path& folder) {
  measure_open_after(folder, 100);
  measure_open_after(folder, 1'000);
}

void measure_days(const std::filesystem::path& folder) {
  const auto store = open_store(folder / "days.db");
  Catalogue catalogue;
  std::vector<Decision> first;
  for (int i = 0; i < 100; ++i) {
    auto check = std::make_shared<Check>();
    check->interval = std::chrono::hours(12);
    auto service = std::make_shared<Service>();
    Decision decision = decision_of(i, start);
    service->id = decision.service;
    service->checks.push_back(check);
    catalogue.services.push_back(service);
    decision.transition = Transition{decision.service, Verdict::unknown, Verdict::up, start, start, Reason::ok, {}};
    first.push_back(std::move(decision));
  }
  if (!store->put_catalogue(catalogue, start) || !store->commit(first)) give_up("the days could not be written");
  WallTime now = start;
  for (int step = 0; step < 92 * 4; ++step) {
    now += std::chrono::hours(6);
    if (!store->commit(batch_of(0, 100, now)) || !store->upkeep(now)) give_up("the days could not be written");
  }
  auto queries = store::open_sqlite_queries(folder / "days.db", store->recent());
  if (!queries) give_up(queries.error().message);
  std::vector<double> times;
  for (int i = 0; i < 101; ++i) {
    std::size_t rows = 0;
    times.push_back(processor_seconds_of([&] {
      const auto days = (*queries)->days(day_of(now) - std::chrono::days(89), now, every_service);
      if (days) rows = days->size() * days->front().days.size();
    }));
    if (rows != 9'000) give_up(fmt::format("{} bars instead of 9000", rows));
  }
  std::sort(times.begin(), times.end());
  fmt::print("90 days x 100 services with uptime: {:.2f} ms of processor time (median of 101; fastest {:.2f})\n",
             times[50] * 1'000, times[0] * 1'000);
  const HistoryQuery page{ServiceId("service-7"), {}, {}, {}, 100, ""};
  times.clear();
  for (int i = 0; i < 101; ++i)
    times.push_back(processor_seconds_of([&] { static_cast<void>((*queries)->history(page)); }));
  std::sort(times.begin(), times.end());
  fmt::print("100 rows of history over 100 packed hours: {:.2f} ms of processor time (median of 101)\n",
             times[50] * 1'000);
}

}  // namespace
}  // namespace allclear

int main(int count, char** arguments) {
  const std::filesystem::path parent = count > 1 ? arguments[1] : std::filesystem::temp_directory_path();
  const std::vector<std::string> asked(arguments + std::min(count, 2), arguments + count);
  const std::filesystem::path folder = parent / ("allclear-store-bench-" + std::to_string(std::rand()));
  std::filesystem::create_directories(folder);
  const auto run = [&](const std::string& part, void (*measure)(const std::filesystem::path&)) {
    if (asked.empty() || std::find(asked.begin(), asked.end(), part) != asked.end()) measure(folder);
  };
  run("rows", allclear::measure_rows);
  run("days", allclear::measure_days);
  run("open", allclear::measure_open);
  run("bytes", allclear::measure_bytes);
  std::filesystem::remove_all(folder);
  return 0;
}
