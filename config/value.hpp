/// Values of options as text: checking and converting them. Pure functions.
#pragma once

#include "config/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace recover::config {

/// "true", "yes", "on", "1" and their opposites, or nothing.
std::optional<bool> parse_flag(const std::string& text);
/// "2GB", "500 MB" (decimal), "2g", "512MiB" (binary), "1073741824"; or nothing.
std::optional<std::int64_t> parse_size(const std::string& text);
/// "60", "90s", "5m", "12h", "7d", "1w", "1h30m" in seconds; or nothing.
std::optional<std::int64_t> parse_duration(const std::string& text);
/// "2026-11-20" (the end of that day), "2026-11-20 03:15", "2026-11-20T03:15:00", of this machine's time
/// zone; with "Z" of UTC. Seconds since the epoch, or nothing.
std::optional<std::int64_t> parse_moment(const std::string& text);
inline constexpr std::int64_t instants_per_second = 1'000'000;
/// "2026-11-20 03:15:00.25" of this machine's time zone, or with one behind it: "Z", "UTC", "+01", "-03:30".
/// Microseconds since the epoch, or nothing. A day alone is no instant.
std::optional<std::int64_t> parse_instant(const std::string& text);
/// Decimal digits only; or nothing.
std::optional<std::int64_t> parse_number(const std::string& text);
/// 0 to 100 with an optional "%"; or nothing.
std::optional<double> parse_percent(const std::string& text);

/// Why `value` is not one that `option` accepts ("expected a number of 1 to 64"), or "".
std::string objection(const Option& option, const std::string& value);

}  // namespace recover::config
