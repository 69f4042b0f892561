// Loops and borders. The same directory can appear under many names (bind mounts, rbind loops); it is
// known by device and inode. Pseudo file systems hold no data and reading them can have effects, so
// they are never entered, not even when the source is "/".

#include "core/scan/boundaries.hpp"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace recover::scan {
namespace {

bool is_pseudo_file_system(int directory) {
  struct ::statfs status {};
  if (::fstatfs(directory, &status) != 0) return false;
  constexpr unsigned long kinds[] = {
      PROC_SUPER_MAGIC, SYSFS_MAGIC,      CGROUP_SUPER_MAGIC,      CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
      TRACEFS_MAGIC,    SECURITYFS_MAGIC, DEVPTS_SUPER_MAGIC,      EFIVARFS_MAGIC,      PSTOREFS_MAGIC,
      BPF_FS_MAGIC,     BINFMTFS_MAGIC,   0x19800202 /* mqueue */, 0x62656570 /* configfs */};
  return std::find(std::begin(kinds), std::end(kinds), static_cast<unsigned long>(status.f_type)) !=
         std::end(kinds);
}

}  // namespace

Boundaries::Boundaries(int root, bool one_file_system) : one_file_system_(one_file_system) {
  struct ::stat status {};
  if (::fstat(root, &status) == 0) root_device_ = status.st_dev;
}

bool Boundaries::visit(const Key& key) {
  Shard& shard = shards_[key.inode % shards_.size()];
  const std::lock_guard lock(shard.mutex);
  return shard.visited.insert(key).second;
}

bool Boundaries::was_looked_at(int directory) {
  struct ::stat status {};
  if (::fstat(directory, &status) != 0) return false;
  Shard& shard = shards_[status.st_ino % shards_.size()];
  const std::lock_guard lock(shard.mutex);
  return shard.visited.contains({status.st_dev, status.st_ino, Purpose::look_at});
}

std::string Boundaries::obstacle(int directory, Purpose purpose) {
  struct ::stat status {};
  if (::fstat(directory, &status) != 0) return std::generic_category().message(errno);
  if (status.st_dev != root_device_) {
    if (one_file_system_) return "on another file system";
    if (is_pseudo_file_system(directory)) return "a pseudo file system of the kernel";
  }
  return visit({status.st_dev, status.st_ino, purpose}) ? std::string{}
                                                        : "was already seen under another name";
}

}  // namespace recover::scan
