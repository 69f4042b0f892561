// The output of sqlite3's .dump: statements between BEGIN and COMMIT. It names no version. A dump of a
// damaged database ends in ROLLBACK, by which sqlite3 says that rows are missing.
#include "recover/text_dump.hpp"
#include "sqlite/probe.hpp"

namespace recover::sqlite {

namespace {

constexpr std::size_t head_size = 64U << 10U;

Health judge_end(const std::string& last) {
  if (last == "COMMIT;") return {HealthState::ok, "complete", {}};
  if (last.starts_with("ROLLBACK;")) {
    return {HealthState::damaged,
            "made from a damaged database",
            {"The last line is ROLLBACK: sqlite3 met errors and rows are missing."}};
  }
  return {HealthState::incomplete, "cut short", {"The last line is not COMMIT: the end is missing."}};
}

}  // namespace

Result<Finding> probe_dump(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, head_size));
  if (!head.starts_with("PRAGMA foreign_keys=OFF;")) return not_recognised(candidate, "other first line");
  Finding finding = finding_of(candidate);
  finding.product = "SQLite";
  finding.confidence = Confidence::certain;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  std::vector<std::string> tables;
  each_line(head, [&tables](std::string_view line) {
    if (line.starts_with("CREATE TABLE "))
      tables.emplace_back(line.substr(13, line.find_first_of(" (", 13) - 13));
    return tables.size() < 100;
  });
  set_fact(finding.facts, "first_tables", tables);
  finding.evidence.push_back("first lines are those of sqlite3 .dump");
  if (!candidate.encoding.empty()) {
    finding.health = {HealthState::unknown, "compressed, end not read", {}};
  } else {
    finding.health = judge_end(RECOVER_TRY(last_line(tree, candidate.path)));
  }
  return finding;
}

}  // namespace recover::sqlite
