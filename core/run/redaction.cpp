// What of a report or plan may hold a secret: settings found in the source, causes told by other programs,
// evidence of checks, and the command line. What a run works with (paths, steps, facts of a plan) is never
// touched: a plan must mean the same after it was shown.
#include "core/run/redaction.hpp"

#include "core/text/redaction.hpp"

namespace recover::run {

namespace {

void redact(std::string& text) {
  text = text::redacted(text);
}

void redact(std::vector<std::string>& texts) {
  for (std::string& text : texts) redact(text);
}

void redact(Facts& facts) {
  for (Fact& fact : facts) {
    if (auto* text = std::get_if<std::string>(&fact.value)) {
      *text = text::names_secret(fact.name) && !text->empty() ? "***" : text::redacted(*text);
    } else if (auto* texts = std::get_if<std::vector<std::string>>(&fact.value)) {
      redact(*texts);
    }
  }
}

}  // namespace

void redact(Error& error) {
  for (std::string* text : {&error.what, &error.cause, &error.fix, &error.state}) redact(*text);
  redact(error.trail);
  redact(error.facts);
}

void redact(Report& report) {
  redact(report.arguments);
  redact(report.warnings);
  for (Error& error : report.errors) redact(error);
  for (ItemReport& item : report.items) {
    redact(item.warnings);
    redact(item.ignored_settings);
    if (item.error) redact(*item.error);
    for (Check& check : item.checks) {
      redact(check.evidence);
      redact(check.facts);
      if (check.error) redact(*check.error);
    }
  }
}

void redact(RunPlan& plan) {
  redact(plan.warnings);
  for (run::Skipped& skipped : plan.skipped) redact(skipped.reason);
  for (Plan& one : plan.plans) {
    redact(one.warnings);
    redact(one.ignored_settings);
  }
}

}  // namespace recover::run
