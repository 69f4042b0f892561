// The direct copy: the data directory into a private staging directory, what the copy lacks from wherever
// the survey found it, our own configuration, then recovery and verification by a real server, and only
// then the final name. Two rules are above all others (reference: the documentation's chapter on
// continuous archiving): backup_label is never deleted, because the server would start without it and
// silently miss rows; and pg_resetwal is never run. A standby's directory gets a signal file, or the
// server would not insist on reaching its minimum recovery point.
#include "postgresql/plan_direct.hpp"

#include "postgresql/carried_settings.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_steps.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/server.hpp"
#include "postgresql/versions.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr int oldest_server = 10;  // postmaster.pid of older ones does not tell when they are ready
constexpr std::size_t name_digits = 8;

/// The last eight hexadecimal digits of the system identifier: short, and the same for every copy.
std::string short_identity(const std::string& system_identifier) {
  const std::string digits = fmt::format("{:016x}", std::strtoull(system_identifier.c_str(), nullptr, 10));
  return digits.substr(digits.size() - name_digits);
}

void place_target(Plan& plan, const Wishes& wishes) {
  Target& target = plan.target;
  target.name = fmt::format("postgresql-{}-{}", text_fact(plan.facts, fact::major),
                            short_identity(text_fact(plan.facts, fact::system_identifier)));
  target.start = wishes.start;
  if (wishes.target_directory.empty()) {
    target.kind = TargetKind::private_instance;
    target.directory = wishes.state_directory + "/instances/" + target.name + "/data";
  } else {
    target.kind = TargetKind::directory;
    target.directory = wishes.target_directory;
  }
  const bool inside = target.kind == TargetKind::directory && wishes.target_is_mount_point;
  target.staging = (inside ? target.directory : parent_of(target.directory)) + "/.recover-" + plan.run;
}

/// The directory that exists already and that the new one will be made in.
std::string nearest_existing(std::string path, Files& files) {
  while (path != "/" && !files.exists(path)) path = parent_of(path);
  return path;
}

/// Errors: postgresql.target_unreachable when the server's user cannot enter a directory on the way.
Result<void> check_reachable(const std::string& path, const std::string& user, Host& host) {
  if (user == host.accounts().current()) return {};
  Command test;
  test.program = "test";
  test.arguments = {"-x", nearest_existing(path, host.files())};
  test.run_as = user;
  const ProcessResult result = RECOVER_TRY(host.processes().run(test, CancellationToken{}));
  if (result.exit_status == 0) return {};
  return make_error(errors::target_unreachable, path, "user " + user + " cannot enter " + test.arguments[1]);
}

/// What is at the target now: nothing, a data directory that is kept beside, or a reason to refuse.
Result<void> look_at_target(Plan& plan, const Wishes& wishes, Host& host) {
  const std::string& final = plan.target.directory;
  if (host.files().exists(final + "/PG_VERSION")) {
    plan.replaces = final;
    plan.keeps_old_as =
        wishes.target_is_mount_point ? final + "/.old-" + plan.run : final + ".old-" + plan.run;
    if (plan.target.kind == TargetKind::directory && running_server(final, host)) {
      return make_error(recover::errors::target_running, final,
                        "postmaster.pid names a process that works there");
    }
    return {};
  }
  const auto entries = host.files().list(final);
  if (!entries) return {};
  for (const std::string& entry : *entries) {
    if (entry == "lost+found" || entry.starts_with(".recover-")) continue;
    return make_error(recover::errors::target_not_empty, final, entry + " is in it, but no PG_VERSION");
  }
  return {};
}

/// The line that a person pastes to reach the result.
std::string connect_line(const Plan& plan, bool as_other_user) {
  const std::string superuser = text_fact(plan.facts, fact::superuser);
  const std::string psql =
      fmt::format("psql -h {} -p 5432 -U {} -d postgres", shell_word(final_sockets(plan.target)),
                  shell_word(superuser.empty() ? "postgres" : superuser));
  if (plan.target.start) return psql;
  const std::string user = as_other_user ? "runuser -u " + plan.target.run_as + " -- " : "";
  return fmt::format("{}{}/pg_ctl -D {} -l {}/server.log -w start && {}", user,
                     text_fact(plan.facts, plan_fact::bindir), shell_word(plan.target.directory),
                     shell_word(plan.target.directory), psql);
}

/// What must be known before anything else: server, account, target.
Result<Plan> begin_plan(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan;
  plan.id = assessment.finding.id;
  plan.run = wishes.run;
  plan.engine = "postgresql";
  plan.strategy = Strategy::direct;
  plan.finding = assessment.finding;
  plan.warnings = assessment.warnings;
  plan.ignored_settings = assessment.ignored_settings;
  plan.facts = assessment.finding.facts;
  for (const Fact& one : assessment.facts) set_fact(plan.facts, one.name, one.value);
  const int major = Version{text_fact(plan.facts, fact::major), {}}.major();
  if (major < oldest_server) {
    return make_error(recover::errors::engine_strategy_unavailable, plan.finding.path,
                      "the direct copy knows servers from 10 on");
  }
  const Server server = RECOVER_TRY(find_server(major, wishes.bindir, host));
  set_fact(plan.facts, plan_fact::bindir, server.bindir);
  set_fact(plan.facts, plan_fact::server_version, server.version);
  set_fact(plan.facts, plan_fact::jobs, static_cast<std::int64_t>(wishes.jobs));
  if (wishes.last_resort) set_fact(plan.facts, "last_resort", true);
  const auto root = tree.info(text_fact(plan.facts, fact::data_path));
  plan.target.run_as = RECOVER_TRY(choose_account(wishes.run_as, root ? root->owner : 0, host));
  place_target(plan, wishes);
  RECOVER_TRY(look_at_target(plan, wishes, host));
  RECOVER_TRY(check_reachable(plan.target.directory, plan.target.run_as, host));
  RECOVER_TRY(check_reachable(server.bindir, plan.target.run_as, host));
  set_fact(plan.facts, plan_fact::connect_line,
           connect_line(plan, plan.target.run_as != host.accounts().current()));
  return plan;
}

