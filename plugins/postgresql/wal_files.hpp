/// Which segments of the write-ahead log there are, in the cluster and elsewhere in the source.
#pragma once

#include "postgresql/replay/lineage.hpp"
#include "postgresql/wal_position.hpp"
#include "recover/tree.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql {

/// One segment's file, maybe compressed.
struct WalFile {
  SegmentName name;
  std::string path;         ///< relative to the tree
  bool is_own = false;      ///< lies in the cluster's own pg_wal
  bool is_partial = false;  ///< NAME.partial: written until the stream or the timeline ended
};

/// An index by position. The first file added for a name wins, so the cluster's own come first; a .partial
/// one gives way to any whole one.
class WalFiles {
 public:
  explicit WalFiles(std::uint64_t segment_size) : segment_size_(segment_size) {}

  /// TIMELINE.history files, as they were added.
  [[nodiscard]] const std::map<std::uint32_t, WalFile>& histories() const { return histories_; }

  /// All segments in a directory of the tree; nothing when it cannot be listed.
  void add_directory(Tree& tree, const std::string& directory, bool is_own);
  void add_file(const std::string& directory, const std::string& file, bool is_own);

  /// The segment with this number: of `timeline`, else of the nearest older, else of the nearest newer.
  [[nodiscard]] const WalFile* find(std::uint64_t number, std::uint32_t timeline) const;
  /// The file that a server would take which follows these timelines.
  [[nodiscard]] const WalFile* find(std::uint64_t number, const Lineage& lineage) const;
  /// The number of the newest segment, or nothing.
  [[nodiscard]] std::optional<std::uint64_t> newest() const;
  /// The same of the segments on these timelines.
  [[nodiscard]] std::optional<std::uint64_t> newest(const Lineage& lineage) const;
  [[nodiscard]] std::uint64_t segment_size() const { return segment_size_; }
  [[nodiscard]] std::uint64_t number_of(Lsn position) const { return position.value / segment_size_; }
  [[nodiscard]] std::string name_of(std::uint64_t number, std::uint32_t timeline) const {
    return to_text(SegmentName{timeline, number}, segment_size_);
  }

 private:
  std::uint64_t segment_size_;
  std::map<std::uint64_t, std::map<std::uint32_t, WalFile>> files_;
  std::map<std::uint32_t, WalFile> histories_;
};

}  // namespace recover::postgresql
