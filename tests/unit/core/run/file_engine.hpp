/// An engine whose database is a directory with a file `control`: the smallest thing that can be copied,
/// verified, activated and rolled back with real files. Its failures are chosen by the test.
#pragma once

#include "core/run/instance.hpp"
#include "core/run/run.hpp"
#include "core/sys/host.hpp"
#include "recover/errors.hpp"
#include "recover/steps.hpp"
#include "tests/support/silent.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>

namespace recover::test {

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FileEngine : public Engine {
 public:
  struct Faults {
    bool verification = false;
    bool start = false;
    bool has_strategy = true;
    bool loads_dump = false;  ///< the database is made out of the file `dump` of the source
    std::function<void()> during_verification;
    Facts facts;                             ///< added to those of the plan
    std::map<std::string, bool> had_source;  ///< by what was asked of the engine
  };
  explicit FileEngine(Faults* faults) : faults_(faults) {}

  Result<Finding> probe(const Candidate&, Tree&) const override {
    return make_error(errors::scan_not_recognised, "not used");
  }

  Result<Assessment> assess(const Finding& finding, const Survey&, const Wishes&, Tree&,
                            Host&) const override {
    Assessment assessment;
    assessment.finding = finding;
    Option option;
    if (!faults_->has_strategy)
      option.blocked = make_error(errors::engine_strategy_unavailable, finding.path);
    assessment.options = {option};
    return assessment;
  }

  Result<Plan> plan(const Assessment& assessment, Strategy, const Wishes& wishes, Tree& tree,
                    Host& host) const override {
    Plan plan;
    plan.id = assessment.finding.id;
    plan.run = wishes.run;
    plan.engine = "filedb";
    plan.finding = assessment.finding;
    const bool is_private = wishes.target_directory.empty();
    const std::string home = wishes.state_directory + "/instances/" + plan.id;
    Target& target = plan.target;
    target = {is_private ? TargetKind::private_instance : TargetKind::directory,
              plan.id,
              {},
              is_private ? home + "/data" : wishes.target_directory,
              {},
              {},
              true};
    const bool inside = wishes.target_is_mount_point;
    target.staging = target.directory + (inside ? "/.recover-" : ".recover-") + wishes.run;
    steps::DirectCopy spec;
    CopyTree copy;
    copy.source_root = tree.describe("");
    copy.from = assessment.finding.path;
    copy.to = target.staging + "/data";
    copy.last = {"control"};
    copy.manifest = wishes.state_directory + "/runs/" + wishes.run + "/" + plan.id + ".manifest";
    spec.copies = {copy};
    spec.staging = target.staging;
    spec.verify = {"quick"};
    spec.activate = {copy.to, target.directory, {}, inside, {"control"}};
    if (host.files().exists(target.directory + "/control")) {
      spec.activate.kept = target.directory + (inside ? "/.recover-old-" : ".old-") + wishes.run;
      plan.replaces = target.directory;
      plan.keeps_old_as = spec.activate.kept;
    }
    spec.after_activate = {
        {"start", "healthy", "start", EngineCall{"start", {}}, UndoCall{{"stop", {}}}, {}}};
    plan.steps = faults_->loads_dump ? load_steps(spec) : steps::direct_copy(spec);
    plan.space_needed = assessment.finding.size.logical;
    plan.facts = {{"connect_line", std::string("cat ") + target.directory + "/control"}};
    for (const Fact& fact : faults_->facts) set_fact(plan.facts, fact.name, fact.value);
    return plan;
  }

  static std::vector<Step> load_steps(const steps::DirectCopy& copy) {
    steps::DumpLoad spec;
    spec.staging = copy.staging;
    spec.verify = copy.verify;
    spec.activate = copy.activate;
    spec.after_activate = copy.after_activate;
    spec.before_load = {{"initialise",
                         "staged",
                         "make an empty database",
                         MakeDirectories{copy.staging, {"data"}, "", 0700},
                         UndoNothing{},
                         {}}};
    spec.load = {{"load", "staged", "load", EngineCall{"load", {}, {"dump"}}, UndoNothing{}, {}}};
    return steps::dump_load(spec);
  }

  static Result<void> load(const Plan& plan, StepContext& context) {
    if (context.source == nullptr) return make_error(errors::source_not_found, "dump");
    const auto content = RECOVER_TRY(context.source->open_content("dump"));
    std::string text(100, '\0');
    text.resize(RECOVER_TRY(content->read(text.data(), text.size())));
    return context.host.files().write(plan.target.staging + "/data/control", text, "", 0600);
  }

  Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context) const override {
    faults_->had_source[call.name] = context.source != nullptr;
    if (call.name == "load") return load(plan, context);
    if (call.name == "start" && faults_->start)
      return make_error(errors::server_start_failed, "cannot start " + plan.id);
    if (call.name == "status") return make_error(errors::server_not_running, plan.id);
    return {};
  }

