// A hook gets its words as they are, without a shell, and what it must know through its environment. The one
// before may say no: then nothing is changed. The one after always runs, so that what was stopped comes back,
// even when the person has interrupted the run; it can change nothing about the outcome any more.
#include "core/run/hooks.hpp"

#include "core/run/exit_codes.hpp"
#include "core/run/records.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::run {

namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

Environment environment_of(const char* hook, const RunName& name) {
  return {{"RECOVER_HOOK", hook}, {"RECOVER_RUN", name.run}, {"RECOVER_SOURCE", name.source}};
}

Result<void> run_hook(const std::vector<std::string>& words, Environment environment, const Hooks& hooks,
                      Host& host, const CancellationToken& cancel) {
  if (words.empty()) return {};
  Command command;
  command.program = words.front();
  command.arguments.assign(words.begin() + 1, words.end());
  const std::string what =
      "the hook " + environment.front().second + " the run: " + text::printable(command.program);
  command.environment = std::move(environment);
  command.time_limit = hooks.limit;
  host.log().write(LogLevel::info, "running " + what);
  const ProcessResult result = RECOVER_TRY(host.processes().run(command, cancel));
  if (result.exit_status == 0) return {};
  const std::string said = result.errors.empty() ? result.output : result.errors;
  return make_error(errors::tool_failed, what,
                    "it ended with status " + std::to_string(result.exit_status) +
                        (said.empty() ? "" : ": " + text::printable(said)))
      .with("exit_status", std::int64_t{result.exit_status});
}

}  // namespace

Result<void> run_before(const Hooks& hooks, const RunName& name, Host& host,
                        const CancellationToken& cancel) {
  auto done = run_hook(hooks.before, environment_of("before", name), hooks, host, cancel);
  if (done) return done;
  return std::move(done).error().advise(
      "Nothing was changed. Mend the command in [hooks] before (or --before-hook), or run without it.");
}

Result<void> run_after(const Hooks& hooks, const RunName& name, const Error& reason, Host& host) {
  Environment environment = environment_of("after", name);
  environment.emplace_back("RECOVER_STATUS", "not_begun");
  environment.emplace_back("RECOVER_EXIT_CODE", std::to_string(static_cast<int>(reason.exit)));
  return run_hook(hooks.after, std::move(environment), hooks, host, CancellationToken{});
}

void run_after(const Hooks& hooks, Report& report, const StateDirectory& state, Host& host) {
  Environment environment = environment_of("after", {report.run, report.source});
  environment.emplace_back("RECOVER_STATUS", to_text(report.status));
  environment.emplace_back("RECOVER_EXIT_CODE", std::to_string(static_cast<int>(report.exit)));
  auto done = run_hook(hooks.after, std::move(environment), hooks, host, CancellationToken{});
  if (done) return;
  report.warnings.push_back(done.error().what + ": " + done.error().cause);
  if (report.status == RunStatus::success) report.status = RunStatus::warnings;
  static_cast<void>(save_report({state.run(report.run)}, report));
}

}  // namespace recover::run
