// The words of a verification. A level that did not look says "not checked": silence would read as "good".
#include "postgresql/verify_report.hpp"

#include "postgresql/errors.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t shown = 5;
constexpr std::size_t listed_counts = 1000;

std::string first_of(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), shown); ++i) text += (i == 0 ? "" : "; ") + items[i];
  if (items.size() > shown) text += fmt::format("; and {} more", items.size() - shown);
  return text;
}

/// The lists of all databases behind one another.
std::vector<std::string> gathered(const ClusterFindings& findings,
                                  std::vector<std::string> DatabaseSurvey::*member) {
  std::vector<std::string> all;
  for (const DatabaseSurvey& database : findings.databases) {
    all.insert(all.end(), (database.*member).begin(), (database.*member).end());
  }
  return all;
}

Check make_check(std::string id, std::string title, Verdict verdict, std::string evidence) {
  return {std::move(id), std::move(title), verdict, std::move(evidence), {}, {}};
}

Check databases_check(const ClusterFindings& findings) {
  Check check = make_check("databases_opened", "every database opens", Verdict::passed,
                           fmt::format("{} opened", findings.databases.size()));
  set_fact(check.facts, "databases", static_cast<std::int64_t>(findings.databases.size()));
  set_fact(check.facts, "names", findings.open_databases);
  if (!findings.closed_databases.empty()) {
    check.evidence += "; not opened because they refuse connections: " + first_of(findings.closed_databases);
  }
  if (!findings.unopened.empty()) {
    check.verdict = Verdict::failed;
    check.evidence += "; failed: " + first_of(findings.unopened);
    check.error = make_error(errors::connection_failed, "a recovered database", first_of(findings.unopened));
  }
  return check;
}

/// Numbers of all readings together.
struct Totals {
  std::int64_t tables = 0;
  std::int64_t catalogs = 0;
  std::int64_t rows = 0;
  std::uint64_t value_bytes = 0;
  std::vector<std::string> failed;
  std::vector<std::string> lacking;  ///< a library is missing
  std::vector<std::string> counts;
};

Totals total_of(const std::vector<TableReading>& readings) {
  Totals totals;
  for (const TableReading& reading : readings) {
    const std::string name = reading.table.database + "." + display_name(reading.table);
    if (reading.failure) {
      (lacks_library(*reading.failure) ? totals.lacking : totals.failed)
          .push_back(name + ": " + reading.failure->cause);
      continue;
    }
    totals.value_bytes += reading.value_bytes.value_or(0);
    if (reading.table.catalog) {
      ++totals.catalogs;
      continue;
    }
    ++totals.tables;
    totals.rows += static_cast<std::int64_t>(reading.rows);
    if (totals.counts.size() < listed_counts)
      totals.counts.push_back(fmt::format("{}={}", name, reading.rows));
  }
  return totals;
}

void add_table_checks(std::vector<Check>& checks, const ClusterFindings& findings) {
  const std::string title = "every table and materialised view read to its end";
  if (findings.is_freshly_loaded) return;
  if (findings.level == "none") {
    checks.push_back(make_check("row_counts", title, Verdict::not_checked, "level none reads no tables"));
    return;
  }
  const Totals totals = total_of(findings.readings);
  std::uint64_t large_objects = 0;
  for (const DatabaseSurvey& database : findings.databases) large_objects += database.large_objects;
  Check check = make_check("row_counts", title, totals.failed.empty() ? Verdict::passed : Verdict::failed,
                           fmt::format("{} tables, {} rows; {} system catalogs; {} large objects",
                                       totals.tables, totals.rows, totals.catalogs, large_objects));
  set_fact(check.facts, "tables", totals.tables);
  set_fact(check.facts, "rows", totals.rows);
  set_fact(check.facts, "large_objects", static_cast<std::int64_t>(large_objects));
  set_fact(check.facts, "row_counts", totals.counts);
  if (!totals.failed.empty()) {
    check.evidence +=
        fmt::format("; {} could not be read: {}", totals.failed.size(), first_of(totals.failed));
    check.error =
        make_error(recover::errors::verify_failed, "reading the recovered tables", first_of(totals.failed));
  }
  checks.push_back(std::move(check));
  if (!totals.lacking.empty()) {
    checks.push_back(make_check("tables_of_extensions", "tables that need a missing library",
                                Verdict::not_checked, first_of(totals.lacking)));
  }
  const auto unpopulated = gathered(findings, &DatabaseSurvey::unpopulated);
  if (!unpopulated.empty()) {
    checks.push_back(make_check("unpopulated_views", "materialised views without contents", Verdict::warning,
                                first_of(unpopulated) + " (REFRESH MATERIALIZED VIEW fills them)"));
  }
  checks.push_back(findings.level == "full"
                       ? make_check("values", "every value of variable length read", Verdict::passed,
                                    fmt::format("{} bytes of text", totals.value_bytes))
                       : make_check("values", "every value of variable length read", Verdict::not_checked,
                                    "level full reads values stored out of line (TOAST)"));
}

