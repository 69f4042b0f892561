// One place where all threads of a scan put what they found. Lists that foreign trees can make long are
// capped (the first thousand unreadable paths; warnings only once), counts are exact.

#include "core/scan/collection.hpp"

#include <algorithm>
#include <system_error>

namespace recover::scan {
namespace {

constexpr std::size_t most_unreadable = 1000;
constexpr std::size_t most_warnings = 200;
constexpr std::size_t most_errors = 1000;

}  // namespace

Found& Collection::add(Finding finding, bool claims_tree) {
  const std::lock_guard lock(mutex_);
  return found_.emplace_back(std::move(finding), claims_tree);
}

void Collection::add_error(Error error) {
  const std::lock_guard lock(mutex_);
  if (errors_.size() < most_errors) errors_.push_back(std::move(error));
}

void Collection::add_warning(std::string warning) {
  const std::lock_guard lock(mutex_);
  const bool known = std::find(warnings_.begin(), warnings_.end(), warning) != warnings_.end();
  if (!known && warnings_.size() < most_warnings) warnings_.push_back(std::move(warning));
}

void Collection::add_unreadable(std::string path, int error_number) {
  const std::lock_guard lock(mutex_);
  ++unreadable_count_;
  if (unreadable_.size() < most_unreadable) {
    unreadable_.push_back({std::move(path), std::generic_category().message(error_number)});
  }
}

void Collection::count_entries(std::uint64_t entries, std::uint64_t bytes) {
  entries_.fetch_add(entries, std::memory_order_relaxed);
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

bool Collection::is_claimed(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return std::any_of(found_.begin(), found_.end(), [&](const Found& found) {
    const std::string& top = found.finding.path;
    return found.claims_tree && (top.empty() || path == top || path.starts_with(top + "/"));
  });
}

Outcome Collection::take() {
  const std::lock_guard lock(mutex_);
  Outcome outcome;
  for (auto& found : found_) {
    if (const auto files = found.files.load(); files > 0) {
      found.finding.size = {{found.logical.load()}, {found.allocated.load()}, files};
    }
    outcome.survey.findings.push_back(std::move(found.finding));
  }
  found_.clear();
  outcome.errors = std::move(errors_);
  outcome.warnings = std::move(warnings_);
  outcome.unreadable = std::move(unreadable_);
  outcome.unreadable_count = unreadable_count_;
  outcome.entries = entries_.load();
  outcome.bytes.count = bytes_.load();
  return outcome;
}

}  // namespace recover::scan
