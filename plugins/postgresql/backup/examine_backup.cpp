// What pg_verifybackup does, for tar archives as well as for directories, compressed or not, of any version
// that writes a manifest (13 and newer), and without the tools of that version. Like there, settings and
// signal files are not compared and the write-ahead log is judged elsewhere, by its own records.
#include "postgresql/backup/examine_backup.hpp"

#include "postgresql/backup/file_list.hpp"
#include "postgresql/backup/listed_inspector.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

namespace recover::postgresql::backup {

namespace {

constexpr std::size_t read_size = std::size_t{1} << 20;
constexpr std::size_t shown_flaws = 5;
constexpr std::size_t largest_manifest = std::size_t{2} << 30;

class Examiner {
 public:
  Examiner(const FileList& list, StepContext& context)
      : list_(list), context_(context), tree_(*context.source), comparison_(list) {}

  Result<void> read_archive(const std::string& archive, const std::string& below) {
    return tree_.each_member(archive, [&](const std::string& member, ByteSource& content) {
      return read_file(join_path(below, member), content);
    });
  }

  Result<void> read_directory(const std::string& directory, const std::string& below) {
    for (const Entry& entry : RECOVER_TRY(tree_.list(directory))) {
      const std::string path = join_path(directory, entry.name);
      const std::string inside = join_path(below, entry.name);
      if (entry.type == EntryType::directory) RECOVER_TRY(read_directory(path, inside));
      if (entry.type != EntryType::file || !list_.contains(inside)) continue;
      RECOVER_TRY(context_.cancel.check());
      comparison_.begin(inside);
      const EntryInfo info = RECOVER_TRY(tree_.info(path));
      for (std::uint64_t offset = 0; offset < info.size.count;) {
        const std::string bytes = RECOVER_TRY(tree_.read(path, offset, read_size));
        if (bytes.empty()) break;
        comparison_.add(bytes);
        offset += bytes.size();
        context_.progress.advance(Bytes{bytes.size()});
      }
      end_file(inside);
    }
    return {};
  }

  [[nodiscard]] Check check() const {
    Check check{"backup_manifest", "every file as the server sent it", Verdict::passed, {}, {}, {}};
    std::vector<std::string> flaws = flaws_;
    for (const auto& [path, file] : list_) {
      if (carries_data(path) && !seen_.contains(path)) flaws.push_back(path + " is missing");
    }
    set_fact(check.facts, "files", static_cast<std::int64_t>(seen_.size()));
    check.evidence = fmt::format("{} of {} files compared", seen_.size(), list_.size());
    if (flaws.empty()) return check;
    check.verdict = Verdict::failed;
    set_fact(check.facts, "flaws", flaws);
    check.evidence += fmt::format(", {} wrong: ", flaws.size());
    for (std::size_t at = 0; at < std::min(flaws.size(), shown_flaws); ++at)
      check.evidence += (at == 0 ? "" : "; ") + flaws[at];
    check.error = make_error(errors::manifest_mismatch, flaws.front());
    return check;
  }

 private:
  Result<void> read_file(const std::string& path, ByteSource& content) {
    if (!list_.contains(path)) return {};
    RECOVER_TRY(context_.cancel.check());
    context_.progress.detail(path);
    comparison_.begin(path);
    while (const std::size_t got = RECOVER_TRY(content.read(buffer_.data(), buffer_.size()))) {
      comparison_.add({buffer_.data(), got});
      context_.progress.advance(Bytes{got});
    }
    end_file(path);
    return {};
  }

  void end_file(const std::string& path) {
    seen_.insert(path);
    if (auto compared = comparison_.end(); !compared) flaws_.push_back(path + ": " + compared.error().cause);
  }

  const FileList& list_;
  StepContext& context_;
  Tree& tree_;
  Comparison comparison_;
  std::set<std::string> seen_;
  std::vector<std::string> flaws_;
  std::string buffer_ = std::string(read_size, '\0');
};

bool is_outside(const Error& error) {
  return error.id == recover::errors::run_cancelled.id || error.id == recover::errors::source_changed.id ||
         error.id == recover::errors::source_read_error.id;
}

Check failed(Error error) {
  Check check{"backup_manifest",
              "every file as the server sent it",
              Verdict::failed,
              error.what + ": " + error.cause,
              {},
              {}};
  check.error = std::move(error);
  return check;
}

}  // namespace

Result<Check> examine_backup(const Finding& finding, const std::string& manifest, StepContext& context) {
  Tree& tree = *context.source;
  const std::string text = RECOVER_TRY(tree.read(manifest, 0, largest_manifest));
  const auto list = parse_file_list(text, manifest);
  if (!list) return failed(list.error());
  Examiner examiner(*list, context);
  const auto read_all = [&]() -> Result<void> {
    const std::string data = text_fact(finding.facts, fact::data_path);
    const bool is_tar = text_fact(finding.facts, fact::layout) == "tar";
    RECOVER_TRY(is_tar ? examiner.read_archive(data, "") : examiner.read_directory(data, ""));
    for (const std::string& space : list_fact(finding.facts, fact::tablespaces)) {
      const std::size_t equals = space.find('=');
      const std::string from = space.substr(equals + 1);
      const std::string below = "pg_tblspc/" + space.substr(0, equals);
      RECOVER_TRY(tree.has_file(from) ? examiner.read_archive(from, below)
                                      : examiner.read_directory(from, below));
    }
    return {};
  };
  auto read = read_all();
  if (read) return examiner.check();
  if (is_outside(read.error())) return std::move(read).error();
  return failed(std::move(read).error());
}

Result<void> check_completeness(const std::string& manifest, const std::string& root) {
  const FileList list = RECOVER_TRY(read_file_list(manifest));
  for (const auto& [path, file] : list) {
    if (!carries_data(path)) continue;
    std::error_code missing;
    const std::uint64_t size = std::filesystem::file_size(root + "/" + path, missing);
    if (!missing && size == file.size) continue;
    return make_error(errors::manifest_mismatch, path,
                      missing ? "the backup does not hold it"
                              : fmt::format("it has {} bytes, not {}", size, file.size))
        .with("path", path);
  }
  return {};
}

}  // namespace recover::postgresql::backup
