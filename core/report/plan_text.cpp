// The dry run: for each database where it goes, by which steps, what it replaces, what it needs, and why
// the others are left out. Nothing here knows an engine; titles of steps come from the plan itself.
#include "core/report/report.hpp"
#include "core/report/style.hpp"
#include "core/text/format.hpp"

namespace recover::report {

namespace {

std::string line(const std::string& label, const std::string& text) {
  constexpr std::size_t label_width = 11;
  std::string padded = label;
  padded.resize(label_width, ' ');
  return "      " + padded + text + "\n";
}

std::string strategy_words(Strategy strategy) {
  switch (strategy) {
    case Strategy::direct: return "direct copy";
    case Strategy::container: return "container-based";
    case Strategy::dump: return "dump and restore";
    case Strategy::pg_upgrade: return "pg_upgrade";
  }
  return "";
}

std::string target_words(const Target& target) {
  if (target.kind == TargetKind::server) return "running server " + text::printable(target.server);
  const std::string place = text::printable(target.directory);
  if (target.kind == TargetKind::directory) return place;
  return "private instance " + text::printable(target.name) + " in " + place;
}

std::string server_words(const Target& target) {
  const std::string user = target.run_as.empty() ? "this user" : "user " + target.run_as;
  return (target.start ? "left running as " : "left stopped; it belongs to ") + user;
}

/// Only where something is told that the finding does not tell.
std::string renamed_lines(const std::vector<NamedDatabase>& databases) {
  std::string lines;
  for (const NamedDatabase& one : databases) {
    if (one.source == one.target) continue;
    lines += line(lines.empty() ? "renames" : "",
                  text::printable(one.source) + " becomes " + text::printable(one.target));
  }
  return lines;
}

std::string one_plan(const Plan& plan, std::size_t number, const Style& style) {
  const Finding& finding = plan.finding;
  const std::string product = finding.product.empty() ? finding.engine : finding.product;
  std::string block = " " + std::to_string(number) + "  " +
                      bold(plan.id + "  " + product + " " + text::printable(finding.version.text), style) +
                      "  " + finding.kind + " " +
                      (finding.path.empty() ? "." : text::printable(finding.path)) + "\n";
  block += line("strategy", strategy_words(plan.strategy));
  block += line("target", target_words(plan.target));
  if (plan.target.kind != TargetKind::server) block += line("server", server_words(plan.target));
  block += renamed_lines(plan.databases);
  for (const Step& step : plan.steps) {
    const bool is_first = &step == &plan.steps.front();
    block += line(is_first ? "steps" : "", text::printable(step.title));
  }
  if (!plan.replaces.empty()) {
    block += line("replaces", text::printable(plan.replaces));
    block += line("keeps old", text::printable(plan.keeps_old_as));
  }
  block += line("space", "needs " + text::bytes(plan.space_needed));
  for (const auto& warning : plan.warnings) block += line("warning", text::printable(warning));
  for (const Fact& setting : plan.ignored_settings) {
    block += line("ignored", text::printable(setting.name + ": " + to_text(setting.value)));
  }
  return block;
}

std::string skipped_lines(const std::vector<run::Skipped>& skipped) {
  std::string lines;
  for (const auto& one : skipped) {
    const std::string& reason = one.reason.what.empty() ? one.reason.title : one.reason.what;
    lines += std::string(one.is_failure ? " failed:  " : " skipped: ") + one.finding.id + "  " +
             text::printable(reason) +
             (one.reason.cause.empty() ? "" : ": " + text::printable(one.reason.cause)) + "\n";
    if (!one.reason.fix.empty()) lines += "          " + text::printable(one.reason.fix) + "\n";
  }
  return lines.empty() ? "" : "\n" + lines;
}

}  // namespace

std::string plan_text(const run::RunPlan& plan, const Style& style) {
  std::string page = bold("Plan " + plan.run, style) + "  (nothing has been changed)     source " +
                     text::printable(plan.source) + "\n";
  std::size_t number = 0;
  for (const Plan& one : plan.plans) page += "\n" + one_plan(one, ++number, style);
  if (plan.plans.empty()) page += "\n Nothing would be recovered.\n";
  page += skipped_lines(plan.skipped);
  for (const auto& warning : plan.warnings) {
    page += " " + yellow("warning", style) + "  " + text::printable(warning) + "\n";
  }
  if (!plan.plans.empty()) {
    page += "\nRun it:  recover " + text::shell_quoted(plan.source) + "      the same without --dry-run\n";
  }
  return page;
}

}  // namespace recover::report
