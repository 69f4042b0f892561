// The fingerprint that binds a plan to its source: names, sizes and times of every file that its steps
// will read, as the copier itself would list them. Contents are not read; the copy hashes those. Must be
// the same when it is taken twice from an unchanged source.
#include "core/run/preflight.hpp"
#include "core/scan/scanner.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/strategy/content_hash.hpp"
#include "core/strategy/copy_listing.hpp"
#include "core/sys/source_files.hpp"
#include "core/sys/standard_input.hpp"
#include "recover/errors.hpp"

#include <algorithm>

namespace recover::run {

namespace {

std::string line_of(const std::string& name, std::uint64_t size, std::int64_t modified) {
  return name + '\0' + std::to_string(size) + ' ' + std::to_string(modified) + '\n';
}

Result<void> add_file(const std::string& root, const std::string& name, std::vector<std::string>& lines) {
  const auto opened = RECOVER_TRY(sys::open_source_root(root));
  struct ::stat status {};
  RECOVER_TRY(sys::open_source_file(opened.get(), name, &status));
  const sys::Identity identity = sys::identity_of(status);
  lines.push_back(line_of(root + '\0' + name, identity.size, identity.modified_ns));
  return {};
}

Result<void> add_tree(const CopyTree& copy, const CancellationToken& cancel,
                      std::vector<std::string>& lines) {
  const auto root = RECOVER_TRY(sys::open_source_root(copy.source_root));
  const auto directory = RECOVER_TRY(sys::open_source_directory(root.get(), copy.from));
  const auto listing = RECOVER_TRY(strategy::list_copy(directory.get(), copy, cancel));
  const std::string prefix = copy.source_root + '\0' + copy.from + '\0';
  for (const auto* files : {&listing.files, &listing.last}) {
    for (const auto& file : *files) lines.push_back(line_of(prefix + file.from, file.size, file.modified_ns));
  }
  return {};
}

/// What an engine reads itself. A member of an archive stands for the archive.
Result<void> add_reads(const std::vector<std::string>& reads, const std::string& source,
                       const CancellationToken& cancel, std::vector<std::string>& lines) {
  if (reads.empty()) return {};
  if (source == scan::standard_input) {
    lines.push_back("standard input " + sys::StandardInput::of_process().token());
    return {};
  }
  const auto tree = RECOVER_TRY(scan::open_tree(source));
  const std::string root = tree->describe("");
  for (const std::string& path : reads) {
    const std::string stored = scan::stored_path(*tree, path);
    if (tree->has_directory(stored)) {
      CopyTree all;
      all.source_root = root;
      all.from = stored;
      RECOVER_TRY(add_tree(all, cancel, lines));
    } else {
      RECOVER_TRY(add_file(root, stored, lines));
    }
  }
  return {};
}

}  // namespace

Result<std::string> fingerprint(const std::vector<Plan>& plans, const std::string& source,
                                const CancellationToken& cancel) {
  std::vector<std::string> lines;
  for (const Plan& plan : plans) {
    for (const Step& step : plan.steps) {
      if (const auto* copy = std::get_if<CopyTree>(&step.action)) {
        RECOVER_TRY(add_tree(*copy, cancel, lines));
      } else if (const auto* place = std::get_if<PlaceFiles>(&step.action)) {
        for (const auto& [from, to] : place->files) RECOVER_TRY(add_file(place->source_root, from, lines));
      } else if (const auto* unpack = std::get_if<UnpackArchive>(&step.action)) {
        RECOVER_TRY(add_file(unpack->source_root, unpack->archive, lines));
      } else if (const auto* call = std::get_if<EngineCall>(&step.action)) {
        RECOVER_TRY(add_reads(call->reads, source, cancel, lines));
      }
    }
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return strategy::hash_text(all);
}

Result<void> check_source(const RunPlan& plan, const CancellationToken& cancel) {
  auto now = fingerprint(plan.plans, plan.source, cancel);
  // A disk that cannot be read is no changed source: repeating may help, another plan does not.
  const bool tells_itself =
      !now && (now.error().id == errors::run_cancelled.id || now.error().id == errors::source_read_error.id);
  if (tells_itself) return std::move(now).error();
  if (now && *now == plan.source_fingerprint) return {};
  if (now && plan.source == scan::standard_input)
    return make_error(errors::plan_source_changed, "cannot carry out the plan for standard input",
                      "it came to another process, and can be read only once")
        .advise("Start again with the dump, or store it in a file and name that: a file can be resumed.");
  return make_error(
      errors::plan_source_changed, "cannot carry out the plan for " + plan.source,
      now ? "names, sizes or times of its files differ" : now.error().what + ": " + now.error().cause);
}

}  // namespace recover::run
