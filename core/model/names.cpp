// The stable words of the JSON documents for every enumerator of the model.
#include "recover/model.hpp"

namespace recover {

std::string to_text(Confidence confidence) {
  switch (confidence) {
    case Confidence::certain: return "certain";
    case Confidence::probable: return "probable";
    case Confidence::possible: return "possible";
  }
  return "possible";
}

std::string to_text(HealthState state) {
  switch (state) {
    case HealthState::ok: return "ok";
    case HealthState::needs_recovery: return "needs_recovery";
    case HealthState::incomplete: return "incomplete";
    case HealthState::torn: return "torn";
    case HealthState::damaged: return "damaged";
    case HealthState::locked: return "locked";
    case HealthState::unknown: return "unknown";
  }
  return "unknown";
}

std::string to_text(Role role) {
  switch (role) {
    case Role::database: return "database";
    case Role::part: return "part";
    case Role::repository: return "repository";
    case Role::wrapper: return "wrapper";
    case Role::leftover: return "leftover";
    case Role::grouped: return "grouped";
  }
  return "database";
}

std::string to_text(Strategy strategy) {
  switch (strategy) {
    case Strategy::direct: return "direct";
    case Strategy::container: return "container";
    case Strategy::dump: return "dump";
    case Strategy::pg_upgrade: return "pg_upgrade";
  }
  return "direct";
}

std::string to_text(TargetKind kind) {
  switch (kind) {
    case TargetKind::private_instance: return "private_instance";
    case TargetKind::directory: return "directory";
    case TargetKind::server: return "server";
  }
  return "private_instance";
}

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return "passed";
    case Verdict::failed: return "failed";
    case Verdict::warning: return "warning";
    case Verdict::not_checked: return "not_checked";
  }
  return "not_checked";
}

std::string to_text(ItemState state) {
  switch (state) {
    case ItemState::found: return "found";
    case ItemState::planned: return "planned";
    case ItemState::staged: return "staged";
    case ItemState::loaded: return "loaded";
    case ItemState::verified: return "verified";
    case ItemState::swapping: return "swapping";
    case ItemState::swapped: return "swapped";
    case ItemState::healthy: return "healthy";
    case ItemState::committed: return "committed";
    case ItemState::cleaned: return "cleaned";
    case ItemState::failed: return "failed";
    case ItemState::rolled_back: return "rolled_back";
    case ItemState::kept_for_inspection: return "kept_for_inspection";
    case ItemState::skipped: return "skipped";
  }
  return "found";
}

std::string to_text(ItemResult result) {
  switch (result) {
    case ItemResult::created: return "created";
    case ItemResult::replaced: return "replaced";
    case ItemResult::restored_beside: return "restored_beside";
    case ItemResult::failed: return "failed";
    case ItemResult::skipped: return "skipped";
    case ItemResult::rolled_back: return "rolled_back";
    case ItemResult::verified: return "verified";
  }
  return "skipped";
}

std::string to_text(RunStatus status) {
  switch (status) {
    case RunStatus::success: return "success";
    case RunStatus::warnings: return "warnings";
    case RunStatus::partial: return "partial";
    case RunStatus::failed: return "failed";
    case RunStatus::interrupted: return "interrupted";
    case RunStatus::rolled_back: return "rolled_back";
    case RunStatus::nothing_found: return "nothing_found";
  }
  return "failed";
}

}  // namespace recover
