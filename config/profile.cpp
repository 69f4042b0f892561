// A profile is nothing but other defaults, so that everything else (who said it, what outranks it, what is
// shown by `recover config show --origin`) is as for any option.
#include "config/profile.hpp"

#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace recover::config {

namespace {

constexpr std::array rows{
#define RECOVER_PROFILE(profile, option, value) ProfileRow{profile, option, value},
#include "config/profiles.def"
#undef RECOVER_PROFILE
};

/// "2x" on four cores is "8", or the most that the option takes.
std::string value_on(const ProfileRow& row, const Option& option, unsigned cores) {
  std::string value = row.value;
  if (!value.ends_with('x')) return value;
  value.pop_back();
  const std::string range = option.choices;
  const auto most = parse_number(range.substr(range.find("..") + 2));
  const std::int64_t number = parse_number(value).value_or(1) * std::max(1U, cores);
  return std::to_string(std::min(number, most.value_or(number)));
}

}  // namespace

std::span<const ProfileRow> profile_rows() {
  return rows;
}

void apply_profile(Settings& settings, unsigned cores) {
  const std::string chosen = settings.text("restore.profile");
  for (const ProfileRow& row : rows) {
    const Option* option = find_option(row.option);
    if (chosen != row.profile || option == nullptr) continue;
    settings.set_default(row.option, value_on(row, *option, cores), "profile " + chosen);
  }
}

}  // namespace recover::config
