// The PostgreSQL plugin: an Engine that only delegates. Recognition is in probe, the offline assessment in
// assess, the direct copy in plan, the server's life in server, the proof in verify.
#include "recover/plugin.hpp"

#include "postgresql/assess.hpp"
#include "postgresql/backup/listed_inspector.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/examine.hpp"
#include "postgresql/plan.hpp"
#include "postgresql/probe.hpp"
#include "postgresql/replay/doctor.hpp"
#include "postgresql/save/save.hpp"
#include "postgresql/verify.hpp"

#include <iterator>

namespace recover::postgresql {

namespace {

class PostgresqlEngine final : public Engine {
 public:
  Result<Finding> probe(const Candidate& candidate, Tree& tree) const override {
    return postgresql::probe(candidate, tree);
  }

  Result<void> complete(Survey& survey, Tree& tree) const override {
    examine_backups(survey, tree);
    return {};
  }

  Result<Assessment> assess(const Finding& finding, const Survey& survey, const Wishes& wishes, Tree& tree,
                            Host& host) const override {
    return postgresql::assess(finding, survey, wishes, tree, host);
  }

  Result<Examination> examine(const Finding& finding, const Wishes& wishes,
                              StepContext& context) const override {
    return postgresql::examine(finding, wishes, context);
  }

  Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes, Tree& tree,
                    Host& host) const override {
    return postgresql::plan(assessment, strategy, wishes, tree, host);
  }

  Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context) const override {
    return postgresql::perform(call, plan, context);
  }

  Result<std::vector<Check>> verify(const Plan& plan, const Verify& how,
                                    StepContext& context) const override {
    return postgresql::verify(plan, how, context);
  }

  Result<SaveOffer> offer_save(const SaveWishes& wishes, Host& host,
                               const CancellationToken& cancel) const override {
    return save::offer(wishes, host, cancel);
  }

  Result<void> save(const SaveOffer& offer, const SaveWishes& wishes, const std::string& directory,
                    StepContext& context) const override {
    return save::save(offer, wishes, directory, context);
  }

  [[nodiscard]] std::unique_ptr<Inspector> make_inspector(const Facts& facts) const override {
    return backup::make_inspector(facts);
  }
};

std::unique_ptr<Engine> create() {
  return std::make_unique<PostgresqlEngine>();
}

const PluginInfo info{
    .fingerprint = {},
    .engine = "postgresql",
    .summary = "PostgreSQL data directories, base backups, dumps and backup repositories",
    .errors = all_error_kinds,
    .error_count = std::size(all_error_kinds),
    .create = create,
};

}  // namespace

}  // namespace recover::postgresql

RECOVER_PLUGIN(recover::postgresql::info);
