// Checks before the first change, cheapest and most final first, each with its own error so that one run
// of recover names the obstacle exactly. Relies on canonical paths only for the question "inside or
// outside the source"; everything later is opened anew. Must leave nothing behind.
#include "core/run/preflight.hpp"

#include "core/run/activation.hpp"
#include "core/sys/target_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

std::uint64_t device_of(const std::string& path) {
  struct ::stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_dev : 0;
}

std::string canonical(const std::string& path) {
  std::error_code failed;
  const fs::path found = fs::weakly_canonical(path, failed);
  return failed ? path : found.string();
}

bool is_inside(const std::string& path, const std::string& directory) {
  return path == directory || path.starts_with(directory == "/" ? directory : directory + "/");
}

Result<void> check_source_outside(const std::string& source, const std::string& target) {
  const std::string evidence = canonical(source);
  if (!is_inside(evidence, canonical(target))) return {};
  return make_error(errors::target_inside_source, "cannot build " + target,
                    "the source " + evidence + " lies inside it and would be moved away")
      .with("path", target);
}

/// Makes and removes a file, because rights, read-only mounts and quotas answer only to that.
Result<void> check_writable(const std::string& directory, const std::string& run) {
  const std::string probe = join_path(directory, ".recover-probe-" + run);
  const sys::Descriptor file(
      ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file && errno != EEXIST)
    return sys::target_error("cannot write into " + directory, errno).with("path", directory);
  ::unlink(probe.c_str());
  return {};
}

/// chattr +i lets files be read but not renamed.
Result<void> check_not_immutable(const std::string& path) {
  const sys::Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int flags = 0;
  if (!directory || ::ioctl(directory.get(), FS_IOC_GETFLAGS, &flags) != 0) return {};
  if ((flags & FS_IMMUTABLE_FL) == 0) return {};
  return make_error(errors::target_not_writable, "cannot replace " + path, "it has the immutable attribute")
      .with("path", path)
      .advise("Remove the attribute (chattr -i), or choose another target.");
}

bool holds_something(const std::string& path, Files& files) {
  const auto names = files.list(path);
  return names && std::any_of(names->begin(), names->end(), [](const std::string& name) {
           return name != "lost+found" && !name.starts_with(".recover-");
         });
}

Result<void> check_target(const Plan& plan, Host& host) {
  const std::string& target = plan.target.directory;
  if (!activation::exists(target)) return {};
  RECOVER_TRY(check_not_immutable(target));
  if (plan.replaces == target || !holds_something(target, host.files())) return {};
  return make_error(errors::target_not_empty, "cannot recover into " + target,
                    "it is not empty and not a data directory of this engine")
      .with("path", target);
}

Result<void> check_one_file_system(const Plan& plan) {
  const Activate* activate = find_activate(plan);
  if (activate == nullptr) return {};
  const std::string staged = nearest_existing(activate->staged);
  const std::string final =
      nearest_existing(activate->inside ? activate->final : sys::parent_of(activate->final));
  if (device_of(staged) == device_of(final)) return {};
  return make_error(
             errors::target_write_failed, "cannot give " + activate->staged + " the name " + activate->final,
             "they lie on different file systems (" + mount_of(staged) + " and " + mount_of(final) + ")")
      .with("path", activate->final);
}

}  // namespace

Result<void> check_outside(const std::string& target, const std::string& source) {
  const std::string evidence = canonical(source);
  if (!is_inside(canonical(target), evidence)) return {};
  return make_error(errors::target_inside_source, "cannot build " + target,
                    "it lies inside the source " + evidence)
      .with("path", target);
}

const Activate* find_activate(const Plan& plan) {
  for (const Step& step : plan.steps) {
    if (const auto* activate = std::get_if<Activate>(&step.action)) return activate;
  }
  return nullptr;
}

std::string nearest_existing(const std::string& path) {
  std::string at = path;
  while (at != "/" && at != "." && !activation::exists(at)) at = sys::parent_of(at);
  return at;
}

std::string mount_of(const std::string& path) {
  std::string at = path;
  while (at != "/" && at != "." && device_of(sys::parent_of(at)) == device_of(at)) at = sys::parent_of(at);
  return at;
}

std::uint64_t allocated_below(const std::string& path) {
  std::uint64_t sum = 0;
  std::error_code failed;
  for (auto it = fs::recursive_directory_iterator(path, failed);
       !failed && it != fs::recursive_directory_iterator(); it.increment(failed)) {
    struct ::stat status {};
    if (::lstat(it->path().c_str(), &status) == 0) sum += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return sum;
}

Result<void> SpaceBudget::take(const Plan& plan, Files& files) {
  const std::string place = nearest_existing(plan.target.staging);
  const std::uint64_t free = RECOVER_TRY(files.free_space(place));
  const std::uint64_t staged = std::min(plan.space_needed.count, allocated_below(plan.target.staging));
  const std::uint64_t needed = plan.space_needed.count - staged;
  std::uint64_t& promised = promised_[device_of(place)];
  if (promised + needed + min_free_ <= free) {
    promised += needed;
    return {};
  }
  const std::string mount = mount_of(place);
  std::string cause =
      text::bytes(Bytes{needed}) + " are needed on " + mount + ", " + text::bytes(Bytes{free}) + " are free";
  if (promised != 0)
    cause += ", " + text::bytes(Bytes{promised}) + " of them are for other databases of this run";
  cause += ", and " + text::bytes(Bytes{min_free_}) + " must stay free";
  return make_error(errors::disk_not_enough_space, "cannot build " + plan.target.directory, std::move(cause))
      .with("mount", mount)
      .with("needed", static_cast<std::int64_t>(needed))
      .with("free", static_cast<std::int64_t>(free))
      .with("min_free", static_cast<std::int64_t>(min_free_));
}

Result<void> preflight(const Plan& plan, const std::string& source, bool is_resumed, SpaceBudget& budget,
                       Host& host) {
  const Target& target = plan.target;
  if (target.kind == TargetKind::server) return {};  // its engine's first step asks the server itself
  if (!target.run_as.empty() && !host.accounts().exists(target.run_as)) {
    return make_error(errors::target_no_account, "cannot run a server as " + target.run_as,
                      "there is no such system user");
  }
  RECOVER_TRY(check_outside(target.directory, source));
  RECOVER_TRY(check_outside(target.staging, source));
  RECOVER_TRY(check_source_outside(source, target.directory));
  if (!is_resumed) RECOVER_TRY(check_target(plan, host));
  RECOVER_TRY(check_writable(nearest_existing(sys::parent_of(target.staging)), plan.run));
  const Activate* activate = find_activate(plan);
  const bool inside = activate != nullptr && activate->inside;
  RECOVER_TRY(check_writable(nearest_existing(inside ? target.directory : sys::parent_of(target.directory)),
                             plan.run));
  RECOVER_TRY(check_one_file_system(plan));
  return budget.take(plan, host.files());
}

}  // namespace recover::run