/// Errors: postgresql.wal_missing. An incomplete log is never worked around.
Result<void> check_wal(const Plan& plan) {
  const auto missing = list_fact(plan.facts, fact::wal_missing);
  if (missing.empty()) return {};
  return make_error(errors::wal_missing, plan.finding.path,
                    fmt::format("{} segments are missing, the first is {}", missing.size(), missing.front()));
}

void warn_of_losses(Plan& plan) {
  const auto directories = list_fact(plan.facts, fact::missing_directories);
  if (!directories.empty()) {
    plan.warnings.push_back(fmt::format("{} empty directories had got lost and are made anew: {}, ...",
                                        directories.size(), directories.front()));
  }
  for (const std::string& lost : list_fact(plan.facts, fact::missing_tablespaces)) {
    plan.warnings.push_back("tablespace " + lost + " is missing: its tables cannot be read");
  }
}

Activate activation(const Plan& plan, const Wishes& wishes) {
  Activate activate;
  activate.staged = staged_data(plan.target);
  activate.final = plan.target.directory;
  activate.kept = plan.keeps_old_as;
  activate.inside = plan.target.kind == TargetKind::directory && wishes.target_is_mount_point;
  activate.last = {"global/pg_control"};
  return activate;
}

std::vector<Step> last_steps(const Plan& plan, bool inside) {
  std::vector<Step> steps;
  if (inside) {
    steps.push_back({"own",
                     "swapped",
                     "give the mount point to " + plan.target.run_as,
                     EngineCall{"own_directory", {}},
                     UndoNothing{},
                     {}});
  }
  if (plan.target.start) {
    steps.push_back({"start",
                     "healthy",
                     "start the server and ask it",
                     EngineCall{"start", {}},
                     UndoCall{{"stop", {}}},
                     {}});
  }
  return steps;
}

/// The canonical list knows nothing of tablespaces and of a server on the old data: their steps go in here.
void insert_own_steps(Plan& plan, const std::vector<TablespaceMove>& moves, Host& host) {
  auto& steps = plan.steps;
  if (std::any_of(moves.begin(), moves.end(), [](const auto& move) { return !move.chosen; })) {
    steps.insert(steps.begin() + 1, {"tablespaces",
                                     "found",
                                     "make a place for the tablespaces",
                                     MakeDirectories{tablespace_home(plan), {}, plan.target.run_as, 0700},
                                     UndoCall{{"remove_tablespaces", {}}},
                                     {}});
    set_fact(plan.facts, plan_fact::made_beside, std::vector{tablespace_home(plan)});
  }
  if (plan.target.kind == TargetKind::private_instance) {
    const std::string home = parent_of(plan.target.directory);
    steps.insert(steps.begin(), {"instance",
                                 "found",
                                 "make the private instance " + plan.target.name,
                                 MakeDirectories{home, {}, plan.target.run_as, 0700},
                                 UndoCall{{"remove_empty_instance", {}}},
                                 {}});
  }
  if (plan.replaces.empty()) return;
  if (auto homes = present_tablespace_homes(plan, host); !homes.empty())
    set_fact(plan.facts, plan_fact::kept_beside, std::move(homes));
  const auto activate =
      std::find_if(steps.begin(), steps.end(), [](const Step& step) { return step.id == "activate"; });
  Undo undo = UndoNothing{};
  if (running_server(plan.replaces, host)) undo = UndoCall{{"start", {}}};
  steps.insert(activate,
               {"stop_old", "verified", "stop the server on the old data", EngineCall{"stop", {}}, undo, {}});
}

}  // namespace

Result<Plan> plan_direct(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = RECOVER_TRY(begin_plan(assessment, wishes, tree, host));
  RECOVER_TRY(check_wal(plan));
  warn_of_losses(plan);
  const auto moves = RECOVER_TRY(plan_tablespaces(plan, wishes, tree, host));
  const auto locales = RECOVER_TRY(locales_to_build(list_fact(plan.facts, fact::locales), host));
  steps::DirectCopy spec;
  spec.staging = plan.target.staging;
  spec.owner = plan.target.run_as;
  const auto settings =
      read_settings(tree, text_fact(plan.facts, fact::data_path), text_fact(plan.facts, fact::major));
  const auto carried = carried_settings(settings);
  report_settings(plan, settings);
  const SourceParts parts{plan, wishes, moves, tree, carried};
  spec.copies = copy_parts(parts);
  set_fact(plan.facts, plan_fact::copy_manifests, manifests_of(spec.copies));
  spec.after_copy = complete_copy(parts, locales);
  spec.verify = Verify{wishes.verify_level};
  spec.activate = activation(plan, wishes);
  spec.after_activate = last_steps(plan, spec.activate.inside);
  plan.steps = steps::direct_copy(spec);
  insert_own_steps(plan, moves, host);
  for (Step& step : plan.steps) {
    if (step.id == "copy") step.work = plan.finding.size.logical;
  }
  const auto option = std::find_if(assessment.options.begin(), assessment.options.end(),
                                   [](const Option& one) { return one.strategy == Strategy::direct; });
  plan.space_needed = option != assessment.options.end() ? option->space_needed : plan.finding.size.allocated;
  return plan;
}

}  // namespace recover::postgresql
