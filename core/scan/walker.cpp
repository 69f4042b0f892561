// The parallel pass over a directory tree: each directory is opened relative to its parent, listed once,
// judged by its names, and only then are files looked at (PERFORMANCE §1: the pass is bounded by system
// calls, so the art is not to make them).
//
// A directory that an engine claims is not searched further, only measured. A directory that was seen
// before under another name (bind mounts) is not entered again; nesting has a limit. Links are not
// followed on the way; where following was asked for, they are collected and come last (links.hpp), so
// that everything is shown under its real name first. Nothing is passed over in silence: what cannot be
// read is counted with the reason.

#include "core/scan/walker.hpp"

#include "core/scan/boundaries.hpp"
#include "core/scan/head.hpp"
#include "core/scan/links.hpp"
#include "core/scan/listing.hpp"
#include "core/scan/path_filter.hpp"
#include "core/scan/work_stacks.hpp"
#include "core/sys/descriptor.hpp"
#include "core/sys/source_files.hpp"
#include "core/text/format.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace recover::scan {
namespace {

/// A directory that is open as long as something of it is still to be done.
struct OpenDirectory {
  sys::Descriptor descriptor;
  std::string path;
  unsigned depth = 0;
  bool is_included = true;  ///< false: only the way to what --include names
};

struct Task {
  enum class Kind { search, measure, file, archive };
  Kind kind = Kind::search;
  std::shared_ptr<const OpenDirectory> parent;  ///< null: the root, or what a link leads to
  std::string name;                             ///< below `parent`; a path where that is null
  Found* found = nullptr;                       ///< measure: whose size
  bool is_included = false;                     ///< whatever its name
};

struct Child {
  std::string name;
  std::uint64_t inode = 0;
  bool is_included = true;
};

/// What one listing leaves to do.
struct Listed {
  Matcher::Numbers seen;  ///< each pattern once
  std::vector<Child> directories;
  std::vector<std::string> files;  ///< those worth a look
};

/// The buffers of one thread.
struct Worker {
  std::size_t number = 0;
  Lister lister;
  HeadReader reader;
  Matcher::Numbers of_name;
  std::vector<char> is_seen;  ///< by pattern
};

constexpr unsigned most_threads = 16;

class Walk {
 public:
  Walk(const Pass& pass, int root, const std::string& root_path)
      : pass_(pass),
        root_(root),
        boundaries_(root, pass.options.one_file_system),
        filter_(pass.options.exclude, pass.options.include),
        links_(root, root_path),
        stacks_(most_threads) {}

  void run();

 private:
  void work(std::size_t number);
  void carry_out(Worker& worker, Task& task);
  void search(Worker& worker, const std::shared_ptr<OpenDirectory>& directory);
  enum class Count { first, again };  ///< whether the entries were counted by a search already
  void measure(Worker& worker, const std::shared_ptr<OpenDirectory>& directory, Found& found, Count count);
  std::shared_ptr<OpenDirectory> open(const Task& task);
  Listed list(Worker& worker, const OpenDirectory& directory);
  void note(Worker& worker, const OpenDirectory& directory, const ListedEntry& entry, Listed& listed);
  /// Examines the directory as a whole; true when an engine claimed it.
  bool claimed(Worker& worker, const std::shared_ptr<OpenDirectory>& directory, const Listed& listed);
  void push_children(Worker& worker, const std::shared_ptr<OpenDirectory>& directory,
                     std::vector<Child> children, Task::Kind kind, Found* found);
  void look_at(Worker& worker, const std::shared_ptr<OpenDirectory>& directory, std::string name);
  /// A file that a link leads to, unless it was looked at under its own name.
  void look_through_link(Worker& worker, const Task& task);
  bool push_ends_of_links();
  void run_threads();
  void supervise(std::vector<std::jthread>& threads);

