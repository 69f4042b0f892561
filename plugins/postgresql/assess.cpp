// The offline assessment of one finding: is a server on it now, is its log complete, is it one moment in
// time, does a server for it exist here. Everything is read; nothing is decided that a start would have
// to prove. backup_label is never dropped and the log never reset: what is missing is named instead.
#include "postgresql/assess.hpp"

#include "postgresql/backup/chain.hpp"
#include "postgresql/backup/file_list.hpp"
#include "postgresql/cluster_files.hpp"
#include "postgresql/dump_cut.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/live_server.hpp"
#include "postgresql/moment.hpp"
#include "postgresql/older/plan_older.hpp"
#include "postgresql/plan_load.hpp"
#include "postgresql/replay/point.hpp"
#include "postgresql/server.hpp"
#include "postgresql/settings.hpp"
#include "postgresql/wal_need.hpp"
#include "recover/errors.hpp"
#include "recover/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

/// What an assessment collects on its way.
struct Work {
  Assessment& assessment;
  const Survey& survey;
  const Wishes& wishes;
  Tree& tree;
  Host& host;
  std::optional<Error> point_obstacle = {};  ///< why the point in time that is wanted cannot be reached

  [[nodiscard]] Finding& finding() const { return assessment.finding; }
  [[nodiscard]] std::string shown() const { return finding().path.empty() ? "." : finding().path; }
};

bool is_cluster(const Finding& finding) {
  return find_fact(finding.facts, fact::layout) != nullptr;
}

bool is_tar(const Finding& finding) {
  return text_fact(finding.facts, fact::layout) == "tar";
}

Error unavailable(const std::string& what, const std::string& cause) {
  return make_error(recover::errors::engine_strategy_unavailable, what, cause);
}

void add_settings(Work& work) {
  if (is_tar(work.finding())) return;
  const std::string path = text_fact(work.finding().facts, fact::data_path);
  const auto settings = read_settings(work.tree, path, text_fact(work.finding().facts, fact::major));
  work.assessment.ignored_settings = dangerous_settings(settings);
  set_fact(work.finding().facts, fact::preload_libraries,
           list_items(effective(settings, "shared_preload_libraries")));
}

void add_wal(Work& work, const WalVerdict& verdict) {
  Finding& finding = work.finding();
  if (verdict.end) set_fact(finding.facts, fact::wal_end, to_text(*verdict.end));
  set_fact(finding.facts, fact::wal_to_place, verdict.to_place);
  set_fact(finding.facts, fact::wal_missing, verdict.missing);
  set_fact(finding.facts, fact::wal_sources, verdict.sources);
  if (!verdict.end_reason.empty()) {
    finding.evidence.push_back(fmt::format("log: {} records, ends at {} ({})", verdict.records,
                                           verdict.end ? to_text(*verdict.end) : "?", verdict.end_reason));
  }
  if (verdict.missing.empty()) {
    if (finding.health.state != HealthState::incomplete ||
        !list_fact(finding.facts, fact::missing_tablespaces).empty())
      return;
    finding.health.state = HealthState::needs_recovery;
    finding.health.notes.emplace_back("The log that it lacks was found elsewhere in this tree.");
    return;
  }
  finding.health.state = HealthState::incomplete;
  const std::string note = fmt::format("Log segments are missing: {}.", fmt::join(verdict.missing, ", "));
  auto& notes = finding.health.notes;
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
}

/// pg_basebackup's base.tar is the cluster itself; any other archive merely has one somewhere inside.
bool is_deep_in_archive(const Finding& finding) {
  return is_tar(finding) && !finding.path.ends_with("!");
}

/// Everything about the files that forbids opening them with a server of this machine.
std::optional<Error> obstacle_in_files(const Work& work) {
  const Facts& facts = work.finding().facts;
  const std::string flaw = text_fact(facts, fact::control_flaw);
  if (work.finding().role == Role::leftover) return make_error(errors::already_upgraded, work.shown());
  if (is_deep_in_archive(work.finding())) {
    return unavailable(work.shown(), "the directory lies inside an archive")
        .advise("Unpack the archive and recover the directory that is in it.");
  }
  if (auto broken = backup::broken_chain(work.finding())) return broken;
  const std::string architecture = text_fact(facts, fact::architecture);
  if (!flaw.empty() && !architecture.empty()) {
    return make_error(errors::incompatible_build, work.shown(), "the files are " + architecture);
  }
  if (!flaw.empty() && find_fact(facts, fact::system_identifier) != nullptr) {
    return make_error(errors::control_unknown, work.shown(), flaw);
  }
  if (!flaw.empty()) return make_error(errors::control_damaged, work.shown() + ": global/pg_control", flaw);
  if (number_fact(facts, fact::block_size) != 8192 || number_fact(facts, fact::wal_block_size) != 8192 ||
      number_fact(facts, fact::relation_segment_blocks) != 131072) {
    return make_error(
               errors::incompatible_build, work.shown(),
               fmt::format("block size {}, log block size {}, {} blocks per file; servers of this machine "
                           "have 8192, 8192 and 131072",
                           number_fact(facts, fact::block_size), number_fact(facts, fact::wal_block_size),
                           number_fact(facts, fact::relation_segment_blocks)))
        .with("block_size", number_fact(facts, fact::block_size));
  }
  return std::nullopt;
}

