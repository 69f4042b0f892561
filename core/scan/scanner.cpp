// One scan: a directory is walked, a single file is looked at and into; then the findings are arranged.
//
// Everything that can go wrong below the source is part of the outcome; only a source that cannot be
// looked at at all is an error. The limit of open files is raised while the pass runs, because many
// threads deep in a tree keep many directories open.

#include "core/scan/scanner.hpp"

#include "core/scan/group.hpp"
#include "core/scan/pass.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/scan/walker.hpp"
#include "core/sys/source_files.hpp"
#include "recover/errors.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <set>
#include <system_error>

namespace recover::scan {
namespace {

constexpr int archives_at_once = 2;

/// Raises the soft limit of open files to the hard one, and puts it back.
class OpenFiles {
 public:
  OpenFiles() {
    if (::getrlimit(RLIMIT_NOFILE, &before_) != 0) return;
    ::rlimit raised = before_;
    raised.rlim_cur = raised.rlim_max;
    is_raised_ = ::setrlimit(RLIMIT_NOFILE, &raised) == 0;
  }
  ~OpenFiles() {
    if (is_raised_) ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;

 private:
  ::rlimit before_{};
  bool is_raised_ = false;
};

/// Where the source's entries lie, and the one name that counts when it is a file.
struct Source {
  std::string directory;
  std::string only;
};

Result<Source> source_of(const std::string& path) {
  struct ::stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return make_system_error(errors::source_not_found, "source " + path, errno);
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.ends_with('/')) trimmed.pop_back();
  if (S_ISDIR(status.st_mode)) return Source{trimmed, {}};
  const std::size_t slash = trimmed.rfind('/');
  return Source{trimmed.substr(0, std::max<std::size_t>(slash, 1)), trimmed.substr(slash + 1)};
}

/// A link that the operator names as the source stands for the file it leads to.
std::string without_link(const std::string& path) {
  struct ::stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return path;
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return path;
  std::array<char, PATH_MAX> real{};
  return ::realpath(path.c_str(), real.data()) == nullptr ? path : std::string(real.data());
}

void look_at_single_file(const Pass& pass, int directory, const std::string& name) {
  pass.collection.count_entries(1);
  HeadReader reader;
  const std::string root;
  const Whereabouts place{directory, root};
  if (look_at_file(pass, reader, place, name, Look::insist)) look_inside(pass, place, name);
}

/// Standard input: its beginning is all that can be looked at.
Result<Outcome> scan_stream(const Options& options, plugin::Catalog& catalog, Progress& progress,
                            const CancellationToken& cancel) {
  const auto tree = open_stream_tree(cancel);
  const std::string beginning = RECOVER_TRY(tree->read(stream_name, 0, stream_head));
  const Matcher matcher(catalog.manifests());
  Collection collection;
  Examiner examiner(catalog, collection);
  std::counting_semaphore<> archives(archives_at_once);
  const Pass pass{options, matcher, examiner, collection, *tree, progress, cancel, archives};
  look_at_stream(pass, beginning);
  Outcome outcome = collection.take();
  outcome.survey.root = standard_input;
  outcome.survey.findings =
      arrange(std::move(outcome.survey.findings), catalog.manifests(), {options.group_small_files});
  return outcome;
}

/// Asks each engine once for what only all findings together show.
void complete(Outcome& outcome, plugin::Catalog& catalog, Tree& tree) {
  std::set<std::string> engines;
  for (const Finding& finding : outcome.survey.findings) engines.insert(finding.engine);
  for (const std::string& name : engines) {
    const auto engine = catalog.engine(name);
    if (!engine) continue;  // its findings say so
    auto completed = (*engine)->complete(outcome.survey, tree);
    if (!completed) outcome.errors.push_back(std::move(completed).error());
  }
}

}  // namespace

Result<Outcome> scan(const Options& options, plugin::Catalog& catalog, Progress& progress,
                     const CancellationToken& cancel) {
  if (options.source == standard_input) return scan_stream(options, catalog, progress, cancel);
  const auto begin = std::chrono::steady_clock::now();
  const std::string place = without_link(options.source);
  const auto tree = RECOVER_TRY(open_tree(place));
  const auto source = RECOVER_TRY(source_of(place));
  const auto root = RECOVER_TRY(sys::open_source_root(source.directory));
  // A root that may not be listed is a failure, not an empty tree.
  if (source.only.empty()) RECOVER_TRY(sys::open_source_directory(root.get(), {}));

  const OpenFiles open_files;
  const Matcher matcher(catalog.manifests());
  Collection collection;
  Examiner examiner(catalog, collection);
  std::counting_semaphore<> archives(archives_at_once);
  const Pass pass{options, matcher, examiner, collection, *tree, progress, cancel, archives};
  progress.begin(options.source, "scan", {});
  if (source.only.empty()) {
    walk(pass, root.get(), source.directory);
  } else {
    look_at_single_file(pass, root.get(), source.only);
  }
  progress.end();

  Outcome outcome = collection.take();
  outcome.survey.root = source.directory;
  outcome.survey.findings =
      arrange(std::move(outcome.survey.findings), catalog.manifests(), {options.group_small_files});
  outcome.stopped_early = cancel.is_cancelled();
  if (!outcome.stopped_early) complete(outcome, catalog, *tree);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return outcome;
}

}  // namespace recover::scan
