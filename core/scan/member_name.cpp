// Names in archives are written by strangers. A member that would land outside the directory it is
// unpacked in, or that is not a file, directory or link, is not part of any database (RELIABILITY §3.1
// A1-A3). Symbolic links are only data here: they are never followed and never made.

#include "core/scan/member_name.hpp"

#include "core/sys/member_judge.hpp"

#include <string_view>

namespace recover::scan {
namespace {

/// `path` below `depth` directories: true when a component sequence climbs out.
bool climbs_out(std::string_view path) {
  int depth = 0;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part == "..") --depth;
    if (!part.empty() && part != "." && part != "..") ++depth;
    if (depth < 0) return true;
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return false;
}

bool has_parent_component(std::string_view path) {
  return path == ".." || path.starts_with("../") || path.ends_with("/..") ||
         path.find("/../") != std::string_view::npos;
}

}  // namespace

MemberPlace judge_member(const sys::Member& member) {
  if (member.path.find('\0') != std::string::npos) return {{}, "its name holds a zero byte"};
  if (member.path.starts_with('/')) return {{}, "an absolute path"};
  if (has_parent_component(member.path)) return {{}, "a path that goes upwards"};
  if (member.is_hard_link && (member.link_target.starts_with('/') || climbs_out(member.link_target))) {
    return {{}, "a hard link out of the archive"};
  }
  if (member.type == EntryType::other) return {{}, "a device, FIFO or socket"};
  return {sys::cleaned_path(member.path), {}};
}

}  // namespace recover::scan