  const Pass& pass_;
  int root_;
  Boundaries boundaries_;
  PathFilter filter_;
  Links links_;
  WorkStacks<Task> stacks_;
};

std::shared_ptr<OpenDirectory> Walk::open(const Task& task) {
  auto opened = std::make_shared<OpenDirectory>();
  opened->is_included = task.is_included;
  opened->path = task.name;
  if (task.parent) {
    opened->path = join_path(task.parent->path, task.name);
    opened->depth = task.parent->depth + 1;
  } else if (!task.name.empty()) {
    opened->depth = static_cast<unsigned>(1 + std::count(task.name.begin(), task.name.end(), '/'));
  }
  const int parent = task.parent ? task.parent->descriptor.get() : root_;
  opened->descriptor = sys::open_listed_directory(parent, task.name);
  if (opened->descriptor) return opened;
  pass_.collection.add_unreadable(opened->path, errno);
  return nullptr;
}

void Walk::note(Worker& worker, const OpenDirectory& directory, const ListedEntry& entry, Listed& listed) {
  worker.of_name.clear();
  pass_.matcher.note_name(entry.name, entry.type, worker.of_name);
  for (const auto number : worker.of_name) {
    if (worker.is_seen[number] != 0) continue;
    worker.is_seen[number] = 1;
    listed.seen.push_back(number);
  }
  const bool is_file = entry.type == EntryType::file;
  const bool is_link = entry.type == EntryType::symlink && pass_.options.follow_links_inside;
  if (!is_file && !is_link && entry.type != EntryType::directory) return;
  if (is_file && interest_in(pass_.matcher, entry.name, worker.of_name) == Interest::none) return;
  if (filter_.excludes(directory.path, entry.name)) return;
  const bool is_included = directory.is_included || filter_.includes(directory.path, entry.name);
  if (entry.type == EntryType::directory) {
    listed.directories.push_back({std::string(entry.name), entry.inode, is_included});
  } else if (is_included) {
    if (is_file) listed.files.emplace_back(entry.name);
    if (is_link) links_.add(join_path(directory.path, std::string(entry.name)));
  }
}

Listed Walk::list(Worker& worker, const OpenDirectory& directory) {
  Listed listed;
  std::uint64_t entries = 0;
  const int problem = worker.lister.list(directory.descriptor.get(), [&](const ListedEntry& entry) {
    ++entries;
    note(worker, directory, entry, listed);
  });
  for (const auto number : listed.seen) worker.is_seen[number] = 0;
  if (problem != 0) pass_.collection.add_unreadable(directory.path, problem);
  pass_.collection.count_entries(entries);
  return listed;
}

bool Walk::claimed(Worker& worker, const std::shared_ptr<OpenDirectory>& directory, const Listed& listed) {
  const auto lookup = [&](const std::string& relative) {
    const auto info = pass_.tree.info(join_path(directory->path, relative));
    return info ? info->type : EntryType::other;
  };
  const auto hits = pass_.matcher.match_directory(listed.seen, lookup);
  if (hits.empty()) return false;
  bool is_claimed = false;
  for (Found* found : pass_.examiner.examine({pass_.tree, directory->path, {}}, hits, {})) {
    is_claimed = is_claimed || found->claims_tree;
    if (found->finding.size.files == 0) measure(worker, directory, *found, Count::again);
  }
  return is_claimed;
}

void Walk::search(Worker& worker, const std::shared_ptr<OpenDirectory>& directory) {
  Listed listed = list(worker, *directory);
  if (directory->is_included && claimed(worker, directory, listed)) return;
  push_children(worker, directory, std::move(listed.directories), Task::Kind::search, nullptr);
  for (auto& name : listed.files) {
    if (pass_.cancel.is_cancelled()) return;
    look_at(worker, directory, std::move(name));
  }
}

void Walk::look_at(Worker& worker, const std::shared_ptr<OpenDirectory>& directory, std::string name) {
  const Whereabouts place{directory->descriptor.get(), directory->path};
  if (look_at_file(pass_, worker.reader, place, name, Look::as_named)) {
    stacks_.push(worker.number, {Task::Kind::archive, directory, std::move(name)});
  }
}

void Walk::measure(Worker& worker, const std::shared_ptr<OpenDirectory>& directory, Found& found,
                   Count count) {
  const int descriptor = directory->descriptor.get();
  ::lseek(descriptor, 0, SEEK_SET);  // it may have been listed before
  std::vector<Child> children;
  Size size;
  std::uint64_t entries = 0;
  worker.lister.list(descriptor, [&](const ListedEntry& entry) {
    ++entries;
    struct ::stat status {};
    if (entry.type == EntryType::directory) children.push_back({std::string(entry.name), entry.inode, true});
    if (entry.type != EntryType::file) return;
    if (::fstatat(descriptor, entry.name.data(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    size += {{static_cast<std::uint64_t>(status.st_size)},
             {static_cast<std::uint64_t>(status.st_blocks) * 512},
             1};
  });
  found.logical.fetch_add(size.logical.count, std::memory_order_relaxed);
  found.allocated.fetch_add(size.allocated.count, std::memory_order_relaxed);
  found.files.fetch_add(size.files, std::memory_order_relaxed);
  if (count == Count::first) pass_.collection.count_entries(entries);
  push_children(worker, directory, std::move(children), Task::Kind::measure, &found);
}

void Walk::push_children(Worker& worker, const std::shared_ptr<OpenDirectory>& directory,
                         std::vector<Child> children, Task::Kind kind, Found* found) {
  if (children.empty()) return;
  const auto& limits = pass_.options.limits;
  if (directory->depth >= limits.max_depth) {
    pass_.collection.add_warning(
        fmt::format("{} is {} directories deep (limit max_depth): what lies below was not looked at",
                    text::printable(directory->path), directory->depth));
    return;
  }
  if (directory->path.size() > limits.max_path_bytes) {
    pass_.collection.add_warning(
        fmt::format("{}: the path is longer than {} bytes: what lies below was not looked at",
                    text::printable(directory->path.substr(0, 200)), limits.max_path_bytes));
    return;
  }
  // In inode order, which is the order on the disk; the stack returns the last one first.
  std::sort(children.begin(), children.end(),
            [](const Child& left, const Child& right) { return left.inode > right.inode; });
  for (auto& child : children) {
    stacks_.push(worker.number, {kind, directory, std::move(child.name), found, child.is_included});
  }
}

void Walk::carry_out(Worker& worker, Task& task) {
  if (task.kind == Task::Kind::archive) {
    look_inside(pass_, {task.parent->descriptor.get(), task.parent->path}, task.name);
    return;
  }
  if (task.kind == Task::Kind::file) {
    look_through_link(worker, task);
    return;
  }
  const auto directory = open(task);
  if (!directory) return;
  if (task.kind == Task::Kind::measure) {
    measure(worker, directory, *task.found, Count::first);
    return;
  }
  using Purpose = Boundaries::Purpose;
  const auto purpose = directory->is_included ? Purpose::look_at : Purpose::pass_through;
  const std::string obstacle = boundaries_.obstacle(directory->descriptor.get(), purpose);
  if (obstacle.empty()) {
    search(worker, directory);
  } else if (task.parent) {  // that a link leads to what was seen already is the rule
    pass_.collection.add_warning(text::printable(directory->path) + ": " + obstacle + "; not entered");
  }
}

void Walk::look_through_link(Worker& worker, const Task& task) {
  const auto slash = task.name.rfind('/');
  const bool is_at_top = slash == std::string::npos;
  const auto directory =
      open({Task::Kind::search, nullptr, is_at_top ? std::string{} : task.name.substr(0, slash)});
  if (!directory) return;
  const bool was_looked_at =
      boundaries_.was_looked_at(directory->descriptor.get()) && filter_.includes_path(task.name);
  if (!was_looked_at) look_at(worker, directory, task.name.substr(is_at_top ? 0 : slash + 1));
}

/// False when no link leads to anything new.
bool Walk::push_ends_of_links() {
  bool is_any = false;
  for (auto& end : links_.take_ends()) {
    // Parts of a database that was claimed as a whole are not searched for others.
    if (pass_.collection.is_claimed(end.path)) continue;
    const auto kind = end.is_directory ? Task::Kind::search : Task::Kind::file;
    stacks_.push(0, {kind, nullptr, std::move(end.path), nullptr, true});
    is_any = true;
  }
  return is_any;
}

void Walk::work(std::size_t number) {
  Worker worker;
  worker.number = number;
  worker.is_seen.resize(pass_.matcher.pattern_count());
  while (auto task = stacks_.next(number)) {
    carry_out(worker, *task);
    task.reset();  // may close the parent directory
    stacks_.finished();
  }
}

double processor_seconds() {
  ::timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Reports progress, obeys cancellation and limits, and adds threads as long as the processors are
/// idle: then the disk is what is waited for, and more requests at once help (PERFORMANCE §1, cold).
void Walk::supervise(std::vector<std::jthread>& threads) {
  constexpr auto interval = std::chrono::milliseconds(20);
  const double processors = std::max(1U, std::thread::hardware_concurrency());
  const bool may_grow = pass_.options.threads == 0;
  double before = processor_seconds();
  for (unsigned round = 1; !stacks_.done(); ++round) {
    stacks_.wait_until_done(interval);
    const auto& limits = pass_.options.limits;
    if (pass_.cancel.is_cancelled()) stacks_.stop();
    if (pass_.collection.entries() > limits.max_entries) {
      pass_.collection.add_warning(
          fmt::format("stopped after {} entries (limit max_entries)", limits.max_entries));
      stacks_.stop();
    }
    if (round % 5 != 0) continue;
    pass_.progress.detail(text::number(pass_.collection.entries()) + " entries");
    const double now = processor_seconds();
    const double busy = (now - before) / (5 * 0.02 * processors);
    before = now;
    if (may_grow && busy < 0.7 && threads.size() < most_threads) {
      for (unsigned more = 0; more < 4 && threads.size() < most_threads; ++more) {
        threads.emplace_back([this, number = threads.size()] { work(number); });
      }
    }
  }
}

void Walk::run_threads() {
  const unsigned wanted =
      pass_.options.threads != 0 ? pass_.options.threads : std::max(2U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  for (unsigned number = 0; number < std::min(wanted, most_threads); ++number) {
    threads.emplace_back([this, number] { work(number); });
  }
  supervise(threads);
}

void Walk::run() {
  stacks_.push(0, {Task::Kind::search, nullptr, {}, nullptr, !filter_.is_restricted()});
  // What links lead to may hold links again; it ends because no directory is looked at twice.
  do {
    run_threads();
  } while (!pass_.cancel.is_cancelled() && push_ends_of_links());
  if (const std::string warning = links_.warning(); !warning.empty()) pass_.collection.add_warning(warning);
}

}  // namespace

void walk(const Pass& pass, int root, const std::string& root_path) {
  Walk(pass, root, root_path).run();
}

}  // namespace recover::scan
