// From a survey to a plan of the whole run: choose, assess, plan, order, fingerprint. Reads the source and
// the machine, changes nothing. Every finding that was selected is either planned or listed with the
// reason why not; only the reason "no strategy yet" and "another copy was chosen" are not failures.
#include "core/run/chooser.hpp"
#include "core/run/preflight.hpp"
#include "core/run/run.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>

namespace recover::run {

namespace {

/// What is at the target now, which only this machine knows.
Wishes look_at_target(Wishes wishes, Files& files) {
  if (wishes.target_directory.empty()) return wishes;
  struct ::statx status {};
  if (::statx(AT_FDCWD, wishes.target_directory.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) !=
      0) {
    return wishes;
  }
  wishes.target_is_mount_point =
      wishes.target_is_mount_point || (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  const auto names = files.list(wishes.target_directory);
  wishes.target_has_data = wishes.target_has_data ||
                           (names && std::any_of(names->begin(), names->end(), [](const std::string& name) {
                              return name != "lost+found" && !name.starts_with(".recover-");
                            }));
  return wishes;
}

Error another_chosen(const Finding& left, const Finding& chosen) {
  std::string why = "another copy of the same database was chosen: " + chosen.id;
  if (chosen.content_time != 0 && left.content_time != 0 && chosen.content_time != left.content_time) {
    why += chosen.content_time > left.content_time ? " (newer: " : " (older, but in better health: ";
    why += text::timestamp(chosen.content_time) + ")";
  }
  return make_error(errors::engine_strategy_unavailable, "did not recover " + text::printable(left.path), why)
      .advise("Pick it with --pick " + left.id + " if you want this copy.");
}

class Planner {
 public:
  Planner(const scan::Outcome& scanned, const Selection& selection, const Wishes& wishes,
          plugin::Catalog& catalog, Host& host)
      : scanned_(scanned),
        selection_(selection),
        wishes_(look_at_target(wishes, host.files())),
        catalog_(catalog),
        host_(host) {}

  Result<RunPlan> run(const CancellationToken& cancel) {
    plan_.run = wishes_.run;
    plan_.source = scanned_.survey.root;
    plan_.warnings = scanned_.warnings;
    Choice choice = RECOVER_TRY(choose(scanned_.survey, selection_));
    plan_.skipped = std::move(choice.skipped);
    for (const Group& group : choice.groups) {
      RECOVER_TRY(cancel.check());
      plan_group(group);
    }
    std::stable_sort(plan_.plans.begin(), plan_.plans.end(), [](const Plan& left, const Plan& right) {
      return left.finding.size.logical > right.finding.size.logical;
    });
    RECOVER_TRY(check_renamed());
    RECOVER_TRY(check_targets());
    plan_.source_fingerprint = RECOVER_TRY(fingerprint(plan_.plans, plan_.source, cancel));
    return std::move(plan_);
  }

 private:
  /// Tries the copies of one database, best first.
  void plan_group(const Group& group) {
    std::vector<Skipped> refused;
    for (const Finding* finding : group) {
      auto planned = plan_one(*finding);
      if (planned) {
        for (const Finding* other : group) {
          const auto is_other = [&](const Skipped& one) { return one.finding.id == other->id; };
          if (other == finding) continue;
          const auto tried = std::find_if(refused.begin(), refused.end(), is_other);
          Error reason = tried == refused.end() ? another_chosen(*other, *finding) : tried->reason;
          plan_.skipped.push_back({*other, std::move(reason), false});
        }
        plan_.plans.push_back(std::move(planned).value());
        return;
      }
      Error reason = std::move(planned).error();
      const bool only_missing =
          reason.id == errors::engine_strategy_unavailable.id || reason.id == errors::plugin_missing.id;
      refused.push_back({*finding, std::move(reason), is_named(*finding, selection_) || !only_missing});
    }
    // No copy can be recovered: the best one counts, the others are told.
    for (std::size_t at = 1; at < refused.size(); ++at) refused[at].is_failure = false;
    plan_.skipped.insert(plan_.skipped.end(), std::make_move_iterator(refused.begin()),
                         std::make_move_iterator(refused.end()));
  }

  Result<Plan> plan_one(const Finding& finding) {
    const Engine* engine = RECOVER_TRY(catalog_.engine(finding.engine));
    RECOVER_TRY(check_server_engine(finding));
    Tree* tree = RECOVER_TRY(source());
    const Assessment assessment =
        RECOVER_TRY(engine->assess(finding, scanned_.survey, wishes_, *tree, host_));
    const Strategy strategy =
        RECOVER_TRY(choose_strategy(assessment, wishes_.strategy, selection_.preferred));
    Plan plan = RECOVER_TRY(engine->plan(assessment, strategy, wishes_, *tree, host_));
    if (wishes_.point.is_wanted() && text_fact(plan.facts, point_fact).empty()) {
      return make_error(errors::engine_strategy_blocked, "did not recover " + text::printable(finding.path),
                        "it has no log that could be replayed to a point in time")
          .advise("Pick a base backup that lies beside its log, or leave out the point in time.");
    }
    return plan;
  }

  /// "postgresql://..." is a target for databases of that engine only; its word is one of the manifest's.
  Result<void> check_server_engine(const Finding& finding) const {
    const std::string& url = wishes_.server.url;
    const std::size_t end = url.find("://");
    if (end == std::string::npos) return {};
    const scan::Manifest* manifest = catalog_.find(url.substr(0, end));
    if (manifest == nullptr) {
      return make_error(errors::usage_invalid, "cannot use --target " + text::printable(url),
                        "no engine is called " + text::printable(url.substr(0, end)));
    }
    if (manifest->engine == finding.engine) return {};
    return make_error(errors::engine_strategy_unavailable, "did not recover " + text::printable(finding.path),
                      "the target is a server of another engine: " + manifest->engine)
        .advise("Recover it in a run of its own, without --target.");
  }

  Result<Tree*> source() {
    if (!tree_) tree_ = RECOVER_TRY(scan::open_tree(scanned_.survey.root));
    return tree_.get();
  }

  /// A name that no source has is a slip of the pen; where nothing can be planned, that is told instead.
  Result<void> check_renamed() {
    if (plan_.plans.empty()) return {};
    for (const NamedDatabase& renamed : wishes_.names.databases) {
      const bool is_there = std::any_of(plan_.plans.begin(), plan_.plans.end(), [&](const Plan& plan) {
        return std::any_of(plan.databases.begin(), plan.databases.end(),
                           [&](const NamedDatabase& one) { return one.source == renamed.source; });
      });
      if (is_there) continue;
      return make_error(errors::usage_invalid, "cannot rename " + text::printable(renamed.source),
                        "nothing that would be recovered holds a database of that name")
          .advise("recover scan shows the names; --rename takes them as they are there.");
    }
    return {};
  }

  Result<void> check_targets() {
    std::map<std::string, std::string> taken;
    for (const Plan& plan : plan_.plans) {
      for (const std::string& place : places_of(plan)) {
        const auto [other, is_new] = taken.try_emplace(place, plan.id);
        if (is_new || other->second == plan.id) continue;
        return make_error(errors::usage_invalid, "cannot recover two databases into " + place,
                          other->second + " and " + plan.id + " would both go there")
            .advise("Pick one of them with --pick, or give them different targets.");
      }
    }
    return {};
  }

  /// What a plan takes for itself: its directory, or names of databases in a running server.
  static std::vector<std::string> places_of(const Plan& plan) {
    if (plan.target.kind != TargetKind::server) return {plan.target.directory};
    std::vector<std::string> places;
    for (const NamedDatabase& database : plan.databases)
      places.push_back("database " + database.target + " of " + plan.target.server);
    return places;
  }

  const scan::Outcome& scanned_;
  const Selection& selection_;
  Wishes wishes_;
  plugin::Catalog& catalog_;
  Host& host_;
  std::unique_ptr<Tree> tree_;
  RunPlan plan_;
};

}  // namespace

Result<RunPlan> make_plan(const scan::Outcome& scanned, const Selection& selection, const Wishes& wishes,
                          plugin::Catalog& catalog, Host& host, const CancellationToken& cancel) {
  return Planner(scanned, selection, wishes, catalog, host).run(cancel);
}

}  // namespace recover::run
