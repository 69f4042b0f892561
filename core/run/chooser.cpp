// The choice among what a scan found. A good copy is better than a newer damaged one, a live directory
// better than a leftover, and among equals the newest contents count. Must never drop a finding silently:
// whatever is not chosen is listed with its reason.
#include "core/run/chooser.hpp"

#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace recover::run {

namespace {

/// Smaller is better.
int health_rank(HealthState state) {
  switch (state) {
    case HealthState::ok:
    case HealthState::needs_recovery: return 0;
    case HealthState::unknown: return 1;
    case HealthState::incomplete:
    case HealthState::torn:
    case HealthState::damaged: return 2;
    case HealthState::locked: return 3;
  }
  return 3;
}

bool is_better(const Finding* left, const Finding* right) {
  const auto key = [](const Finding* finding) {
    return std::tuple(health_rank(finding->health.state), finding->role == Role::leftover ? 1 : 0,
                      -finding->content_time, finding->path);
  };
  return key(left) < key(right);
}

bool is_picked(const Finding& finding, const Selection& selection) {
  return std::find(selection.ids.begin(), selection.ids.end(), finding.id) != selection.ids.end();
}

/// Contents of unknown age are taken where no others are left: they may be what is wanted.
bool is_too_new(const Finding& finding, const Selection& selection) {
  return selection.as_of != 0 && finding.content_time > selection.as_of;
}

Error why_too_new(const Finding& finding, const Selection& selection) {
  return make_error(errors::scan_too_new, finding.kind + " " + text::printable(finding.path),
                    "its contents are of " + text::timestamp(finding.content_time) + ", and " +
                        text::timestamp(selection.as_of) + " was asked for");
}

bool stands_alone(Role role) {
  return role == Role::database || role == Role::leftover;
}

Error why_not_alone(const Finding& finding) {
  const std::string what = "cannot recover " + finding.kind + " " + text::printable(finding.path);
  const char* cause = "it is many small files of applications";
  if (finding.role == Role::part) cause = "it is a part of another database and is used with it";
  if (finding.role == Role::repository)
    cause = "it is a repository of another backup tool and is read through that tool";
  if (finding.role == Role::wrapper) cause = "it must be opened first";
  Error error = make_error(errors::engine_strategy_unavailable, what, cause);
  return finding.advice.empty() ? std::move(error) : std::move(error).advise(finding.advice);
}

Result<void> check_ids(const Survey& survey, const Selection& selection) {
  std::vector<std::string> known;
  for (const Finding& finding : survey.findings) known.push_back(finding.id);
  for (const std::string& id : selection.ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string close = text::closest(id, known);
    return make_error(
        errors::scan_nothing_selected, "cannot pick \"" + id + "\"",
        "nothing of that id was found" + (close.empty() ? "" : ", did you mean " + close + "?"));
  }
  return {};
}

}  // namespace

bool is_named(const Finding& finding, const Selection& selection) {
  return is_picked(finding, selection) || selection.names_engine(finding.engine);
}

Result<Choice> choose(const Survey& survey, const Selection& selection) {
  if (survey.findings.empty()) {
    return make_error(errors::scan_nothing_found, "cannot recover anything from " + survey.root);
  }
  RECOVER_TRY(check_ids(survey, selection));
  Choice choice;
  std::map<std::pair<std::string, std::string>, std::size_t> group_of;
  for (const Finding& finding : survey.findings) {
    const bool picked = is_picked(finding, selection);
    if (!picked && !selection.ids.empty()) continue;
    if (!picked && !selection.engines.empty() && !selection.names_engine(finding.engine)) continue;
    if (!stands_alone(finding.role)) {
      // A part is used with its database; nobody needs to be told that it was not recovered by itself.
      if (picked || finding.role != Role::part)
        choice.skipped.push_back({finding, why_not_alone(finding), picked});
      continue;
    }
    if (!picked && is_too_new(finding, selection)) {
      choice.skipped.push_back({finding, why_too_new(finding, selection), false});
      continue;
    }
    const bool alone = picked || finding.identity.empty();
    const auto [place, is_new] =
        alone ? std::pair(group_of.end(), true)
              : group_of.try_emplace({finding.engine, finding.identity}, choice.groups.size());
    if (is_new) {
      choice.groups.push_back({&finding});
    } else {
      choice.groups[place->second].push_back(&finding);
    }
  }
  const bool are_all_too_new =
      selection.as_of != 0 && choice.groups.empty() &&
      std::any_of(choice.skipped.begin(), choice.skipped.end(),
                  [](const Skipped& skipped) { return skipped.reason.id == errors::scan_too_new.id; });
  if (are_all_too_new) {
    return make_error(errors::scan_nothing_selected, "cannot recover anything from " + survey.root,
                      "all that was found is newer than " + text::timestamp(selection.as_of));
  }
  if (choice.groups.empty() && choice.skipped.empty()) {
    return make_error(
        errors::scan_nothing_selected, "cannot recover anything from " + survey.root,
        std::to_string(survey.findings.size()) + " databases were found, none of the selected engines");
  }
  for (Group& group : choice.groups) std::sort(group.begin(), group.end(), is_better);
  return choice;
}

Result<Strategy> choose_strategy(const Assessment& assessment, const std::optional<Strategy>& wanted,
                                 const std::optional<Strategy>& preferred) {
  const Option* best = nullptr;
  for (const Option& option : assessment.options) {
    if (!wanted && !option.blocked && option.strategy == preferred) return option.strategy;
  }
  for (const Option& option : assessment.options) {
    if (wanted && option.strategy != *wanted) continue;
    if (!option.blocked) return option.strategy;
    if (best == nullptr) best = &option;
  }
  if (best != nullptr) return *best->blocked;
  const std::string what =
      "cannot recover " + assessment.finding.kind + " " + text::printable(assessment.finding.path);
  if (wanted && !assessment.options.empty()) {
    return make_error(errors::engine_strategy_blocked, what,
                      "this form cannot be recovered by " + to_text(*wanted));
  }
  return make_error(errors::engine_strategy_unavailable, what, "no strategy for this form is there yet");
}

}  // namespace recover::run
