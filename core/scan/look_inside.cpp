// Examining what an archive's index holds: the same questions as for a real directory, asked of names
// and heads that are in memory. What an engine claims is not searched further, not even where it holds
// archives of its own (base.tar inside a base backup). Findings of an archive that ends early or is
// damaged stay, marked as such.

#include "core/scan/archive_index.hpp"
#include "core/scan/head.hpp"
#include "core/scan/pass.hpp"
#include "core/sys/source_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace recover::scan {
namespace {

/// One archive's examination.
class Inside {
 public:
  Inside(const Pass& pass, const ArchiveIndex& index) : pass_(pass), index_(index) {}

  void examine();

 private:
  void examine_directory(const std::string& directory);
  void examine_file(const std::string& path, const std::string& name);
  void examine_nested();
  void report_problems();
  /// True when an engine claimed this directory.
  bool claimed(const std::string& directory, const std::vector<Entry>& entries);
  [[nodiscard]] bool belongs_to_a_finding(const std::string& path) const;

  const Pass& pass_;
  const ArchiveIndex& index_;
  std::vector<Found*> found_;
  std::vector<std::string> taken_;  ///< members and directories that engines recognised
};

bool Inside::claimed(const std::string& directory, const std::vector<Entry>& entries) {
  Matcher::Numbers seen;
  for (const auto& entry : entries) pass_.matcher.note_name(entry.name, entry.type, seen);
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  const auto lookup = [&](const std::string& relative) {
    const KeptMember* member = index_.tree->find(join_path(directory, relative));
    return member == nullptr ? EntryType::other : member->info.type;
  };
  const auto hits = pass_.matcher.match_directory(seen, lookup);
  if (hits.empty()) return false;
  bool is_claimed = false;
  const Size size = index_.tree->size_below(directory);
  for (Found* found : pass_.examiner.examine({*index_.tree, directory, index_.path}, hits, size)) {
    is_claimed = is_claimed || found->claims_tree;
    found_.push_back(found);
  }
  if (is_claimed) taken_.push_back(directory);
  return is_claimed;
}

void Inside::examine_file(const std::string& path, const std::string& name) {
  const KeptMember* member = index_.tree->find(path);
  if (member == nullptr || !member->is_looked_at) return;
  const auto numbers = numbers_of(pass_.matcher, name);
  const Size size{member->info.size, {}, 1};
  const Place place{*index_.tree, path, index_.path};
  const auto ask = [&](std::string_view head, const std::string& encoding) {
    const auto hits = pass_.matcher.match_file(numbers, head, size.logical.count, !encoding.empty());
    const auto found = pass_.examiner.examine(place, hits, size, encoding);
    found_.insert(found_.end(), found.begin(), found.end());
    if (!found.empty()) taken_.push_back(path);
    return !found.empty();
  };
  if (ask(member->head, {})) return;
  const auto compression = sys::compression_of(member->head);
  if (!compression.empty()) ask(decode_head(member->head, long_head), compression);
}

void Inside::examine_directory(const std::string& directory) {
  const auto& entries = index_.tree->entries(directory);
  if (claimed(directory, entries)) return;
  for (const auto& entry : entries) {
    if (pass_.cancel.is_cancelled()) return;
    const std::string path = join_path(directory, entry.name);
    if (entry.type == EntryType::file) examine_file(path, entry.name);
    if (entry.type == EntryType::directory) examine_directory(path);
  }
}

bool Inside::belongs_to_a_finding(const std::string& path) const {
  return std::any_of(taken_.begin(), taken_.end(), [&](const std::string& taken) {
    return taken.empty() || path == taken || path.starts_with(taken + "/");
  });
}

void Inside::examine_nested() {
  for (const auto& [path, nested] : index_.nested) {
    if (!belongs_to_a_finding(path)) Inside(pass_, nested).examine();
  }
}

void mark_damaged(Finding& finding, const Error& problem) {
  const bool is_cut = problem.id == errors::archive_truncated.id;
  finding.health.state = is_cut ? HealthState::incomplete : HealthState::damaged;
  finding.health.summary = is_cut ? "its archive ends too early" : "its archive is damaged";
  finding.health.notes.push_back(problem.what + (problem.cause.empty() ? "" : ": " + problem.cause) + ".");
}

void Inside::report_problems() {
  if (!index_.unsafe.empty()) {
    pass_.collection.add_error(make_error(errors::archive_unsafe_entry, pass_.tree.describe(index_.path),
                                          fmt::format("{}", fmt::join(index_.unsafe, "; ")))
                                   .with("path", index_.path)
                                   .with("members", index_.unsafe));
  }
  if (index_.passed_over > 0) {
    pass_.collection.add_warning(
        fmt::format("{}: {} members that may be databases or parts of them were not looked at (limit "
                    "archive_memory, {}): "
                    "unpack it and scan the result",
                    text::printable(index_.path), index_.passed_over,
                    text::bytes({pass_.options.limits.archive_memory})));
  }
  if (!index_.problem || index_.problem->id == errors::run_cancelled.id) return;
  for (Found* found : found_) mark_damaged(found->finding, *index_.problem);
  pass_.collection.add_error(Error(*index_.problem).with("path", index_.path));
}

void Inside::examine() {
  pass_.collection.count_entries(index_.tree->member_count());
  examine_directory({});
  examine_nested();
  report_problems();
}

}  // namespace

void look_inside(const Pass& pass, const Whereabouts& directory, const std::string& name) {
  const std::string shown = join_path(directory.path, name);
  const auto file = sys::open_source_file(directory.descriptor, name, nullptr);
  if (!file) {
    pass.collection.add_error(file.error());
    return;
  }
  pass.progress.detail(text::printable(shown));
  pass.archives.acquire();
  const auto source = sys::file_source(file->get());
  const ArchiveIndex index = index_archive(pass, *source, shown, 0);
  Inside(pass, index).examine();
  pass.archives.release();
}

}  // namespace recover::scan
