// Engines answer with values; an exception out of one is a bug of the plugin. It must not take the
// recovery of other databases with it, so it is turned into plugin.threw at this one place.
//
// Inspectors have no way to say "error", and a silent one would look like "all pages are fine": a
// broken inspector therefore reports its own failure as a flaw of the file.
#include "core/plugin/guarded_engine.hpp"

#include "recover/errors.hpp"

#include <exception>
#include <utility>

namespace recover::plugin {

namespace {

/// The text of the exception that is being handled.
std::string current_exception_text() {
  try {
    throw;
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

class GuardedInspector final : public Inspector {
 public:
  explicit GuardedInspector(std::unique_ptr<Inspector> inner) : inner_(std::move(inner)) {}
  explicit GuardedInspector(std::string failure) : failure_(std::move(failure)) {}

  void begin(const std::string& path, Bytes size) override {
    path_ = path;
    attempt([&] { inner_->begin(path, size); });
  }
  void chunk(std::span<const std::byte> data) override {
    attempt([&] { inner_->chunk(data); });
  }
  Result<std::vector<std::string>> end() override {
    Result<std::vector<std::string>> flaws{std::vector<std::string>{}};
    attempt([&] { flaws = inner_->end(); });
    if (!failure_.empty() && flaws)
      flaws->push_back(path_ + ": not inspected, the plugin failed: " + failure_);
    return flaws;
  }
  [[nodiscard]] Facts totals() const override {
    try {
      return inner_ ? inner_->totals() : Facts{};
    } catch (...) {
      return {};
    }
  }

 private:
  /// After the first failure the inner inspector is not asked again.
  template <typename Call>
  void attempt(const Call& call) {
    if (!failure_.empty()) return;
    try {
      call();
    } catch (...) {
      failure_ = current_exception_text();
    }
  }

  std::unique_ptr<Inspector> inner_;
  std::string failure_;
  std::string path_;
};

class GuardedEngine final : public Engine {
 public:
  GuardedEngine(std::string name, std::unique_ptr<Engine> inner)
      : name_(std::move(name)), inner_(std::move(inner)) {}

  Result<Finding> probe(const Candidate& candidate, Tree& tree) const override {
    return fenced("probing " + tree.describe(candidate.path), [&] { return inner_->probe(candidate, tree); });
  }
  Result<void> complete(Survey& survey, Tree& tree) const override {
    return fenced("completing the findings in " + survey.root,
                  [&] { return inner_->complete(survey, tree); });
  }
  Result<Assessment> assess(const Finding& finding, const Survey& survey, const Wishes& wishes, Tree& tree,
                            Host& host) const override {
    return fenced("assessing " + tree.describe(finding.path),
                  [&] { return inner_->assess(finding, survey, wishes, tree, host); });
  }
  Result<Examination> examine(const Finding& finding, const Wishes& wishes,
                              StepContext& context) const override {
    return fenced("examining " + finding.path, [&] { return inner_->examine(finding, wishes, context); });
  }
  Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes, Tree& tree,
                    Host& host) const override {
    return fenced("planning for " + tree.describe(assessment.finding.path),
                  [&] { return inner_->plan(assessment, strategy, wishes, tree, host); });
  }
  Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context) const override {
    return fenced("performing the step \"" + call.name + "\" of " + plan.id,
                  [&] { return inner_->perform(call, plan, context); });
  }
  Result<std::vector<Check>> verify(const Plan& plan, const Verify& how,
                                    StepContext& context) const override {
    return fenced("verifying " + plan.id, [&] { return inner_->verify(plan, how, context); });
  }
  Result<SaveOffer> offer_save(const SaveWishes& wishes, Host& host,
                               const CancellationToken& cancel) const override {
    return fenced("asking a running server", [&] { return inner_->offer_save(wishes, host, cancel); });
  }
  Result<void> save(const SaveOffer& offer, const SaveWishes& wishes, const std::string& directory,
                    StepContext& context) const override {
    return fenced("saving " + offer.server, [&] { return inner_->save(offer, wishes, directory, context); });
  }
  [[nodiscard]] std::unique_ptr<Inspector> make_inspector(const Facts& facts) const override {
    try {
      auto inspector = inner_->make_inspector(facts);
      if (!inspector) return nullptr;
      return std::make_unique<GuardedInspector>(std::move(inspector));
    } catch (...) {
      return std::make_unique<GuardedInspector>(current_exception_text());
    }
  }

 private:
  template <typename Call>
  auto fenced(const std::string& activity, const Call& call) const -> decltype(call()) {
    try {
      return call();
    } catch (...) {
      return make_error(errors::plugin_threw, "the engine " + name_ + " failed while " + activity,
                        current_exception_text())
          .with("engine", name_);
    }
  }

  std::string name_;
  std::unique_ptr<Engine> inner_;
};

}  // namespace

std::unique_ptr<Engine> guard(std::string name, std::unique_ptr<Engine> engine) {
  return std::make_unique<GuardedEngine>(std::move(name), std::move(engine));
}

Result<std::unique_ptr<Engine>> make_guarded(const std::string& name,
                                             const std::function<std::unique_ptr<Engine>()>& create) {
  const std::string what = "the plugin of " + name + " could not make its engine";
  try {
    std::unique_ptr<Engine> engine = create();
    if (!engine) return make_error(errors::plugin_threw, what, "it made nothing").with("engine", name);
    return guard(name, std::move(engine));
  } catch (...) {
    return make_error(errors::plugin_threw, what, current_exception_text()).with("engine", name);
  }
}

}  // namespace recover::plugin
