// Engines that can tell what lies there before they can recover it. They must never pretend: each way
// is listed as blocked, with the reason and the line that helps a person meanwhile, and whoever calls
// plan, perform or verify all the same gets the same error as a value.
#include "recover/recogniser.hpp"

#include "recover/errors.hpp"

#include <utility>

namespace recover {

namespace {

Error unavailable(const Finding& finding) {
  return make_error(errors::engine_strategy_unavailable,
                    "cannot recover " + finding.kind + " " + (finding.path.empty() ? "." : finding.path),
                    "this version only recognises " + finding.product);
}

Check check_of(const Health& health) {
  Check check = contents_not_checked(health.summary);
  if (!health.notes.empty()) check.evidence = health.notes.front();
  switch (health.state) {
    case HealthState::ok:
    case HealthState::needs_recovery: check.verdict = Verdict::passed; break;
    case HealthState::incomplete:
    case HealthState::torn:
    case HealthState::damaged: check.verdict = Verdict::failed; break;
    case HealthState::locked:
    case HealthState::unknown: break;
  }
  return check;
}

class Recogniser final : public Engine {
 public:
  explicit Recogniser(const Recognition& recognition) : recognition_(recognition) {}

  Result<Finding> probe(const Candidate& candidate, Tree& tree) const override {
    const std::string signature = signature_of(candidate);
    for (const Form& form : recognition_.forms) {
      if (signature == form.signature) return form.probe(candidate, tree);
    }
    return not_recognised(candidate, "the plugin has no probe for signature " + signature);
  }

  Result<Assessment> assess(const Finding& finding, const Survey&, const Wishes&, Tree& tree,
                            Host&) const override {
    Assessment assessment;
    assessment.finding = finding;
    if (recognition_.examine != nullptr) RECOVER_TRY(recognition_.examine(assessment.finding, tree));
    for (OwnWay& way : recognition_.ways(finding)) {
      Option option;
      option.strategy = way.strategy;
      option.blocked = unavailable(finding).advise(std::move(way.fix));
      option.space_needed = finding.size.allocated;
      option.reason = std::move(way.reason);
      assessment.options.push_back(std::move(option));
    }
    return assessment;
  }

  Result<Examination> examine(const Finding& finding, const Wishes& wishes,
                              StepContext& context) const override {
    if (recognition_.examine == nullptr || context.source == nullptr)
      return Engine::examine(finding, wishes, context);
    Finding looked_at = finding;
    RECOVER_TRY(recognition_.examine(looked_at, *context.source));
    return Examination{{check_of(looked_at.health)}, {}};
  }

  Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes&, Tree&,
                    Host&) const override {
    for (const Option& option : assessment.options) {
      if (option.strategy == strategy && option.blocked) return *option.blocked;
    }
    return unavailable(assessment.finding);
  }

  Result<void> perform(const EngineCall&, const Plan& plan, StepContext&) const override {
    return unavailable(plan.finding);
  }

  Result<std::vector<Check>> verify(const Plan& plan, const Verify&, StepContext&) const override {
    return unavailable(plan.finding);
  }

 private:
  Recognition recognition_;
};

}  // namespace

std::unique_ptr<Engine> make_recogniser(const Recognition& recognition) {
  return std::make_unique<Recogniser>(recognition);
}

std::string parent_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string last_component(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

Finding finding_of(const Candidate& candidate) {
  Finding finding;
  finding.engine = candidate.engine;
  finding.kind = candidate.kind;
  finding.path = candidate.path;
  finding.size = candidate.size;
  finding.name = last_component(candidate.path);
  return finding;
}

std::string signature_of(const Candidate& candidate) {
  return candidate.marks.empty() ? std::string() : candidate.marks.front().signature;
}

Error not_recognised(const Candidate& candidate, std::string cause) {
  return make_error(errors::scan_not_recognised, candidate.path + " is not a " + candidate.kind,
                    std::move(cause));
}

}  // namespace recover
