/// Links met on a walk, and where they lead.
#pragma once

#include "core/sys/source_files.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace recover::scan {

/// add() is thread-safe; the rest is for when the threads have ended.
class Links {
 public:
  /// `root` is borrowed.
  Links(int root, std::string root_path) : root_(root), root_path_(std::move(root_path)) {}

  /// `path` below the root is a symbolic link.
  void add(std::string path);
  /// Real places inside the source that the links added since the last call lead to; each once.
  std::vector<sys::LinkEnd> take_ends();
  /// What to say about the links that were not followed; empty when there is nothing to say.
  [[nodiscard]] std::string warning() const;

 private:
  int root_;
  std::string root_path_;
  std::mutex mutex_;
  std::vector<std::string> paths_;
  std::uint64_t outside_ = 0;
  std::string first_outside_;
};

}  // namespace recover::scan
