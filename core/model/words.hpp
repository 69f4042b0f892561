/// From the stable words of the JSON documents back to enumerators.
#pragma once

#include "recover/model.hpp"

#include <optional>
#include <string>

namespace recover::json {

/// The last enumerator of each enumeration that has words (all begin at 0 without gaps).
template <typename Enumeration>
inline constexpr Enumeration last_of{};
template <>
inline constexpr auto last_of<Confidence> = Confidence::possible;
template <>
inline constexpr auto last_of<HealthState> = HealthState::unknown;
template <>
inline constexpr auto last_of<Role> = Role::grouped;
template <>
inline constexpr auto last_of<Strategy> = Strategy::pg_upgrade;
template <>
inline constexpr auto last_of<TargetKind> = TargetKind::server;
template <>
inline constexpr auto last_of<Verdict> = Verdict::not_checked;
template <>
inline constexpr auto last_of<ItemState> = ItemState::skipped;
template <>
inline constexpr auto last_of<ItemResult> = ItemResult::verified;
template <>
inline constexpr auto last_of<RunStatus> = RunStatus::nothing_found;

/// The enumerator whose to_text() is `word`, or nothing.
template <typename Enumeration>
std::optional<Enumeration> from_word(const std::string& word) {
  for (int number = 0; number <= static_cast<int>(last_of<Enumeration>); ++number) {
    const auto candidate = static_cast<Enumeration>(number);
    if (to_text(candidate) == word) return candidate;
  }
  return std::nullopt;
}

}  // namespace recover::json
