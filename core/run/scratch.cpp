// Each kind has its place below the state directory and each directory its lock beside it: whoever finds a
// directory whose lock is free knows that its process is gone.
#include "core/run/scratch.hpp"

#include "core/run/actions.hpp"
#include "core/run/preflight.hpp"
#include "core/sys/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <utility>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

/// Says that a directory was left on purpose.
constexpr const char* kept_mark = "/kept-for-inspection";

struct Kind {
  const char* place;  ///< below the state directory
  const char* lock;
  const char* what;  ///< for people
  unsigned mode;
};

Kind kind_of(ScratchDirectory::Purpose purpose) {
  if (purpose == ScratchDirectory::Purpose::spool) return {"/spool", "spool ", "temporary files", 0711};
  return {"/restore-tests", "restore test ", "restore test", 0711};
}

Result<sys::TargetLock> lock_directory(const StateDirectory& state, const Kind& kind, const std::string& id,
                                       Host& host) {
  return sys::TargetLock::acquire(state.locks(), kind.lock + id, id, host.clock().now());
}

}  // namespace

Result<ScratchDirectory> ScratchDirectory::take(const StateDirectory& state, Purpose purpose,
                                                const std::string& id, Host& host) {
  const Kind kind = kind_of(purpose);
  Files& files = host.files();
  RECOVER_TRY(files.make_directory(state.path, "", 0711));  // servers run as another user and pass through
  RECOVER_TRY(files.make_directory(state.locks(), "", 0700));
  auto lock = RECOVER_TRY(lock_directory(state, kind, id, host));
  RECOVER_TRY(files.make_directory(state.path + kind.place, "", kind.mode));
  return ScratchDirectory(state.path + kind.place + "/" + id, std::move(lock));
}

ScratchDirectory::~ScratchDirectory() {
  if (!path_.empty()) static_cast<void>(remove_tree(path_));
}

Result<void> ScratchDirectory::remove() {
  return remove_tree(path_);
}

std::string ScratchDirectory::keep() {
  if (!fs::is_directory(path_)) return {};
  const sys::Descriptor mark(::open((path_ + kept_mark).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!mark || ::chmod(path_.c_str(), 0700) != 0) return {};
  return std::exchange(path_, {});
}

Result<std::string> LazyScratch::path() {
  if (!directory_) {
    directory_.emplace(
        RECOVER_TRY(ScratchDirectory::take(state_, ScratchDirectory::Purpose::spool, make_run_id(), host_)));
    RECOVER_TRY(host_.files().make_directory(directory_->path(), "", 0711));
  }
  return directory_->path();
}

Result<std::vector<Leftover>> sweep_scratch(const StateDirectory& state, Sweep sweep, bool dry_run,
                                            Host& host) {
  std::vector<Leftover> leftovers;
  for (const auto purpose : {ScratchDirectory::Purpose::spool, ScratchDirectory::Purpose::restore_test}) {
    const Kind kind = kind_of(purpose);
    std::error_code failed;
    for (auto it = fs::directory_iterator(state.path + kind.place, failed);
         !failed && it != fs::directory_iterator(); it.increment(failed)) {
      const std::string path = it->path().string();
      const std::string id = it->path().filename().string();
      const auto lock = lock_directory(state, kind, id, host);
      if (!lock) continue;  // somebody works in it
      const bool is_kept = host.files().exists(path + kept_mark);
      if (is_kept && sweep != Sweep::all) continue;
      leftovers.push_back(
          {id, path, std::string(is_kept ? "kept " : "") + kind.what, Bytes{allocated_below(path)}, 0});
      if (!dry_run) RECOVER_TRY(remove_tree(path));
    }
  }
  return leftovers;
}

}  // namespace recover::run
