// A dump becomes a cluster of its own: made empty, loaded, verified against what was read from the dump, and
// only then given its name. A dump of an old server goes into the server of that version or the next newer
// one; never into an older one, which would refuse half of it.
#include "postgresql/plan_load.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/extension_packages.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/dump_directory.hpp"
#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/plan_target.hpp"
#include "postgresql/server.hpp"
#include "postgresql/version_rules.hpp"
#include "postgresql/versions.hpp"

#include "recover/crc32c.hpp"
#include "recover/errors.hpp"
#include "recover/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::uint64_t growth_of_text = 3;         // indexes and page overhead, measured on pgbench and shop
constexpr std::uint64_t growth_of_compressed = 12;  // gzip of such dumps is about a quarter
// Every statement is committed alone and needs few locks, unless the dump has transactions of its own: one
// that makes 20,000 tables holds a lock on each. 1024 for each of 100 connections are enough for 100,000
// objects and cost 40 MB of shared memory; the default of 64 ends at 6,400 (53200, out of shared memory).
constexpr std::int64_t locks_in_a_transaction = 1024;
constexpr std::uint64_t empty_cluster = std::uint64_t{64} << 20;

/// "shop" of "shop.sql.gz": letters that every file system and shell takes.
std::string plain_name(const std::string& name) {
  std::string plain;
  for (const char letter : name.substr(0, name.find('.', 1))) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
    plain += is_plain ? letter : '-';
  }
  return plain.empty() ? "dump" : plain;
}

/// The first major version whose pg_restore reads an archive (K_VERS_MAX, pg_backup_archiver.h).
int oldest_reader(const Finding& finding) {
  const std::string version = text_fact(finding.facts, fact::archive_version);
  if (version == "1.16") return 17;
  if (version == "1.15") return 16;
  return version == "1.14" ? 12 : 0;
}

/// Errors: postgresql.extension_missing.
std::optional<Error> obstacle_of_extensions(const Finding& finding, const Server& server, Host& host) {
  const auto missing = missing_extensions(list_fact(finding.facts, fact::extensions), server.bindir, host);
  if (missing.empty()) return std::nullopt;
  return lacks_extensions(missing, server.version, server.bindir);
}

std::vector<std::string> files_of(const Finding& finding) {
  std::vector<std::string> reads;
  for (const load::DumpPart& part : load::parts_of(finding)) reads.push_back(part.path);
  return reads;
}

Step load_step(const Finding& finding) {
  return {"load",
          "loaded",
          "make an empty cluster and load the dump over several connections",
          EngineCall{"load", {}, files_of(finding)},
          UndoCall{{"remove_tablespaces", {}}},  // everything else is inside the staging directory
          {}};
}

}  // namespace

Step validate_step(const Finding& finding) {
  return {"validate",
          "staged",
          "read the whole dump once before anything is loaded",
          EngineCall{"validate", {}, files_of(finding)},
          UndoNothing{},
          finding.size.logical};
}

Error too_new(const Finding& finding, int oldest, const Server& server) {
  const bool by_form = oldest > finding.version.major();
  const std::string made_by = text_fact(finding.facts, fact::dump_version);
  const bool is_dump = !made_by.empty();
  std::string what =
      fmt::format("{} of PostgreSQL {}", is_dump ? "a dump" : "a cluster", finding.version.text);
  if (by_form) what += fmt::format(", made by pg_dump {}", made_by);
  return make_error(errors::dump_too_new, std::move(what),
                    fmt::format("the newest server here is {} in {}", server.version, server.bindir))
      .advise(
          fmt::format("Install the package postgresql-{0} or a newer one, name the programs of such a server "
                      "with --bindir DIR, or run recover in a container that has it (postgres:{0}).",
                      oldest))
      .with("dump", finding.version.text)
      .with("server", server.version);
}

Result<Server> server_for_dump(const Finding& finding, const std::string& bindir, Host& host) {
  const int oldest = std::max({finding.version.major(), oldest_reader(finding), 10});
  std::optional<Error> first;
  for (const MajorVersion& version : major_versions()) {
    const int major = Version{version.name, {}}.major();
    if (major < oldest) continue;
    auto server = find_server(major, bindir, host);
    if (server) return server;
    if (!first) first = std::move(server).error();
  }
  if (auto older = newest_server(bindir, host)) return too_new(finding, oldest, *older);
  if (first)
    return std::move(*first).advise(fmt::format(
        "Install the package postgresql-{} or a newer one, or name its programs with --bindir DIR.", oldest));
  return make_error(errors::server_not_installed, "PostgreSQL " + finding.version.text,
                    "no version that is known here takes it");
}

