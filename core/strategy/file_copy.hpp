/// Copying single files: one object per thread, with its own buffers, hash state and inspector.
#pragma once

#include "core/strategy/content_hash.hpp"
#include "core/strategy/copy_listing.hpp"
#include "core/strategy/target_tree.hpp"
#include "core/strategy/tree_copy.hpp"
#include "core/sys/source_files.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace recover::strategy {

/// What all threads of one copy share.
struct CopyPlace {
  int source = -1;  ///< the copied directory of the source
  int target = -1;
  sys::Account owner;
  unsigned file_mode = 0600;
  bool durable = true;
  bool inspect = false;
  std::atomic<bool> can_clone{true};  ///< until the file system says no
};

/// A copied file and what its source looked like.
struct CopyRecord {
  CopiedFile file;
  std::string from;
  sys::Identity identity;
};

/// Has the file of the source still that identity? Errors: source.changed.
Result<void> check_unchanged(int source, const CopyRecord& record);

class FileCopier {
 public:
  FileCopier(CopyPlace& place, std::unique_ptr<Inspector> inspector, Progress& progress,
             const CancellationToken& cancel);

  /// Copies one file. Files of the same directory one after the other are fastest.
  Result<CopyRecord> copy(const ListedFile& file);
  /// fsync of the file that was copied last, and of its directory.
  Result<void> sync_last();

  [[nodiscard]] const std::vector<std::string>& flaws() const { return flaws_; }
  [[nodiscard]] const std::vector<std::string>& not_inspected() const { return not_inspected_; }
  [[nodiscard]] Facts totals() const { return inspector_ ? inspector_->totals() : Facts{}; }

 private:
  struct Transfer;

  Result<void> enter(const std::string& from, const std::string& to);
  Result<void> transfer(Transfer& now);
  Result<void> pass_zeros(Transfer& now, std::uint64_t until);
  Result<void> write(Transfer& now, std::size_t length);
  Result<void> write_range(Transfer& now, const char* data, std::size_t length, std::uint64_t offset);
  Result<void> write_pages(Transfer& now, std::size_t length);
  Result<void> finish(Transfer& now);
  bool clone(Transfer& now);
  void begin_inspection(Transfer& now);

  CopyPlace& place_;
  std::unique_ptr<Inspector> inspector_;
  Progress& progress_;
  const CancellationToken& cancel_;
  Block buffer_;
  std::optional<Block> existing_;  ///< only needed where an interrupted copy is completed
  ContentHash hash_;
  std::string source_name_;  ///< the directory that is open now
  std::string target_name_;
  sys::Descriptor source_directory_;
  sys::Descriptor target_directory_;
  sys::Descriptor last_target_;
  std::vector<std::string> flaws_;
  std::vector<std::string> not_inspected_;
};

}  // namespace recover::strategy
