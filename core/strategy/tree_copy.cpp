// Copying a tree out of the source: list, make directories, copy with all cores, look at the source
// once more, make durable, then the files that must come last, then the manifest. The order is the
// safety: `last` is written only after everything else is on disk, so an aborted copy cannot be
// started, and the manifest exists only for a complete copy. Goals and design: PERFORMANCE §2.
#include "core/strategy/tree_copy.hpp"

#include "core/strategy/copy_manifest.hpp"
#include "core/strategy/copy_queue.hpp"
#include "core/strategy/file_copy.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>

namespace recover::strategy {

namespace {

/// Who writes past the page cache waits for the disk with every block: more threads than cores keep both
/// busy (PERFORMANCE §2: the disk is the limit).
constexpr unsigned waiting_threads = 2;

unsigned thread_count(const CopyOptions& options, std::size_t units) {
  const unsigned cores = std::max(2U, std::thread::hardware_concurrency());
  const unsigned wanted =
      options.threads != 0 ? options.threads : cores + (options.durable ? waiting_threads : 0);
  return static_cast<unsigned>(std::clamp<std::size_t>(units, 1, wanted));
}

/// Adds `more` to `sum`: names beginning with "max_" are maximised, others added.
void merge_totals(Facts& sum, const Facts& more) {
  for (const auto& [name, value] : more) {
    const Value* old = find_fact(sum, name);
    if (old == nullptr || old->index() != value.index()) {
      set_fact(sum, name, value);
    } else if (name.starts_with("max_")) {
      set_fact(sum, name, std::max(*old, value));
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      set_fact(sum, name, std::get<std::int64_t>(*old) + *number);
    } else if (const auto* real = std::get_if<double>(&value)) {
      set_fact(sum, name, std::get<double>(*old) + *real);
    }
  }
}

/// One copy while it runs.
class TreeCopy {
 public:
  TreeCopy(const CopyTree& spec, const CopyOptions& options, Progress& progress,
           const CancellationToken& cancel)
      : spec_(spec), options_(options), progress_(progress), cancel_(cancel) {}

  Result<CopyOutcome> run() {
    RECOVER_TRY(open_places());
    listing_ = RECOVER_TRY(list_copy(source_.get(), spec_, cancel_));
    for (const std::string& directory : listing_.directories) {
      RECOVER_TRY(make_target_directory(target_.get(), directory, place_.owner, spec_.directory_mode));
    }
    RECOVER_TRY(copy_files());
    RECOVER_TRY(check_source());
    if (options_.durable) RECOVER_TRY(sync_all());
    RECOVER_TRY(copy_last());
    CopyOutcome outcome = collect();
    if (!spec_.manifest.empty()) RECOVER_TRY(write_copy_manifest(spec_.manifest, outcome));
    return outcome;
  }

 private:
  Result<void> open_places() {
    const sys::Descriptor root = RECOVER_TRY(sys::open_source_root(spec_.source_root));
    source_ = RECOVER_TRY(sys::open_source_directory(root.get(), spec_.from));
    place_.owner = RECOVER_TRY(sys::owner_account(spec_.owner));
    target_ = RECOVER_TRY(make_target_root(spec_.to, place_.owner, spec_.directory_mode));
    place_.source = source_.get();
    place_.target = target_.get();
    place_.file_mode = spec_.file_mode;
    place_.durable = options_.durable;
    place_.inspect = spec_.inspect && options_.make_inspector != nullptr;
    return {};
  }

  FileCopier make_copier() {
    return {place_, place_.inspect ? options_.make_inspector() : nullptr, progress_, cancel_};
  }

  Result<void> copy_files() {
    CopyQueue queue(listing_.files);
    const unsigned count = thread_count(options_, queue.size());
    std::vector<std::jthread> others;
    for (unsigned number = 1; number < count; ++number) {
      others.emplace_back([&] { work(queue, Preference::large_files); });
    }
    work(queue, Preference::small_files);
    others.clear();  // joins
    if (first_error_) return std::move(*first_error_);
    return {};
  }

