// Reading without recovering. The engine weighs the finding first, as it would for a recovery, then reads it
// to its end; both are told. What nobody looked at is never counted as good: a report in which nothing was
// checked is no success.
#include "core/run/examination.hpp"

#include "core/run/exit_codes.hpp"
#include "core/run/scratch.hpp"

#include "recover/errors.hpp"

#include <algorithm>

namespace recover::run {

namespace {

/// Can it be recovered as it lies there? Damage is a failure, a server that is not installed is not.
Check recoverable_check(const Assessment& assessment) {
  Check check{"recoverable", "a way to recover it", Verdict::not_checked, {}, {}, {}};
  const Option* blocked = nullptr;
  for (const Option& option : assessment.options) {
    if (!option.blocked) {
      check.verdict = Verdict::passed;
      check.evidence = to_text(option.strategy) + ": " + option.reason;
      return check;
    }
    if (blocked == nullptr) blocked = &option;
  }
  if (blocked == nullptr) return check;
  const Error& why = *blocked->blocked;
  check.evidence = (why.what.empty() ? why.title : why.title + ": " + why.what) +
                   (why.cause.empty() ? "" : ": " + why.cause);
  if (why.exit == ExitCode::verification_failed) check.verdict = Verdict::failed;
  check.error = why;
  return check;
}

class Examiner {
 public:
  Examiner(const scan::Outcome& scanned, const Wishes& wishes, const Workshop& workshop, Tree& tree)
      : scanned_(scanned), wishes_(wishes), workshop_(workshop), tree_(tree) {}

  Result<Examined> examine(const Finding& finding) {
    const double began = workshop_.host.clock().elapsed();
    Examined examined{finding, {}, {}, 0};
    workshop_.progress.begin(finding.name, "verify", finding.size.logical);
    auto looked = look_at(examined);
    workshop_.progress.end();
    RECOVER_TRY(std::move(looked));
    examined.seconds = workshop_.host.clock().elapsed() - began;
    return examined;
  }

 private:
  Result<void> look_at(Examined& examined) {
    if (const char* why = why_not_read(examined.finding.role); why != nullptr) {
      examined.checks.push_back(contents_not_checked(why));
      return {};
    }
    const auto engine = workshop_.catalog.engine(examined.finding.engine);
    if (!engine) {
      examined.checks.push_back(contents_not_checked(engine.error().what + ": " + engine.error().cause));
      return {};
    }
    auto assessed = (*engine)->assess(examined.finding, scanned_.survey, wishes_, tree_, workshop_.host);
    if (!assessed) return note(examined, std::move(assessed).error());
    examined.finding = assessed->finding;
    if (examined.finding.role != Role::part) examined.checks.push_back(recoverable_check(*assessed));
    LazyScratch scratch(workshop_.state, workshop_.host);
    StepContext context{
        workshop_.host, workshop_.progress, workshop_.cancel, {}, &tree_, nullptr, [&scratch] {
          return scratch.path();
        }};
    auto read = (*engine)->examine(examined.finding, wishes_, context);
    if (!read) return note(examined, std::move(read).error());
    examined.databases = std::move(read->databases);
    for (Check& check : read->checks) examined.checks.push_back(std::move(check));
    return {};
  }

  static const char* why_not_read(Role role) {
    if (role == Role::repository) return "a repository of another backup tool is read through that tool";
    if (role == Role::wrapper) return "it must be opened first";
    return role == Role::grouped ? "many small files of applications" : nullptr;
  }

  /// What could not be read is a failure of this finding; only a stop ends everything.
  Result<void> note(Examined& examined, Error error) {
    if (workshop_.cancel.is_cancelled()) return error;
    Check check{"readable", "it can be read", Verdict::failed, error.what + ": " + error.cause, {}, {}};
    check.error = std::move(error);
    examined.checks.push_back(std::move(check));
    return {};
  }

  const scan::Outcome& scanned_;
  const Wishes& wishes_;
  const Workshop& workshop_;
  Tree& tree_;
};

}  // namespace

Verdict Examined::verdict() const {
  const auto has = [&](Verdict verdict) {
    return std::any_of(checks.begin(), checks.end(),
                       [&](const Check& one) { return one.verdict == verdict; });
  };
  if (has(Verdict::failed)) return Verdict::failed;
  // That there is a way to recover it says nothing about its contents.
  const bool was_read = std::any_of(checks.begin(), checks.end(), [](const Check& one) {
    return one.id != "recoverable" && one.verdict != Verdict::not_checked;
  });
  if (!was_read) return Verdict::not_checked;
  return has(Verdict::warning) ? Verdict::warning : Verdict::passed;
}

Result<ExaminationReport> examine(const scan::Outcome& scanned, const Wishes& wishes,
                                  const Workshop& workshop) {
  const double began = workshop.host.clock().elapsed();
  const auto tree = RECOVER_TRY(scan::open_tree(scanned.survey.root, workshop.cancel));
  ExaminationReport report;
  report.source = scanned.survey.root;
  report.errors = scanned.errors;
  report.warnings = scanned.warnings;
  Examiner examiner(scanned, wishes, workshop, *tree);
  for (const Finding& finding : scanned.survey.findings) {
    RECOVER_TRY(workshop.cancel.check());
    report.items.push_back(RECOVER_TRY(examiner.examine(finding)));
  }
  report.seconds = workshop.host.clock().elapsed() - began;
  report.exit = exit_of(report);
  return report;
}

ExitCode exit_of(const ExaminationReport& report) {
  ExitCode exit = ExitCode::ok;
  bool was_read = false;
  for (const Error& error : report.errors) exit = worse_of(exit, error.exit);
  for (const Examined& item : report.items) {
    was_read = was_read || item.verdict() != Verdict::not_checked;
    for (const Check& check : item.checks) {
      if (check.verdict == Verdict::failed)
        exit = worse_of(exit, check.error ? check.error->exit : ExitCode::verification_failed);
    }
  }
  if (!was_read) exit = worse_of(exit, ExitCode::incompatible);
  if (!report.test) return exit;
  for (const RestoredItem& item : report.test->items) {
    if (item.report.error) exit = worse_of(exit, item.report.error->exit);
  }
  return report.test->restored == 0 ? worse_of(exit, ExitCode::incompatible) : exit;
}

}  // namespace recover::run
