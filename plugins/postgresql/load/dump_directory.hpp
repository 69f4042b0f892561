/// A directory dump where pg_restore finds it.
#pragma once

#include "recover/host.hpp"
#include "recover/tree.hpp"

#include <memory>
#include <string>

namespace recover::postgresql::load {

/// Can `reader`, the system user that runs pg_restore, read this directory of the source where it lies?
bool is_read_in_place(const std::string& path, const std::string& reader, Tree& source, Host& host);

/// The same from owners and modes alone, for a plan, which runs nothing; the way there is not looked at.
bool seems_read_in_place(const std::string& path, const std::string& reader, Tree& source, Host& host);

/// The directory that pg_restore reads: the dump itself, or a copy that is gone with this object.
class DumpDirectory {
 public:
  /// `path` is relative to the source and may lead into an archive; `reader` is the system user that runs
  /// pg_restore. Errors: source.*, archive.*, disk.not_enough_space, target.*.
  static Result<std::unique_ptr<DumpDirectory>> open(const std::string& path, const std::string& reader,
                                                     Tree& source, StepContext& context);
  DumpDirectory(const DumpDirectory&) = delete;
  DumpDirectory& operator=(const DumpDirectory&) = delete;
  ~DumpDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  DumpDirectory(std::string path, bool is_copy) : path_(std::move(path)), is_copy_(is_copy) {}

  std::string path_;  ///< absolute
  bool is_copy_;
};

}  // namespace recover::postgresql::load
