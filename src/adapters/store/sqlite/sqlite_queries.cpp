// SqliteQueries: the reading port on its own read-only connection. One thread at a time.
#include "adapters/store/codec/incident_codec.h"
#include "adapters/store/sqlite/days_reader.h"
#include "adapters/store/sqlite/history_reader.h"
#include "adapters/store/sqlite/migration.h"
#include "adapters/store/sqlite/outbox_table.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/series_reader.h"
#include "adapters/store/sqlite/sqlite_store.h"

namespace allclear::store {
namespace {

class SqliteQueries final : public Queries {
 public:
  SqliteQueries(Connection connection, std::shared_ptr<const RecentPoints> recent)
      : connection_(std::move(connection)), history_(connection_, std::move(recent)) {}

  Result<HistoryPage> history(const HistoryQuery& query) override { return history_.read(query); }

  Result<std::vector<ServiceDays>> days(std::chrono::sys_days first, WallTime now,
                                        const ServiceFilter& wanted) override {
    return read_days(connection_, first, now, wanted);
  }

  Result<std::vector<Series>> series(const SeriesQuery& query) override {
    return read_series(connection_, history_, query);
  }

  Result<std::vector<Incident>> incidents(const std::optional<ServiceId>& service, WallTime from, WallTime to,
                                          std::size_t limit) override {
    if (!service) {
      return read_incidents(
          connection_.rows("SELECT document FROM incidents WHERE opened_at < ? AND (resolved_at IS NULL OR"
                           " resolved_at >= ?) ORDER BY opened_at DESC, id DESC LIMIT ?",
                           to, from, limit));
    }
    return read_incidents(
        connection_.rows("SELECT document FROM incidents WHERE service = ? AND opened_at < ? AND (resolved_at IS NULL"
                         " OR resolved_at >= ?) ORDER BY opened_at DESC, id DESC LIMIT ?",
                         service->value(), to, from, limit));
  }

  Result<std::optional<Incident>> incident(const IncidentId& id) override {
    auto found = read_incidents(connection_.rows("SELECT document FROM incidents WHERE id = ?", id.value()));
    if (!found) return tl::make_unexpected(found.error());
    return found->empty() ? std::nullopt : std::optional(std::move(found->front()));
  }

  Result<AlertPage> alerts(const AlertQuery& query) override { return list_alerts(connection_, query); }
  Result<std::optional<AlertRecord>> alert(const AlertId& id) override { return find_alert(connection_, id); }

 private:
  Result<std::vector<Incident>> read_incidents(Rows rows) {
    std::vector<Incident> incidents;
    while (rows.next()) {
      auto incident = unpack_incident(rows.text(0));
      if (!incident) return tl::make_unexpected(incident.error());
      incidents.push_back(std::move(*incident));
    }
    if (auto fault = connection_.take_fault()) return tl::make_unexpected(std::move(*fault));
    return incidents;
  }

  Connection connection_;
  HistoryReader history_;
};

}  // namespace

Result<std::unique_ptr<Queries>> open_sqlite_queries(const std::filesystem::path& file,
                                                     std::shared_ptr<const RecentPoints> recent) {
  auto connection = open_reader(file);
  if (!connection) return tl::make_unexpected(connection.error());
  return std::make_unique<SqliteQueries>(std::move(*connection), std::move(recent));
}

}  // namespace allclear::store