/// Rows that an index has and its table has not, or the reverse: a cut table shows nowhere else.
Check index_counts_check(const ClusterFindings& findings) {
  Check check = make_check("index_counts", "tables have as many rows as their indexes", Verdict::not_checked,
                           findings.is_freshly_loaded ? "its tables were just loaded and counted"
                                                      : "level full counts by an index too");
  if (findings.level != "full" || findings.is_freshly_loaded) return check;
  std::int64_t compared = 0;
  std::vector<std::string> different;
  for (const TableReading& reading : findings.readings) {
    if (reading.failure || !reading.index_rows) continue;
    ++compared;
    if (*reading.index_rows == reading.rows) continue;
    different.push_back(fmt::format("{}.{}: {} rows in the table, {} in its index", reading.table.database,
                                    display_name(reading.table), reading.rows, *reading.index_rows));
  }
  check.verdict = different.empty() ? Verdict::passed : Verdict::failed;
  check.evidence = fmt::format("{} tables compared with an index that holds all rows", compared);
  set_fact(check.facts, "tables", compared);
  if (different.empty()) return check;
  check.evidence += "; " + first_of(different);
  check.error = make_error(recover::errors::verify_failed, "counting the recovered tables by their indexes",
                           first_of(different));
  return check;
}

Check structure_check(const ClusterFindings& findings) {
  Check check =
      make_check("amcheck", "indexes and tables agree (amcheck)", Verdict::not_checked,
                 findings.is_freshly_loaded ? "its indexes were just built" : "level full runs amcheck");
  if (findings.level != "full" || findings.is_freshly_loaded) return check;
  StructureFindings sum;
  std::vector<std::string> unavailable;
  for (const auto& [database, found] : findings.structures) {
    sum.indexes += found.indexes;
    sum.plain_indexes += found.plain_indexes;
    sum.skipped_indexes += found.skipped_indexes;
    sum.tables += found.tables;
    sum.corruptions.insert(sum.corruptions.end(), found.corruptions.begin(), found.corruptions.end());
    if (!found.unavailable.empty()) unavailable.push_back(database + ": " + found.unavailable);
  }
  const bool any = unavailable.size() < findings.structures.size();
  check.evidence =
      any ? fmt::format("{} indexes compared with their tables, {} tables", sum.indexes, sum.tables) : "";
  if (sum.plain_indexes > 0) {
    check.evidence += fmt::format("; {} indexes checked alone (expressions are not run)", sum.plain_indexes);
  }
  if (sum.skipped_indexes > 0) {
    check.evidence +=
        fmt::format("; {} indexes with foreign operator classes not checked", sum.skipped_indexes);
  }
  if (!unavailable.empty()) check.evidence += (any ? "; not checked: " : "") + first_of(unavailable);
  if (any) check.verdict = sum.corruptions.empty() ? Verdict::passed : Verdict::failed;
  if (!sum.corruptions.empty()) {
    check.evidence += "; found: " + first_of(sum.corruptions);
    check.error = make_error(recover::errors::verify_failed, "amcheck of the recovered data",
                             first_of(sum.corruptions));
  }
  return check;
}

/// A check that warns when the list is not empty.
Check warning_check(std::string id, std::string title, const std::vector<std::string>& items,
                    std::string good, const std::string& advice) {
  if (items.empty()) return make_check(std::move(id), std::move(title), Verdict::passed, std::move(good));
  Check check = make_check(std::move(id), std::move(title), Verdict::warning, first_of(items) + advice);
  set_fact(check.facts, "items", items);
  return check;
}

Check sequences_check(const ClusterFindings& findings) {
  std::uint64_t count = 0;
  for (const DatabaseSurvey& database : findings.databases) count += database.sequences;
  const auto bad = gathered(findings, &DatabaseSurvey::bad_sequences);
  Check check = make_check("sequences", "every sequence is readable and within its limits",
                           bad.empty() ? Verdict::passed : Verdict::failed,
                           fmt::format("{} sequences", count) + (bad.empty() ? "" : "; " + first_of(bad)));
  set_fact(check.facts, "sequences", static_cast<std::int64_t>(count));
  return check;
}

}  // namespace

std::vector<Check> report_findings(const ClusterFindings& findings) {
  std::vector<Check> checks{databases_check(findings)};
  add_table_checks(checks, findings);
  checks.push_back(sequences_check(findings));
  checks.push_back(index_counts_check(findings));
  checks.push_back(structure_check(findings));
  checks.push_back(warning_check("invalid_indexes", "no index is invalid",
                                 gathered(findings, &DatabaseSurvey::invalid_indexes), "none is invalid",
                                 " (as in the source; REINDEX repairs them)"));
  auto collations = gathered(findings, &DatabaseSurvey::changed_collations);
  collations.insert(collations.end(), findings.changed_collations.begin(), findings.changed_collations.end());
  checks.push_back(warning_check("collation_versions", "text sorts here as it did there", collations,
                                 "all recorded versions are the same here",
                                 " (REINDEX the text indexes, then ALTER ... REFRESH COLLATION VERSION)"));
  checks.push_back(warning_check("extension_libraries", "libraries of all extensions are installed",
                                 gathered(findings, &DatabaseSurvey::missing_libraries), "all are there",
                                 " (install the extension's package for this server)"));
  const auto unlogged = gathered(findings, &DatabaseSurvey::unlogged);
  if (!unlogged.empty()) {
    checks.push_back(
        make_check("unlogged_tables", "unlogged tables", Verdict::warning,
                   first_of(unlogged) + " (the server empties them after a crash or a base backup)"));
  }
  if (!findings.prepared_transactions.empty()) {
    checks.push_back(make_check("prepared_transactions", "prepared transactions", Verdict::warning,
                                first_of(findings.prepared_transactions) +
                                    " wait for COMMIT PREPARED or ROLLBACK PREPARED and hold locks"));
  }
  return checks;
}

}  // namespace recover::postgresql
