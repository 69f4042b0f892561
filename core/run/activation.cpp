// The dangerous act: one exchange of names turns a staged copy into the database. Before and after it
// either the old or the new data is complete under the final name; the other one is kept. Relies on
// renameat2(RENAME_EXCHANGE) (ext4, xfs, btrfs, tmpfs) and falls back to two renames where a file system
// lacks it (NFS, some overlays). Each state that a crash can leave is told by which directory holds the
// mark `.recover-run`, never by guessing from times or sizes. Must never delete data.
#include "core/run/activation.hpp"

#include "core/sys/target_files.hpp"
#include "core/sys/whole_file.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace recover::run {

namespace activation {

bool exists(const std::string& path) {
  struct ::stat status {};
  return !path.empty() && ::lstat(path.c_str(), &status) == 0;
}

Result<void> place_mark(const std::string& directory, const std::string& run) {
  struct ::stat status {};
  if (::stat(directory.c_str(), &status) != 0) return sys::target_error("cannot look at " + directory, errno);
  return sys::write_atomically(join_path(directory, mark_name), run + "\n",
                               sys::Account{"", status.st_uid, status.st_gid}, 0600);
}

Result<void> rename_new(const std::string& from, const std::string& to) {
  int failed = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    if (exists(to)) {
      errno = EEXIST;
    } else {
      failed = ::rename(from.c_str(), to.c_str());
    }
  }
  if (failed != 0) return sys::target_error("cannot rename " + from + " to " + to, errno);
  RECOVER_TRY(sys::sync_directory(sys::parent_of(to)));
  return sys::sync_directory(sys::parent_of(from));
}

Result<bool> exchange(const std::string& left, const std::string& right) {
  if (::renameat2(AT_FDCWD, left.c_str(), AT_FDCWD, right.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return false;
    return sys::target_error("cannot exchange " + left + " and " + right, errno);
  }
  RECOVER_TRY(sys::sync_directory(sys::parent_of(left)));
  RECOVER_TRY(sys::sync_directory(sys::parent_of(right)));
  return true;
}

}  // namespace activation

namespace {

using activation::exchange;
using activation::exists;
using activation::place_mark;
using activation::rename_new;

Error gone(const Activate& spec, const std::string& cause) {
  return make_error(errors::target_changed, "cannot put the recovered data into " + spec.final, cause)
      .with("path", spec.final);
}

/// Nothing to keep: the name is free or an empty directory, which rename(2) replaces.
Result<void> take_free_name(const Activate& spec) {
  if (::rename(spec.staged.c_str(), spec.final.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST)
      return gone(spec, "something was put there since the plan was made");
    return sys::target_error("cannot rename " + spec.staged + " to " + spec.final, errno);
  }
  return sys::sync_directory(sys::parent_of(spec.final));
}

Result<void> take_used_name(const Activate& spec) {
  if (!exists(spec.final)) {
    if (!exists(spec.kept)) return gone(spec, "the old data that was to be kept is no longer there");
    return rename_new(spec.staged, spec.final);  // the second half of the two renames below
  }
  if (exists(spec.kept)) return gone(spec, spec.kept + " exists already");
  if (RECOVER_TRY(exchange(spec.staged, spec.final))) return {};
  RECOVER_TRY(rename_new(spec.final, spec.kept));
  return rename_new(spec.staged, spec.final);
}

Result<void> undo_by_name(const Activate& spec, const std::string& run) {
  const std::string aside = rolled_back_name(spec, run);
  if (has_mark(spec.final, run)) {
    const std::string old = exists(spec.kept) ? spec.kept : spec.staged;
    if (spec.kept.empty()) return rename_new(spec.final, aside);
    if (!exists(old)) return gone(spec, "the old data " + spec.kept + " is not there");
    if (RECOVER_TRY(exchange(old, spec.final))) return rename_new(old, aside);
    RECOVER_TRY(rename_new(spec.final, aside));
    return rename_new(old, spec.final);
  }
  // From here on the final name is free or already holds the old data again.
  if (has_mark(spec.kept, run)) return rename_new(spec.kept, aside);
  if (!exists(spec.final) && exists(spec.kept)) return rename_new(spec.kept, spec.final);
  return {};
}

}  // namespace

std::string rolled_back_name(const Activate& spec, const std::string& run) {
  return spec.inside ? spec.final + "/.rolled-back-" + run : spec.final + ".rolled-back-" + run;
}

bool has_mark(const std::string& directory, const std::string& run) {
  std::string content;
  return !directory.empty() &&
         sys::read_whole_file(join_path(directory, activation::mark_name), 256, content) == 0 &&
         content == run + "\n";
}

Result<void> activate(const Activate& spec, const std::string& run) {
  if (spec.inside) return activation::activate_inside(spec, run);
  if (!has_mark(spec.final, run)) {
    if (!exists(spec.staged)) return gone(spec, "the staged copy " + spec.staged + " is missing");
    RECOVER_TRY(place_mark(spec.staged, run));
    RECOVER_TRY(spec.kept.empty() ? take_free_name(spec) : take_used_name(spec));
  }
  // The new data has its name. After an exchange the old data still lies in the staging directory.
  if (!spec.kept.empty() && exists(spec.staged)) RECOVER_TRY(rename_new(spec.staged, spec.kept));
  return {};
}

Result<void> undo_activation(const Activate& spec, const std::string& run) {
  return spec.inside ? activation::undo_inside(spec, run) : undo_by_name(spec, run);
}

Result<void> mark_for_undo(const Activate& spec, const std::string& run) {
  const auto nothing = [&](const std::string& cause) {
    return make_error(errors::run_nothing_to_undo, "cannot roll back " + spec.final, cause);
  };
  const bool is_under_way =
      has_mark(rolled_back_name(spec, run), run) || has_mark(spec.kept, run) || has_mark(spec.final, run);
  if (is_under_way) return {};
  if (!exists(spec.final)) return nothing("the recovered data is no longer there");
  if (!spec.kept.empty() && !exists(spec.kept)) {
    return nothing("the old data " + spec.kept + " was already removed");
  }
  return place_mark(spec.final, run);
}

void remove_mark(const Activate& spec) {
  ::unlink(join_path(spec.final, activation::mark_name).c_str());
}

}  // namespace recover::run
