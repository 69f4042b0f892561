// Following links (--follow-symlinks=inside). A link is only another name: what it leads to is looked at
// in its own place, under its real path, and only when the walk did not come there by itself. So a
// database is never found twice, and plugins, which see no links, can read it. Links out of the source
// are never followed (the kernel refuses them, openat2 with RESOLVE_BENEATH); links to nowhere and to
// themselves are silent, they are normal in every old tree.

#include "core/scan/links.hpp"

#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::scan {

void Links::add(std::string path) {
  const std::lock_guard lock(mutex_);
  paths_.push_back(std::move(path));
}

std::vector<sys::LinkEnd> Links::take_ends() {
  std::vector<sys::LinkEnd> ends;
  std::sort(paths_.begin(), paths_.end());
  for (const auto& path : paths_) {
    auto end = sys::follow_link_beneath(root_, root_path_, path);
    if (end) {
      ends.push_back(std::move(end).value());
    } else if (end.error().id == errors::source_unsafe_path.id && outside_++ == 0) {
      first_outside_ = path;
    }
  }
  paths_.clear();
  const auto before = [](const sys::LinkEnd& left, const sys::LinkEnd& right) {
    return left.path < right.path;
  };
  const auto same = [](const sys::LinkEnd& left, const sys::LinkEnd& right) {
    return left.path == right.path;
  };
  std::sort(ends.begin(), ends.end(), before);
  ends.erase(std::unique(ends.begin(), ends.end(), same), ends.end());
  return ends;
}

std::string Links::warning() const {
  if (outside_ == 0) return {};
  return fmt::format(
      "{} symbolic links do not lead to a file or directory inside the source and were not "
      "followed, the first: {}",
      outside_, text::printable(first_outside_));
}

}  // namespace recover::scan
