// The smallest correct plugin, to copy from (docs/writing-a-plugin.md). Its database is a text file:
//
//   recover-sample VERSION        first line
//   any number of records         one per line
//   end COUNT                     last line
//
// It reads only through Tree, changes nothing itself, describes the recovery as steps, and calls
// nothing recovered before it has read the copy back and counted.
#include "recover/plugin.hpp"
#include "recover/errors.hpp"
#include "recover/recogniser.hpp"
#include "recover/steps.hpp"

#include <algorithm>
#include <iterator>

namespace recover::sample {

namespace errors {
#define RECOVER_ERROR(name, id, exit, retryable, title, meaning, fix) \
  inline constexpr ErrorKind name{id, ExitCode::exit, retryable, title, meaning, fix};
#include "template/errors.def"
#undef RECOVER_ERROR
}  // namespace errors

namespace {

constexpr std::size_t largest_file = 1 << 20;

struct Contents {
  std::string version;
  std::int64_t records = 0;
  bool is_complete = false;  ///< the last line counts the records rightly
};

/// What the text says of itself; an empty version means that it is not a sample file at all.
Contents contents_of(const std::string& text) {
  const std::string magic = "recover-sample ";
  Contents contents;
  const std::size_t first_end = text.find('\n');
  if (text.compare(0, magic.size(), magic) != 0 || first_end == std::string::npos) return contents;
  contents.version = text.substr(magic.size(), first_end - magic.size());
  const auto lines = std::count(text.begin(), text.end(), '\n');
  contents.is_complete = text.ends_with("\nend " + std::to_string(lines - 2) + "\n");
  contents.records = contents.is_complete ? lines - 2 : lines - 1;
  return contents;
}

class SampleEngine final : public Engine {
 public:
  Result<Finding> probe(const Candidate& candidate, Tree& tree) const override {
    const Contents contents = contents_of(RECOVER_TRY(tree.read(candidate.path, 0, largest_file)));
    if (contents.version.empty()) return not_recognised(candidate, "the first line is another one");
    Finding finding = finding_of(candidate);
    finding.product = "Recover sample";
    finding.version = {contents.version, candidate.path};
    finding.confidence = contents.is_complete ? Confidence::certain : Confidence::probable;
    finding.health.state = contents.is_complete ? HealthState::ok : HealthState::incomplete;
    finding.health.summary = contents.is_complete ? "complete" : "its end is missing";
    finding.evidence.push_back("first line of " + tree.describe(candidate.path));
    set_fact(finding.facts, "records", contents.records);
    return finding;
  }

  Result<Assessment> assess(const Finding& finding, const Survey& survey, const Wishes&, Tree& tree,
                            Host&) const override {
    Assessment assessment;
    assessment.finding = finding;
    set_fact(assessment.facts, "source_root", survey.root);
    Option copy{Strategy::direct, {}, finding.size.allocated, "it is one file"};
    const std::string what = "cannot copy " + tree.describe(finding.path);
    if (finding.health.state != HealthState::ok) {
      copy.blocked = make_error(errors::cut_off, what, finding.health.summary);
    } else if (!tree.is_directory_tree()) {
      copy.blocked = make_error(recover::errors::engine_strategy_unavailable, what, "it is inside an archive")
                         .advise("Unpack the archive and scan the result.");
    }
    assessment.options.push_back(std::move(copy));
    return assessment;
  }

  Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes, Tree& tree,
                    Host& host) const override {
    const Finding& finding = assessment.finding;
    const Option& copy = assessment.options.front();
    if (strategy != copy.strategy) {
      return make_error(recover::errors::engine_strategy_unavailable,
                        "a sample file can only be copied: " + tree.describe(finding.path))
          .advise("Leave --strategy out.");
    }
    if (copy.blocked) return *copy.blocked;
    Plan plan;
    plan.id = finding.id;
    plan.run = wishes.run;
    plan.engine = finding.engine;
    plan.strategy = strategy;
    plan.finding = finding;
    plan.space_needed = copy.space_needed;
    plan.target = target_for(finding, wishes, host);
    const std::string staged = plan.target.staging + "/data";
    plan.replaces = wishes.target_has_data ? plan.target.directory : "";
    plan.keeps_old_as = plan.replaces.empty() ? "" : plan.target.directory + ".old-" + wishes.run;
    const PlaceFiles place{text_fact(assessment.facts, "source_root"),
                           {{finding.path, staged + "/" + finding.name}},
                           plan.target.run_as,
                           0600};
    steps::DirectCopy spec;
    spec.staging = plan.target.staging;
    spec.owner = plan.target.run_as;
    spec.after_copy = {
        {"make",
         "staged",
         "make the data directory",
         MakeDirectories{staged, {}, spec.owner, 0700},
         UndoNothing{} /* inside the staging directory */,
         {}},
        {"place", "staged", "copy " + finding.path, place, UndoNothing{}, finding.size.logical}};
    spec.verify = {wishes.verify_level};
    spec.activate = {staged, plan.target.directory, plan.keeps_old_as, wishes.target_is_mount_point, {}};
    plan.steps = steps::direct_copy(spec);
    return plan;
  }

  /// There is no server: start and stop have nothing to do, and it "runs" when its file is there.
  Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context) const override {
    if (call.name == "start" || call.name == "stop") return {};
    if (call.name == "status" && context.host.files().exists(plan.target.directory)) return {};
    return make_error(recover::errors::server_not_running, "nothing lies at " + plan.target.directory);
  }

  /// Reads the copy with fresh eyes: before activation in the staging directory, later in its place.
  Result<std::vector<Check>> verify(const Plan& plan, const Verify&, StepContext& context) const override {
    Files& files = context.host.files();
    const std::string staged = plan.target.staging + "/data";
    const std::string place = files.exists(staged) ? staged : plan.target.directory;
    const Contents contents = contents_of(RECOVER_TRY(files.read(place + "/" + plan.finding.name)));
    const std::int64_t expected = number_fact(plan.finding.facts, "records");
    Check check{"records", "every record is there", Verdict::passed, "", {}, {}};
    check.evidence = std::to_string(contents.records) + " of " + std::to_string(expected) + " records";
    set_fact(check.facts, "records", contents.records);
    if (!contents.is_complete || contents.records != expected) {
      check.verdict = Verdict::failed;
      check.error = make_error(errors::cut_off, "the copy in " + place + " is not whole", check.evidence);
    }
    return std::vector<Check>{check};
  }

 private:
  static Target target_for(const Finding& finding, const Wishes& wishes, Host& host) {
    Target target;
    target.kind = wishes.target_directory.empty() ? TargetKind::private_instance : TargetKind::directory;
    target.name = "sample-" + finding.name;
    target.directory = wishes.target_directory.empty()
                           ? wishes.state_directory + "/instances/" + target.name + "/data"
                           : wishes.target_directory;
    target.staging =
        (wishes.target_is_mount_point ? target.directory + "/" : target.directory) + ".recover-" + wishes.run;
    target.run_as = wishes.run_as.empty() ? host.accounts().current() : wishes.run_as;
    target.start = false;
    return target;
  }
};

constexpr ErrorKind all_errors[] = {errors::cut_off};

std::unique_ptr<Engine> create() {
  return std::make_unique<SampleEngine>();
}

const PluginInfo info{
    .fingerprint = {},
    .engine = "template",
    .summary = "text files made of records: an example to copy from",
    .errors = all_errors,
    .error_count = std::size(all_errors),
    .create = create,
};

}  // namespace

}  // namespace recover::sample

RECOVER_PLUGIN(recover::sample::info);
