/// Refuse first: everything that can be known to fail before anything is changed.
#pragma once

#include "core/run/run.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace recover::run {

/// What one run still needs per file system, so that several plans are not promised the same space.
class SpaceBudget {
 public:
  explicit SpaceBudget(std::uint64_t min_free) : min_free_(min_free) {}
  /// Takes `plan`'s need out of the free space of its file system. Errors: disk.not_enough_space.
  Result<void> take(const Plan& plan, Files& files);

 private:
  std::uint64_t min_free_;
  std::map<std::uint64_t, std::uint64_t> promised_;  ///< per device
};

/// Checks one plan: account, places, rights, what is at the target, space. Changes nothing but a probe
/// file that is removed again. `is_resumed`: the target may already be in the middle of activation.
/// Errors: target.no_account, target.inside_source, target.not_empty, target.not_writable,
/// target.write_failed, disk.not_enough_space.
Result<void> preflight(const Plan& plan, const std::string& source, bool is_resumed, SpaceBudget& budget,
                       Host& host);

/// Nothing is ever written inside the source. Errors: target.inside_source.
Result<void> check_outside(const std::string& target, const std::string& source);

/// Has the source still the fingerprint of the plan? Errors: plan.source_changed.
Result<void> check_source(const RunPlan& plan, const CancellationToken& cancel);

/// XXH3-128 over names, sizes and times of every file that these plans will read from `source`.
Result<std::string> fingerprint(const std::vector<Plan>& plans, const std::string& source,
                                const CancellationToken& cancel);

/// The Activate action of a plan, or nullptr.
const Activate* find_activate(const Plan& plan);

/// The nearest directory at or above `path` that exists.
std::string nearest_existing(const std::string& path);

/// The mount point of the file system that `path` (which exists) lies on.
std::string mount_of(const std::string& path);

/// Bytes that are allocated below `path`; 0 when it is not there.
std::uint64_t allocated_below(const std::string& path);

}  // namespace recover::run
