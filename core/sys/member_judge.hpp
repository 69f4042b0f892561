/// Judges the members of one archive, in the order in which they come.
#pragma once

#include "core/sys/archive.hpp"

#include <string>
#include <string_view>
#include <unordered_set>

namespace recover::sys {

/// What a member may be used for.
struct Judgement {
  std::string path;  ///< cleaned: no "./", no doubled or trailing slashes; "" is the archive's root
  std::string flaw;  ///< why it must not be unpacked; empty when it may
};

class MemberJudge {
 public:
  explicit MemberJudge(std::size_t max_path_bytes) : max_path_bytes_(max_path_bytes) {}
  Judgement judge(const Member& member);

 private:
  [[nodiscard]] std::string flaw_of_name(std::string_view stored) const;
  [[nodiscard]] std::string flaw_of_place(const std::string& path) const;

  std::size_t max_path_bytes_;
  std::unordered_set<std::string> files_;  ///< what a hard link may mean
  std::unordered_set<std::string> links_;  ///< nothing may lie below one
};

/// Without "./" and without doubled or trailing slashes.
std::string cleaned_path(std::string_view stored);

}  // namespace recover::sys
