/// The roles, or the databases, that one item of a run makes in a server that others use: only these may be
/// changed, and removed again.
#pragma once

#include "recover/host.hpp"
#include "recover/result.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// A list in a file, because another process may have to undo the run. Thread-safe.
class MadeNames {
 public:
  /// `files` is borrowed; `file` need not exist.
  MadeNames(Files& files, std::string file) : files_(files), file_(std::move(file)) {}
  /// To be called before it is made: a name too many in the list is harmless, one too few stays for ever.
  /// Errors: target.write_failed.
  Result<void> add(const std::string& name);
  [[nodiscard]] bool contains(const std::string& name);
  [[nodiscard]] std::vector<std::string> all();

 private:
  std::vector<std::string> read();

  Files& files_;
  std::string file_;
  std::mutex mutex_;
};

}  // namespace recover::postgresql::load
