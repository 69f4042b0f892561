// Every file of relations, read in the order of the directories and given to the inspector that a copy uses.
// Without a server this is all that can be held against something: a page carries its own checksum. A page
// that a crash tore is repaired by the log, so a bad page of a cluster that was not shut down cleanly only
// warns; whether the log heals it shows a restore.
#include "postgresql/examine.hpp"

#include "postgresql/backup/examine_backup.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/live_server.hpp"
#include "postgresql/page_checksum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace recover::postgresql {

namespace {

constexpr std::size_t read_size = std::size_t{1} << 20;
constexpr std::size_t shown_flaws = 5;

class PageReading {
 public:
  PageReading(const Finding& finding, StepContext& context)
      : context_(context), tree_(*context.source), inspector_(make_page_inspector(finding.facts)) {}

  /// Every relation file below `directory`; `name` is what it is called inside of the cluster.
  Result<void> read_directory(const std::string& directory, const std::string& name) {
    auto entries = RECOVER_TRY(tree_.list(directory));
    std::sort(entries.begin(), entries.end(),
              [](const Entry& left, const Entry& right) { return left.name < right.name; });
    for (const Entry& entry : entries) {
      RECOVER_TRY(context_.cancel.check());
      const std::string path = join_path(directory, entry.name);
      const std::string inside = join_path(name, entry.name);
      if (entry.type == EntryType::directory) RECOVER_TRY(read_directory(path, inside));
      if (entry.type == EntryType::file && parse_relation_file(inside)) RECOVER_TRY(read_file(path, inside));
    }
    return {};
  }

  [[nodiscard]] Check check(HealthState state) const {
    Check check{"page_checksums", "checksums of all pages", Verdict::passed, {}, {}, {}};
    const Facts totals = inspector_->totals();
    const std::int64_t pages = number_fact(totals, "pages");
    set_fact(check.facts, "pages", pages);
    set_fact(check.facts, "files", files_);
    set_fact(check.facts, "bad_pages", static_cast<std::int64_t>(flaws_.size()));
    check.evidence = fmt::format("{} pages in {} files, {}", pages, files_,
                                 flaws_.empty() ? "none bad" : fmt::format("{} bad: ", flaws_.size()));
    for (std::size_t i = 0; i < std::min(flaws_.size(), shown_flaws); ++i)
      check.evidence += (i == 0 ? "" : "; ") + flaws_[i];
    if (flaws_.empty()) return check;
    const bool may_heal = state == HealthState::needs_recovery;
    check.verdict = may_heal ? Verdict::warning : Verdict::failed;
    if (may_heal) check.evidence += "; the log may hold these pages whole, which a restore test shows";
    return check;
  }

 private:
  Result<void> read_file(const std::string& path, const std::string& inside) {
    const EntryInfo info = RECOVER_TRY(tree_.info(path));
    inspector_->begin(inside, info.size);
    for (std::uint64_t offset = 0; offset < info.size.count;) {
      RECOVER_TRY(context_.cancel.check());
      const std::string bytes = RECOVER_TRY(tree_.read(path, offset, read_size));
      if (bytes.empty()) break;
      inspector_->chunk(std::as_bytes(std::span(bytes)));
      offset += bytes.size();
      context_.progress.advance(Bytes{bytes.size()});
    }
    ++files_;
    for (std::string& flaw : RECOVER_TRY(inspector_->end())) flaws_.push_back(std::move(flaw));
    return {};
  }

  StepContext& context_;
  Tree& tree_;
  std::unique_ptr<Inspector> inspector_;
  std::int64_t files_ = 0;
  std::vector<std::string> flaws_;
};

}  // namespace

Result<Check> read_stored(const std::string& path, StepContext& context) {
  Check check{"archive", "read to its last byte", Verdict::passed, {}, {}, {}};
  auto content = context.source->open_content(path);
  std::string buffer(read_size, '\0');
  std::uint64_t total = 0;
  std::uint64_t consumed = 0;
  while (content) {
    RECOVER_TRY(context.cancel.check());
    const auto got = (*content)->read(buffer.data(), buffer.size());
    if (!got) content = got.error();
    if (!got || *got == 0) break;
    total += *got;
    context.progress.advance(Bytes{(*content)->stored_consumed() - consumed});
    consumed = (*content)->stored_consumed();
  }
  check.evidence = fmt::format("{} bytes decoded; what is in it was not checked", total);
  set_fact(check.facts, "bytes", static_cast<std::int64_t>(total));
  if (content) return check;
  check.verdict = Verdict::failed;
  check.evidence = content.error().what + ": " + content.error().cause;
  check.error = std::move(content).error();
  return check;
}

Result<Examination> examine_cluster(const Finding& finding, StepContext& context) {
  Examination examination;
  const bool is_tar = text_fact(finding.facts, fact::layout) == "tar";
  if (const std::string manifest = text_fact(finding.facts, fact::manifest); !manifest.empty()) {
    examination.checks.push_back(RECOVER_TRY(backup::examine_backup(finding, manifest, context)));
    if (is_tar) return examination;  // read to its last byte
  }
  if (is_tar) {
    examination.checks.push_back(
        RECOVER_TRY(read_stored(text_fact(finding.facts, fact::data_path), context)));
    return examination;
  }
  const std::string data = text_fact(finding.facts, fact::data_path);
  const bool has_checksums = flag_fact(finding.facts, fact::checksums);
  if (!has_checksums || server_running_on(context.source->describe(data))) {
    examination.checks.push_back({"page_checksums",
                                  "checksums of all pages",
                                  Verdict::not_checked,
                                  has_checksums ? "a server writes them at this moment"
                                                : "the cluster was made without page checksums",
                                  {},
                                  {}});
    return examination;
  }
  PageReading reading(finding, context);
  for (const char* part : {"base", "global"})
    RECOVER_TRY(reading.read_directory(join_path(data, part), part));
  for (const std::string& space : list_fact(finding.facts, fact::tablespaces)) {
    const std::size_t equals = space.find('=');
    RECOVER_TRY(reading.read_directory(space.substr(equals + 1), "pg_tblspc/" + space.substr(0, equals)));
  }
  examination.checks.push_back(reading.check(finding.health.state));
  return examination;
}

}  // namespace recover::postgresql
