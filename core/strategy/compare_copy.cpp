// Reading the copy back: "verified" is a statement about bytes that came from the target (RELIABILITY
// P3). Pages that are clean are dropped from the cache first, so that the disk is asked and not memory.
#include "core/strategy/content_hash.hpp"
#include "core/strategy/target_tree.hpp"
#include "core/strategy/tree_copy.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace recover::strategy {

namespace {

constexpr std::size_t named_files = 20;

class Comparison {
 public:
  Comparison(int root, const CopyOutcome& manifest, Progress& progress, const CancellationToken& cancel)
      : root_(root), files_(manifest.files), progress_(progress), cancel_(cancel) {}

  Result<void> run(const std::string& place) {
    const unsigned count = std::max(2U, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (unsigned number = 0; number < count; ++number) threads.emplace_back([this] { work(); });
    threads.clear();  // joins
    RECOVER_TRY(cancel_.check());
    if (different_.empty()) return {};
    std::sort(different_.begin(), different_.end());
    const auto total = static_cast<std::int64_t>(different_.size());
    std::string cause = std::to_string(total) + " of " + std::to_string(files_.size()) + " files differ:";
    different_.resize(std::min(different_.size(), named_files));
    for (const std::string& name : different_) cause += " " + name;
    return make_error(errors::verify_copy_differs, "cannot trust the copy in " + place, std::move(cause))
        .with("files", different_)
        .with("count", total);
  }

 private:
  void work() {
    Block buffer;
    ContentHash hash;
    for (std::size_t at = next_++; at < files_.size() && !cancel_.is_cancelled(); at = next_++) {
      if (!is_equal(files_[at], buffer, hash)) {
        const std::scoped_lock lock(mutex_);
        different_.push_back(files_[at].path);
      }
      progress_.advance(files_[at].size);
    }
  }

  bool is_equal(const CopiedFile& file, Block& buffer, ContentHash& hash) const {
    const auto opened = open_in_target(root_, file.path, O_RDONLY | O_NONBLOCK);
    if (!opened) return false;
    const int number = opened->get();
    struct ::stat status {};
    if (::fstat(number, &status) != 0 || static_cast<std::uint64_t>(status.st_size) != file.size.count)
      return false;
    ::posix_fadvise(number, 0, 0, POSIX_FADV_DONTNEED);
    const auto found = hash_file(number, file.size.count, file.path, buffer, hash, cancel_);
    return found.has_value() && *found == file.hash;
  }

  int root_;
  const std::vector<CopiedFile>& files_;
  Progress& progress_;
  const CancellationToken& cancel_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::vector<std::string> different_;
};

}  // namespace

Result<void> compare_copy(const CompareCopy& spec, Progress& progress, const CancellationToken& cancel) {
  const CopyOutcome manifest = RECOVER_TRY(read_copy_manifest(spec.manifest));
  const sys::Descriptor root(::open(spec.root.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return sys::target_error("cannot read back " + spec.root, errno);
  return Comparison(root.get(), manifest, progress, cancel).run(spec.root);
}

}  // namespace recover::strategy
