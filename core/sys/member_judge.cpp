// Which members of an archive may be unpacked (RELIABILITY §3.1, A1 to A3). A member is judged together
// with those before it, because the attack is often a pair: a link, and then a file through it. Names
// are bytes; nothing is decoded or normalised beyond "." and doubled slashes.
#include "core/sys/member_judge.hpp"

#include <sys/stat.h>

namespace recover::sys {

namespace {

constexpr std::size_t longest_name = 255;  // NAME_MAX of every Linux file system

/// Calls `visit` with each component; stops and returns false when it does.
template <typename Visit>
bool each_component(std::string_view path, const Visit& visit) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (!visit(path.substr(0, slash))) return false;
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return true;
}

bool goes_up(std::string_view path) {
  return !each_component(path, [](std::string_view part) { return part != ".."; });
}

}  // namespace

std::string cleaned_path(std::string_view stored) {
  std::string path;
  each_component(stored, [&](std::string_view part) {
    if (!part.empty() && part != ".") path += (path.empty() ? "" : "/") + std::string(part);
    return true;
  });
  return path;
}

std::string MemberJudge::flaw_of_name(std::string_view stored) const {
  if (stored.empty()) return "it has no name";
  if (stored.find('\0') != std::string_view::npos) return "its name holds a zero byte";
  if (stored.front() == '/') return "an absolute path";
  if (goes_up(stored)) return "a path that goes upwards";
  if (stored.size() >= max_path_bytes_) return "its path is too long";
  const bool fits = each_component(stored, [](std::string_view part) { return part.size() <= longest_name; });
  return fits ? "" : "its name is longer than 255 bytes";
}

std::string MemberJudge::flaw_of_place(const std::string& path) const {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (links_.contains(parent)) return "it lies below the link " + parent;
    if (files_.contains(parent)) return "it lies below the file " + parent;
  }
  return links_.contains(path) ? "it has the name of a link" : "";
}

Judgement MemberJudge::judge(const Member& member) {
  if (std::string flaw = flaw_of_name(member.path); !flaw.empty()) return {"", std::move(flaw)};
  if (member.type == EntryType::other) return {"", "a device, FIFO or socket"};
  std::string path = cleaned_path(member.path);
  if (member.type == EntryType::symlink) {
    links_.insert(path);
    return {std::move(path), files_.contains(path) ? "a link with the name of a file" : ""};
  }
  if (std::string flaw = flaw_of_place(path); !flaw.empty()) return {"", std::move(flaw)};
  if (member.is_hard_link) {
    const bool inside = flaw_of_name(member.link_target).empty();
    if (!inside) return {"", "a hard link out of the archive"};
    if (!files_.contains(cleaned_path(member.link_target))) return {"", "a hard link to no earlier member"};
  }
  if (member.type == EntryType::file) {
    if (path.empty()) return {"", "it has no name"};
    if ((member.mode & (S_ISUID | S_ISGID)) != 0) return {"", "a file that runs as another user (setuid)"};
    files_.insert(path);
  }
  return {std::move(path), ""};
}

}  // namespace recover::sys
