/// Which timeline holds which part of the log: a timeline begins where its parent was left.
#pragma once

#include "postgresql/wal_position.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace recover::postgresql {

/// One timeline and where its own log begins.
struct TimelinePart {
  std::uint32_t timeline = 1;
  Lsn begin;
};

/// A timeline with its ancestors.
class Lineage {
 public:
  explicit Lineage(std::uint32_t only) : parts_{{only, {}}} {}
  /// Oldest first, at least one.
  explicit Lineage(std::vector<TimelinePart> parts) : parts_(std::move(parts)) {}

  [[nodiscard]] std::uint32_t newest() const { return parts_.back().timeline; }
  /// True when the log of `timeline` was not left before `position`.
  [[nodiscard]] bool holds(std::uint32_t timeline, Lsn position) const;
  /// The timelines whose files may hold this segment, newest first: that is the order in which a server
  /// looks.
  [[nodiscard]] std::vector<std::uint32_t> of_segment(std::uint64_t number, std::uint64_t segment_size) const;

 private:
  std::vector<TimelinePart> parts_;
};

/// The contents of TIMELINE.history; nothing when it is none.
std::optional<Lineage> parse_history(std::uint32_t timeline, std::string_view text);

/// The timeline in a name like "00000002.history" (maybe with a compressor's suffix); nothing for others.
std::optional<std::uint32_t> timeline_of_history(std::string_view file_name);

}  // namespace recover::postgresql