  void work(CopyQueue& queue, Preference preference) {
    FileCopier copier = make_copier();
    std::vector<CopyRecord> records;
    while (auto unit = queue.next(preference)) {
      progress_.detail(unit->files.front()->from);
      for (const ListedFile* file : unit->files) {
        if (failed_.load(std::memory_order_relaxed)) return;
        auto copied = copier.copy(*file);
        if (!copied) {
          remember(std::move(copied).error());
          return;
        }
        records.push_back(std::move(copied).value());
      }
    }
    take(copier, std::move(records));
  }

  void remember(Error error) {
    const std::scoped_lock lock(mutex_);
    failed_ = true;
    if (!first_error_)
      first_error_ = std::move(error).during("copying " + join_path(spec_.source_root, spec_.from));
  }

  void take(const FileCopier& copier, std::vector<CopyRecord> records) {
    const std::scoped_lock lock(mutex_);
    records_.insert(records_.end(), std::make_move_iterator(records.begin()),
                    std::make_move_iterator(records.end()));
    outcome_.flaws.insert(outcome_.flaws.end(), copier.flaws().begin(), copier.flaws().end());
    not_inspected_.insert(not_inspected_.end(), copier.not_inspected().begin(), copier.not_inspected().end());
    merge_totals(outcome_.inspected, copier.totals());
  }

  /// A writer may have come back to a file that was copied early: every identity is looked at again.
  Result<void> check_source() {
    for (const CopyRecord& record : records_) RECOVER_TRY(check_unchanged(source_.get(), record));
    return {};
  }

  Result<void> sync_all() {
    if (::syncfs(target_.get()) != 0) return sys::target_error("cannot make " + spec_.to + " durable", errno);
    for (const std::string& name : listing_.directories) {
      const auto directory = RECOVER_TRY(open_target_directory(target_.get(), name));
      if (::fsync(directory.get()) != 0) return sys::target_error("cannot make " + name + " durable", errno);
    }
    if (::fsync(target_.get()) != 0) return sys::target_error("cannot make " + spec_.to + " durable", errno);
    return {};
  }

  Result<void> copy_last() {
    if (listing_.last.empty()) return {};
    FileCopier copier = make_copier();
    std::vector<CopyRecord> records;
    for (const ListedFile& file : listing_.last) {
      records.push_back(RECOVER_TRY(copier.copy(file)));
      RECOVER_TRY(check_unchanged(source_.get(), records.back()));
      if (options_.durable) RECOVER_TRY(copier.sync_last());
    }
    take(copier, std::move(records));
    return {};
  }

  CopyOutcome collect() {
    for (CopyRecord& record : records_) {
      outcome_.bytes += record.file.size;
      outcome_.files.push_back(std::move(record.file));
    }
    std::sort(outcome_.files.begin(), outcome_.files.end(),
              [](const CopiedFile& left, const CopiedFile& right) { return left.path < right.path; });
    std::sort(outcome_.flaws.begin(), outcome_.flaws.end());
    outcome_.skipped = std::move(listing_.skipped);
    std::sort(not_inspected_.begin(), not_inspected_.end());
    if (!not_inspected_.empty()) set_fact(outcome_.inspected, "not_inspected", not_inspected_);
    return std::move(outcome_);
  }

  const CopyTree& spec_;
  const CopyOptions& options_;
  Progress& progress_;
  const CancellationToken& cancel_;
  sys::Descriptor source_;
  sys::Descriptor target_;
  CopyPlace place_;
  CopyListing listing_;
  std::mutex mutex_;
  std::atomic<bool> failed_{false};
  std::optional<Error> first_error_;
  std::vector<CopyRecord> records_;
  std::vector<std::string> not_inspected_;
  CopyOutcome outcome_;
};

}  // namespace

Result<CopyOutcome> copy_tree(const CopyTree& spec, const CopyOptions& options, Progress& progress,
                              const CancellationToken& cancel) {
  return TreeCopy(spec, options, progress, cancel).run();
}

}  // namespace recover::strategy