std::optional<Error> obstacle_to_load(const Finding& finding, const Wishes& wishes, Host& host) {
  const std::string shown = finding.path.empty() ? "." : finding.path;
  const bool is_cut = finding.health.state == HealthState::incomplete;
  if ((is_cut && !wishes.last_resort) || finding.health.state == HealthState::damaged) {
    return make_error(errors::dump_incomplete, shown,
                      finding.health.notes.empty() ? finding.health.summary : finding.health.notes.front());
  }
  if (list_fact(finding.facts, fact::dump_parts).empty()) {
    return make_error(recover::errors::engine_strategy_unavailable, shown,
                      "its form must be read by pg_restore, from a file")
        .advise("Store it in a file and recover that.");
  }
  if (!wishes.server.url.empty()) return std::nullopt;  // the plan asks that server
  const auto server = server_for_dump(finding, wishes.bindir, host);
  if (!server) return server.error();
  return obstacle_of_extensions(finding, *server, host);
}

Error lacks_extensions(const std::vector<std::string>& missing, const std::string& version,
                       const std::string& where) {
  return make_error(errors::extension_missing, fmt::format("{}", fmt::join(missing, ", ")),
                    fmt::format("PostgreSQL {} in {} does not have it", version, where))
      .advise(advice_for_extensions(missing, Version{version, {}}.major()))
      .with("extensions", missing);
}

void warn_of_version(Plan& plan, int target_major) {
  const Facts& facts = plan.finding.facts;
  const VersionJudgement judgement =
      judge_versions({plan.finding.version.major(), list_fact(facts, fact::old_features),
                      !flag_fact(facts, fact::head_only)},
                     target_major);
  set_fact(plan.facts, plan_fact::compatibility, to_text(judgement.level));
  for (const std::string& reason : judgement.reasons) {
    plan.warnings.push_back(fmt::format("{}, PostgreSQL {} into {}: {}", to_text(judgement.level),
                                        plan.finding.version.text, target_major, reason));
  }
}

Result<void> tell_copies(Plan& plan, const Wishes& wishes, Tree& tree, Host& host) {
  for (const load::DumpPart& part : load::wanted_parts(plan)) {
    if (part.form != "directory") continue;
    const std::string reader = RECOVER_TRY(choose_account(plan.target.run_as, 0, host));
    if (load::seems_read_in_place(part.path, reader, tree, host)) continue;
    const std::string place = wishes.state_directory + "/spool";
    const Bytes size = plan.finding.size.logical;
    plan.warnings.push_back(fmt::format(
        "{} cannot be read by pg_restore where it lies: its files (at most {} bytes) are copied into {} "
        "while they are loaded and removed afterwards; {} bytes are free there",
        tree.describe(part.path), size.count, place, host.files().free_space(place).value_or(0)));
  }
  return {};
}

Bytes space_to_load(const Finding& finding) {
  const auto parts = load::parts_of(finding);
  const bool is_compressed = !std::all_of(parts.begin(), parts.end(), [](const load::DumpPart& part) {
    return part.form == "sql" && part.path.ends_with(".sql");
  });
  return Bytes{finding.size.logical.count * (is_compressed ? growth_of_compressed : growth_of_text) +
               empty_cluster};
}

Result<Plan> plan_load(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = begin_plan(assessment, Strategy::dump, wishes);
  const Server server = RECOVER_TRY(server_for_dump(plan.finding, wishes.bindir, host));
  const std::string major = std::to_string(Version{server.version, {}}.major());
  set_fact(plan.facts, fact::major, major);  // from here on the server's, not the dump's
  set_fact(plan.facts, fact::superuser, std::string("postgres"));
  set_fact(plan.facts, fact::max_locks_per_transaction, locks_in_a_transaction);
  RECOVER_TRY(load::note_wishes(plan, wishes));
  use_server(plan, server, wishes);
  warn_of_version(plan, Version{server.version, {}}.major());
  if (wishes.last_resort) {
    set_fact(plan.facts, plan_fact::last_resort, true);
    plan.warnings.emplace_back(
        "--last-resort: a dump that is cut off is loaded up to there; data may be missing");
  }
  plan.target.run_as = RECOVER_TRY(choose_account(wishes.run_as, 0, host));
  // Two dumps of one name in different places are two databases.
  const std::uint32_t place = crc32c(tree.describe(plan.finding.path)) & 0xffffU;
  const std::string name =
      fmt::format("postgresql-{}-{}-{:04x}", major, plain_name(plan.finding.name), place);
  RECOVER_TRY(settle_target(plan, name, wishes, host));
  steps::DumpLoad spec;
  spec.staging = plan.target.staging;
  spec.owner = plan.target.run_as;
  if (load::reads_first(plan, wishes)) spec.before_load = {validate_step(plan.finding)};
  spec.load = {load_step(plan.finding)};
  spec.verify = Verify{wishes.verify_level};
  spec.activate = activation(plan, wishes);
  spec.after_activate = last_steps(plan, spec.activate.inside);
  plan.steps = steps::dump_load(spec);
  insert_target_steps(plan, false, host);
  set_fact(plan.facts, plan_fact::made_beside, std::vector{tablespace_home(plan)});  // by the load, if at all
  for (Step& step : plan.steps) {
    if (step.id == "load") step.work = plan.finding.size.logical;
  }
  plan.space_needed = space_to_load(plan.finding);
  return plan;
}

}  // namespace recover::postgresql
