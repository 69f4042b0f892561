/// Judges the names that archives give to their members.
#pragma once

#include "core/sys/archive.hpp"

#include <string>

namespace recover::scan {

struct MemberPlace {
  std::string path;  ///< cleaned: no "./", no doubled or trailing slashes; "" is the archive's root
  std::string flaw;  ///< why this member must not be used; empty when it may
};

MemberPlace judge_member(const sys::Member& member);

}  // namespace recover::scan
