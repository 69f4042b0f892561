// Activation where the final name is a mount point: the directory itself cannot be renamed, so old
// entries move into the kept directory and new ones move up, all inside the mount. What makes the data
// startable leaves first and arrives last, so a half moved directory cannot be started by mistake. Which
// half is under way is told by marker files, so that an interrupted attempt is completed or undone.
#include "core/run/activation.hpp"

#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

namespace recover::run::activation {

namespace {

constexpr auto old_moved = ".recover-old-moved";  // in the staged directory: the old entries are away
constexpr auto new_moved = ".recover-new-moved";  // in the rolled-back directory: the new ones are away

enum class Order { startable_first, startable_last };

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// First component of `path` below `root`, or "" when it lies elsewhere.
std::string component_below(const std::string& root, const std::string& path) {
  if (!path.starts_with(root + "/")) return {};
  const std::string rest = path.substr(root.size() + 1);
  return rest.substr(0, rest.find('/'));
}

std::vector<std::string> names_of_ours(const Activate& spec, const std::string& run) {
  return {component_below(spec.final, spec.staged),
          component_below(spec.final, spec.kept),
          component_below(spec.final, rolled_back_name(spec, run)),
          "lost+found",
          old_moved,
          new_moved};
}

Result<std::vector<std::string>> entries(const std::string& path, const std::vector<std::string>& except) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return sys::target_error("cannot list " + path, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe): our stream
    const std::string name = &entry->d_name[0];
    if (name == "." || name == "..") continue;
    if (std::find(except.begin(), except.end(), name) == except.end()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Moves every entry; those that hold one of spec.last go first or last, a synced directory between.
Result<void> move_entries(const Activate& spec, const std::string& from, const std::string& to,
                          const std::vector<std::string>& except, Order order) {
  auto names = RECOVER_TRY(entries(from, except));
  const auto is_startable = [&](const std::string& name) {
    return std::any_of(spec.last.begin(), spec.last.end(),
                       [&](const std::string& last) { return last == name || last.starts_with(name + "/"); });
  };
  const bool startable_goes_first = order == Order::startable_first;
  std::stable_partition(names.begin(), names.end(),
                        [&](const std::string& name) { return is_startable(name) == startable_goes_first; });
  for (const std::string& name : names) RECOVER_TRY(rename_new(join_path(from, name), join_path(to, name)));
  return {};
}

/// Makes `path` with owner and mode of `model`, or gives an existing one those.
Result<void> make_like(const std::string& path, const std::string& model) {
  struct ::stat status {};
  if (::stat(model.c_str(), &status) != 0) return sys::target_error("cannot look at " + model, errno);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return sys::target_error("cannot make " + path, errno);
  if (::chown(path.c_str(), status.st_uid, status.st_gid) != 0 ||
      ::chmod(path.c_str(), status.st_mode & 07777U) != 0) {
    return sys::target_error("cannot give " + path + " its owner and mode", errno);
  }
  return sys::sync_directory(sys::parent_of(path));
}

Result<void> place_marker(const std::string& directory, const char* name) {
  return sys::write_atomically(join_path(directory, name), "", sys::Account{"", ::geteuid(), ::getegid()},
                               0600);
}

Result<void> move_old_away(const Activate& spec, const std::vector<std::string>& ours) {
  if (spec.kept.empty()) {
    const auto left = RECOVER_TRY(entries(spec.final, ours));
    if (left.empty()) return {};
    return make_error(errors::target_changed, "cannot put the recovered data into " + spec.final,
                      left.front() + " was put there since the plan was made");
  }
  if (!exists(spec.kept)) RECOVER_TRY(make_like(spec.kept, spec.final));
  return move_entries(spec, spec.final, spec.kept, ours, Order::startable_first);
}

}  // namespace

Result<void> activate_inside(const Activate& spec, const std::string& run) {
  if (!exists(spec.staged)) {
    if (has_mark(spec.final, run)) return {};
    return make_error(errors::target_changed, "cannot put the recovered data into " + spec.final,
                      "the staged copy " + spec.staged + " is missing");
  }
  const auto ours = names_of_ours(spec, run);
  const std::string marker = join_path(spec.staged, old_moved);
  if (!exists(marker)) {
    RECOVER_TRY(place_mark(spec.staged, run));
    RECOVER_TRY(move_old_away(spec, ours));
    RECOVER_TRY(place_marker(spec.staged, old_moved));
  }
  if (exists(join_path(spec.staged, mark_name))) {
    RECOVER_TRY(rename_new(join_path(spec.staged, mark_name), join_path(spec.final, mark_name)));
  }
  RECOVER_TRY(make_like(spec.final, spec.staged));
  RECOVER_TRY(move_entries(spec, spec.staged, spec.final, {old_moved}, Order::startable_last));
  if (::unlink(marker.c_str()) != 0 || ::rmdir(spec.staged.c_str()) != 0) {
    return sys::target_error("cannot remove the empty " + spec.staged, errno);
  }
  return sys::sync_directory(spec.final);
}

Result<void> undo_inside(const Activate& spec, const std::string& run) {
  const std::string aside = rolled_back_name(spec, run);
  const auto ours = names_of_ours(spec, run);
  const bool new_is_here =
      has_mark(spec.final, run) || exists(join_path(spec.staged, old_moved)) || has_mark(aside, run);
  if (new_is_here && !exists(join_path(aside, new_moved))) {
    RECOVER_TRY(make_like(aside, spec.final));
    RECOVER_TRY(place_mark(aside, run));
    ::unlink(join_path(spec.final, mark_name).c_str());
    RECOVER_TRY(move_entries(spec, spec.final, aside, ours, Order::startable_first));
    RECOVER_TRY(place_marker(aside, new_moved));
  }
  if (!exists(spec.kept)) return {};
  RECOVER_TRY(make_like(spec.final, spec.kept));
  RECOVER_TRY(move_entries(spec, spec.kept, spec.final, {}, Order::startable_last));
  if (::rmdir(spec.kept.c_str()) != 0)
    return sys::target_error("cannot remove the empty " + spec.kept, errno);
  return sys::sync_directory(spec.final);
}

}  // namespace recover::run::activation
