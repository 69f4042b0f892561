// recover verify: a SOURCE is read to its last byte and, with --restore-test, a sample of it restored into a
// server that is gone afterwards; a RUN has the checks of what it recovered repeated.
#include "cli/commands/commands.hpp"
#include "cli/observing.hpp"
#include "cli/recovering.hpp"
#include "cli/scanning.hpp"
#include "cli/stored_input.hpp"
#include "cli/telling.hpp"
#include "core/report/examination.hpp"
#include "core/run/examination.hpp"
#include "recover/errors.hpp"

#include <cstdlib>
#include <filesystem>

namespace recover::cli {

namespace {

Result<Answer> verify_run(const std::string& word, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const std::string run = RECOVER_TRY(run::find_run(word, session.state()));
  Report report =
      RECOVER_TRY(run::verify_again(run, session.settings().text("verify.level"), session.state(), *catalog,
                                    session.host(), session.progress(), session.cancel()));
  session.progress().end();
  return answer_of_report(std::move(report), session);
}

std::uint64_t seed_of(const config::Settings& settings) {
  if (settings.is_set("sample-seed")) return static_cast<std::uint64_t>(settings.number("sample-seed"));
  constexpr std::uint32_t largest_seed = 4'000'000'000;
  return ::arc4random_uniform(largest_seed);
}

Result<Answer> verify_request(const Request& request, const std::string& named, Session& session) {
  const config::Settings& settings = session.settings();
  const run::SampleSize sample = RECOVER_TRY(run::parse_sample(settings.text("verify.sample")));
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  scan::Outcome outcome = RECOVER_TRY(scan_source(request, session));
  RECOVER_TRY(session.cancel().check());
  keep_wanted(outcome, request);
  if (outcome.survey.findings.empty() && outcome.errors.empty()) return nothing_found(request, session);
  const Wishes wished = RECOVER_TRY(wishes(session, run::make_run_id()));
  const run::StateDirectory state = session.state();
  const CancellationToken cancel = session.cancel();
  const run::Workshop workshop{state, *catalog, session.host(), session.progress(), cancel};
  if (settings.flag("restore-test")) tell_of_start("", request.source, session);
  run::ExaminationReport report = RECOVER_TRY(run::examine(outcome, wished, workshop));
  if (settings.flag("restore-test")) {
    report.test = RECOVER_TRY(
        run::restore_test(outcome, report, sample, seed_of(settings), wished, policy_of(session), workshop));
    report.exit = run::exit_of(report);
  }
  session.progress().end();
  Answer answer;
  answer.exit = session.exit_unless_signalled(report.exit);
  answer.text = report::examination_text(report, session.terminal().answer_style());
  answer.json = report::examination_json(report);
  if (report.test) {
    answer.afterwards = [report = std::move(report), named, &session] {
      tell_of_test(report, named, session);
    };
  }
  return answer;
}

Result<Answer> verify_source(const std::vector<std::string>& words, Session& session) {
  Request request = RECOVER_TRY(understand(words, session));
  auto stored = RECOVER_TRY(store_input(request, session));
  auto answer = verify_request(request, source_name(words), session);
  keep_after_failure(stored, answer, session);
  return answer;
}

}  // namespace

Result<Answer> run_verify(Session& session) {
  return run_verify_words(session.words(), session);
}

Result<Answer> run_verify_words(const std::vector<std::string>& words, Session& session) {
  if (words.empty()) {
    return make_error(errors::usage_invalid, "recover verify needs a source or a run")
        .advise("recover verify last, or recover verify /mnt/backup");
  }
  const std::string& word = words.front();
  const bool is_source = word == "-" || word.starts_with('@') || word.find('/') != std::string::npos ||
                         std::filesystem::exists(word) || words.size() > 1;
  return is_source || session.settings().flag("restore-test") ? verify_source(words, session)
                                                              : verify_run(word, session);
}

}  // namespace recover::cli
