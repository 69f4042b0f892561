// The target of every strategy is the same: a private instance or a directory, built in a staging directory
// beside it, with whatever was there kept. Nothing here depends on where the data comes from.
#include "postgresql/plan_target.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_tablespaces.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t name_digits = 8;

void place_target(Plan& plan, const std::string& name, const Wishes& wishes) {
  Target& target = plan.target;
  target.name = name;
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

}  // namespace

Plan begin_plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes) {
  Plan plan;
  plan.id = assessment.finding.id;
  plan.run = wishes.run;
  plan.engine = "postgresql";
  plan.strategy = strategy;
  plan.finding = assessment.finding;
  plan.warnings = assessment.warnings;
  plan.ignored_settings = assessment.ignored_settings;
  plan.facts = assessment.finding.facts;
  for (const Fact& one : assessment.facts) set_fact(plan.facts, one.name, one.value);
  const auto note_number = [&](const char* setting, const char* fact) {
    if (const auto number = number_fact(wishes.engine_settings, setting); number != 0)
      set_fact(plan.facts, fact, number);
  };
  note_number("postgresql.jobs", plan_fact::connections);
  if (strategy != Strategy::direct) {
    note_number("postgresql.maintenance_work_mem", plan_fact::index_memory);
    set_fact(plan.facts, plan_fact::lock_timeout, wishes.server.lock_timeout);
    set_fact(plan.facts, plan_fact::lock_action, wishes.server.lock_action);
    set_fact(plan.facts, plan_fact::retries, wishes.retries);
    set_fact(plan.facts, plan_fact::retry_delay, wishes.retry_delay);
  }
  return plan;
}

std::string name_of_cluster(const std::string& major, const std::string& system_identifier) {
  const std::string digits = fmt::format("{:016x}", std::strtoull(system_identifier.c_str(), nullptr, 10));
  return fmt::format("postgresql-{}-{}", major, digits.substr(digits.size() - name_digits));
}

void use_server(Plan& plan, const Server& server, const Wishes& wishes) {
  set_fact(plan.facts, plan_fact::bindir, server.bindir);
  set_fact(plan.facts, plan_fact::server_version, server.version);
  set_fact(plan.facts, plan_fact::jobs, static_cast<std::int64_t>(wishes.jobs));
}

Result<void> settle_target(Plan& plan, const std::string& name, const Wishes& wishes, Host& host) {
  place_target(plan, name, wishes);
  RECOVER_TRY(look_at_target(plan, wishes, host));
  RECOVER_TRY(check_reachable(plan.target.directory, plan.target.run_as, host));
  RECOVER_TRY(check_reachable(text_fact(plan.facts, plan_fact::bindir), plan.target.run_as, host));
  set_fact(plan.facts, plan_fact::connect_line,
           connect_line(plan, plan.target.run_as != host.accounts().current()));
  return {};
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

void insert_target_steps(Plan& plan, bool needs_tablespaces, Host& host) {
  auto& steps = plan.steps;
  if (needs_tablespaces) {
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

}  // namespace recover::postgresql
