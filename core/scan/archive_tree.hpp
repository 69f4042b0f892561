/// The index of an archive as a Tree: names and sizes of everything, the first bytes of some.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace recover::scan {

/// What is kept of one member.
struct KeptMember {
  EntryInfo info;
  std::string link_target;
  std::string head;           ///< the first bytes
  std::string tail;           ///< the last bytes, for files longer than their head; may be empty
  bool is_looked_at = false;  ///< its head was read and may be compared with signatures
};

/// Filled by one thread, then read by any.
class ArchiveTree : public Tree {
 public:
  /// `shown` is the archive's own place ("/mnt/a.tar.gz"). Contents are streamed out of `source`, where
  /// the archive has the path `path`.
  explicit ArchiveTree(std::string shown, Tree* source = nullptr, std::string path = {})
      : shown_(std::move(shown)), source_(source), path_(std::move(path)) {
    directories_[""];
  }

  /// Adds a member and the directories above it. A later member of the same name replaces the earlier.
  KeptMember& add(const std::string& path, EntryType type);
  [[nodiscard]] const KeptMember* find(const std::string& path) const;
  [[nodiscard]] std::size_t member_count() const { return members_.size(); }
  [[nodiscard]] const std::vector<Entry>& entries(const std::string& directory) const;
  /// Sum of all files below a directory.
  [[nodiscard]] Size size_below(const std::string& directory) const;

  Result<std::vector<Entry>> list(const std::string& directory) override;
  Result<EntryInfo> info(const std::string& path) override;
  Result<std::string> read(const std::string& path, std::uint64_t offset, std::size_t length) override;
  Result<std::string> read_decoded_head(const std::string& path, std::size_t length) override;
  Result<std::unique_ptr<ContentSource>> open_content(const std::string& path) override;
  Result<std::string> link_target(const std::string& path) override;
  [[nodiscard]] std::string describe(const std::string& path) const override { return shown_ + "!" + path; }
  [[nodiscard]] bool is_directory_tree() const override { return false; }

 private:
  Result<const KeptMember*> member(const std::string& path) const;

  std::string shown_;
  Tree* source_;
  std::string path_;
  std::map<std::string, KeptMember> members_;
  std::unordered_map<std::string, std::vector<Entry>> directories_;
};

}  // namespace recover::scan
