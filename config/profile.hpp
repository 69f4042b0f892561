/// Defaults that go together.
#pragma once

#include "config/config.hpp"

#include <span>

namespace recover::config {

/// One row of profiles.def.
struct ProfileRow {
  const char* profile;
  const char* option;  ///< name_of() an option
  const char* value;   ///< "2x": two for every core
};

std::span<const ProfileRow> profile_rows();

/// Makes the rows of the chosen profile ([restore] profile) the defaults of their options on a machine with
/// so many cores. To be called when everything that was said is known.
void apply_profile(Settings& settings, unsigned cores);

}  // namespace recover::config