std::optional<Error> obstacle_in_state(const Work& work) {
  const Finding& finding = work.finding();
  if (!is_tar(finding)) {
    const std::string path = text_fact(finding.facts, fact::data_path);
    if (const auto pid = server_running_on(work.tree.describe(path))) {
      return make_error(errors::still_running, work.shown(), fmt::format("process {} works in it", *pid))
          .with("pid", std::int64_t{*pid});
    }
  }
  if (work.point_obstacle) return work.point_obstacle;
  if (const auto missing = list_fact(finding.facts, fact::wal_missing); !missing.empty()) {
    return make_error(errors::wal_missing, work.shown(), fmt::format("missing: {}", fmt::join(missing, ", ")))
        .with("segments", missing);
  }
  if (flag_fact(finding.facts, fact::label_removed) && !work.wishes.last_resort)
    return make_error(errors::backup_label_removed, work.shown());
  if (finding.health.state == HealthState::torn && !work.wishes.last_resort) {
    return make_error(errors::torn_copy, work.shown(),
                      finding.health.notes.empty() ? "" : finding.health.notes.back());
  }
  return std::nullopt;
}

std::optional<Error> obstacle_on_host(const Work& work) {
  const Finding& finding = work.finding();
  const auto server = find_server(finding.version.major(), work.wishes.bindir, work.host);
  if (!server) return server.error();
  return std::nullopt;
}

Option direct_option(const Work& work) {
  Option option{Strategy::direct, obstacle_in_files(work), backup::space_for(work.finding()),
                "the files are copied and opened by the server of the same major version"};
  if (!option.blocked && !work.wishes.server.url.empty()) {
    option.blocked =
        unavailable(work.shown(), "files cannot be copied into a running server")
            .advise("Leave out --direct: a server of its own version opens a copy and dumps it.");
  }
  if (!option.blocked) option.blocked = obstacle_in_state(work);
  if (!option.blocked) option.blocked = obstacle_on_host(work);
  return option;
}

/// --dump-restore of a data directory is the same with programs of this machine.
Option convert_option(const Work& work, Strategy strategy) {
  Option option{strategy, obstacle_in_files(work), older::space_to_convert(work.finding()),
                "a server of its own version opens a copy, and what it dumps goes into a newer one"};
  if (!option.blocked) option.blocked = obstacle_in_state(work);
  Wishes wishes = work.wishes;
  if (strategy == Strategy::dump) wishes.container.runtime = "local";
  if (!option.blocked && wishes.server.url.empty())  // else that server is asked by the plan
    option.blocked = older::obstacle_to_convert(work.finding(), wishes, work.host);
  return option;
}

Option later_option(const Work& work, Strategy strategy, std::string reason) {
  Option option{strategy, unavailable(work.shown(), "this strategy comes with a later version"),
                work.finding().size.allocated, std::move(reason)};
  return option;
}

void assess_cluster(Work& work) {
  if (is_tar(work.finding())) {
    set_fact(work.finding().facts, fact::data_path, text_fact(work.finding().facts, "archive"));
  }
  add_settings(work);
  if (const auto manifest = backup::manifest_of(work.finding(), work.tree); !manifest.empty())
    set_fact(work.finding().facts, fact::manifest, manifest);
  const Finding scanned = work.finding();
  const WalVerdict verdict = judge_wal(scanned, work.survey, work.tree);
  add_wal(work, verdict);
  if (work.wishes.point.is_wanted())
    work.point_obstacle =
        settle_point(scanned, work.wishes.point, work.survey, work.tree, work.finding().facts);
  complete_tablespaces(work.finding(), work.survey);
  backup::complete_chain(work.finding(), work.survey, work.tree);
  judge_moment(work.finding(), work.tree, verdict);
  for (const std::string& space : list_fact(work.finding().facts, fact::missing_tablespaces)) {
    work.assessment.warnings.push_back("tablespace " + space + " is missing: its tables cannot be read");
  }
  work.assessment.options.push_back(direct_option(work));
  work.assessment.options.push_back(convert_option(work, Strategy::container));
  work.assessment.options.push_back(convert_option(work, Strategy::dump));
  work.assessment.options.push_back(
      later_option(work, Strategy::pg_upgrade, "a newer server takes the files over"));
}

}  // namespace

Result<Assessment> assess(const Finding& finding, const Survey& survey, const Wishes& wishes, Tree& tree,
                          Host& host) {
  Assessment assessment;
  assessment.finding = finding;
  Work work{assessment, survey, wishes, tree, host};
  if (is_cluster(finding)) {
    assess_cluster(work);
  } else if (finding.role == Role::repository) {
    Option option{Strategy::direct, unavailable(work.shown(), "it is read through its own tool"), {}, {}};
    option.blocked = std::move(*option.blocked).advise("Run: " + finding.advice);
    assessment.options.push_back(std::move(option));
  } else if (finding.role == Role::part) {
    assessment.options.push_back(
        {Strategy::direct, unavailable(work.shown(), "it is a part of a cluster"), {}, {}});
  } else {
    Option option{Strategy::dump, obstacle_to_load(finding, wishes, host), space_to_load(finding),
                  "the dump is loaded into a new cluster"};
    if (option.blocked && option.blocked->id == errors::dump_incomplete.id) {
      if (const std::string place = place_of_cut(finding, tree); !place.empty())
        option.blocked->cause += " " + place;
    }
    assessment.options.push_back(std::move(option));
  }
  assessment.facts = assessment.finding.facts;
  return assessment;
}

}  // namespace recover::postgresql
