/// Directories in the state directory that live no longer than the process that made them.
#pragma once

#include "core/run/run.hpp"
#include "core/sys/lock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::run {

/// A directory of ours alone; gone, with everything in it, at the end of this object's life. The lock that it
/// holds tells the living from what a kill left.
class ScratchDirectory {
 public:
  enum class Purpose {
    spool,         ///< STATE/spool/ID, for what is stored in it; nobody else may list it
    restore_test,  ///< STATE/restore-tests/ID, a state directory of its own; servers pass through
  };

  /// Takes the place of directory `id`, which the user makes at path(), or core by working in it. Errors:
  /// target.*, lock.held.
  static Result<ScratchDirectory> take(const StateDirectory& state, Purpose purpose, const std::string& id,
                                       Host& host);
  ScratchDirectory(ScratchDirectory&& other) noexcept = default;
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The same as the destructor, and told when it fails. Errors: target.write_failed.
  Result<void> remove();
  /// Leaves it to a person (0700), and from then on to `recover cleanup`. Returns its path; empty when there
  /// is nothing to keep.
  std::string keep();

 private:
  ScratchDirectory(std::string path, sys::TargetLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  sys::TargetLock lock_;
};

/// A scratch directory for what a program of another user must find as files, made when it is first asked
/// for.
class LazyScratch {
 public:
  /// Both are borrowed.
  LazyScratch(const StateDirectory& state, Host& host) : state_(state), host_(host) {}

  /// STATE/spool/ID. Errors: target.*.
  Result<std::string> path();
  /// ScratchDirectory::keep(), if it was ever asked for.
  std::string keep() { return directory_ ? directory_->keep() : std::string{}; }

 private:
  const StateDirectory& state_;
  Host& host_;
  std::optional<ScratchDirectory> directory_;
};

/// What a sweep takes away.
enum class Sweep {
  abandoned,  ///< what a kill left
  all,        ///< also what was kept for a person
};

/// Scratch directories of every purpose whose process is gone; removed unless dry. Errors:
/// target.write_failed.
Result<std::vector<Leftover>> sweep_scratch(const StateDirectory& state, Sweep sweep, bool dry_run,
                                            Host& host);

}  // namespace recover::run
