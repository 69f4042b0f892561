/// What the operator wants of a load, on its way through a plan's facts.
#pragma once

#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/options.hpp"
#include "postgresql/load/target_names.hpp"
#include "recover/engine.hpp"

namespace recover::postgresql::load {

/// Facts of a plan; lists, where nothing else is said.
namespace wish_fact {
inline constexpr auto databases = "wanted_databases";             ///< only these
inline constexpr auto excluded_databases = "excluded_databases";  ///< globs
inline constexpr auto globals = "globals";                        ///< text: yes, no, only
inline constexpr auto allowed = "allowed";                        ///< Wishes::allowed
inline constexpr auto known_extensions = "known_extensions";      ///< the only ones that may be made
}  // namespace wish_fact

/// Notes what of the wishes concerns the dump: what is read of it and what it is called on the target.
/// Errors: scan.nothing_selected, when no part of the dump is wanted; postgresql.name_invalid, name_taken.
Result<void> note_wishes(Plan& plan, const Wishes& wishes);
/// Whether the dump is read to its end before anything is loaded.
bool reads_first(const Plan& plan, const Wishes& wishes);

/// The same out of a plan.
DatabaseChoice database_choice(const Plan& plan);
/// The parts of the dump that hold databases that were chosen, or what is for all of them.
std::vector<DumpPart> wanted_parts(const Plan& plan);
/// Errors: scan.nothing_selected, when a database that was asked for is not among those that were loaded.
Result<void> check_choice(const DatabaseChoice& choice, const TargetNames& names,
                          const std::vector<std::string>& loaded);
dump::Allowed allowed_by(const Plan& plan);

/// The same straight from the wishes, for those who read a dump without a plan.
dump::Allowed allowed_by(const Wishes& wishes);

}  // namespace recover::postgresql::load