  Result<std::vector<Check>> verify(const Plan& plan, const Verify&, StepContext& context) const override {
    faults_->had_source["verify"] = context.source != nullptr;
    if (faults_->during_verification) faults_->during_verification();
    const std::string staged = plan.target.staging + "/data/control";
    const std::string control =
        content_of(std::filesystem::exists(staged) ? staged : plan.target.directory + "/control");
    const bool good = !faults_->verification && control == "new";
    return std::vector<Check>{{"control",
                               "the control file is whole",
                               good ? Verdict::passed : Verdict::failed,
                               control,
                               {{"rows", std::int64_t{3}}},
                               {}}};
  }

 private:
  Faults* faults_;
};

using test::NoLog;
using test::NoProgress;

/// A source with one database, a state directory and everything a run needs, below `root`. A second world
/// at the same place is the same machine in a later process: the source is as the first one made it.
struct RunWorld {
  explicit RunWorld(std::string place)
      : root(std::move(place)), state{root + "/state"}, host(sys::make_host(log)) {
    if (!std::filesystem::exists(source())) put_source();
    scan::Manifest manifest;
    manifest.engine = "filedb";
    std::map<std::string, std::unique_ptr<Engine>> engines;
    engines["filedb"] = std::make_unique<FileEngine>(&faults);
    catalog = plugin::Catalog::of({manifest}, std::move(engines));
    scanned.survey.root = source();
    scanned.survey.findings = {finding("f-1", "db")};
    policy.min_free = 0;
    wishes.run = "01RUN";
    wishes.state_directory = state.path;
    wishes.target_directory = target();
  }

  static void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  static Finding finding(const std::string& id, const std::string& path) {
    Finding made;
    made.id = id;
    made.engine = "filedb";
    made.kind = "directory";
    made.name = path;
    made.path = path;
    made.size.logical = Bytes{300006};
    made.health.state = HealthState::ok;
    return made;
  }
  void put_source() const {
    write(source() + "/db/control", "new");
    write(source() + "/db/base/1", std::string(300000, 'n'));
    write(source() + "/db/base/2", "two");
  }
  void put_old_data() const {
    write(target() + "/control", "old");
    write(target() + "/base/old", "old data");
  }
  [[nodiscard]] std::string source() const { return root + "/source"; }
  [[nodiscard]] std::string target() const { return root + "/place/target"; }
  [[nodiscard]] std::string control() const { return content_of(target() + "/control"); }

  Result<run::RunPlan> plan() { return run::make_plan(scanned, selection, wishes, *catalog, *host, {}); }
  Report execute(const run::RunPlan& what) {
    return run::execute(what, policy, state, *catalog, *host, progress, observer, cancel);
  }
  Result<Report> resume() {
    return run::resume("last", policy, state, *catalog, *host, progress, observer, cancel);
  }
  Result<Report> rollback(const std::vector<std::string>& only = {}) {
    return run::rollback("last", only, state, *catalog, *host, progress, {});
  }

  std::string root;
  run::StateDirectory state;
  NoLog log;
  NoProgress progress;
  std::unique_ptr<Host> host;
  FileEngine::Faults faults;
  std::unique_ptr<plugin::Catalog> catalog;
  scan::Outcome scanned;
  run::Selection selection;
  Wishes wishes;
  run::Policy policy;
  run::Observer observer;
  CancellationToken cancel;
};

}  // namespace recover::test
