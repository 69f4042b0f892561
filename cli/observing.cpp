// A run seen from outside. Several items may be under way at the same time, so everything here is called by
// several threads; log, display and events have their own locks. Fields of events: docs/formats/events.md.
#include "cli/observing.hpp"

#include "cli/telling.hpp"
#include "core/report/documents.hpp"
#include "core/text/format.hpp"

#include <algorithm>
#include <thread>

namespace recover::cli {

using json::Json;

namespace {

unsigned at_once(const config::Settings& settings) {
  const auto asked = static_cast<unsigned>(settings.number("max_parallel_operations"));
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

Json item_fields(const std::string& id, const std::string& engine, const std::string& name) {
  Json fields{{"id", id}, {"engine", engine}};
  json::put_text(fields, "name", name);
  return fields;
}

Json step_fields(const Plan& plan, const Step& step) {
  Json fields = item_fields(plan.id, plan.engine, plan.finding.name);
  fields["phase"] = step.id;
  fields["title"] = step.title;
  return fields;
}

void tell_checks(const ItemReport& item, Events& events) {
  for (const Check& check : item.checks) {
    Json fields{
        {"id", item.id}, {"name", check.id}, {"title", check.title}, {"verdict", to_text(check.verdict)}};
    json::put_text(fields, "evidence", check.evidence);
    events.write("check", fields);
  }
}

void tell_item(const ItemReport& item, Session& session) {
  session.host().log().write(LogLevel::info, item.id + ": " + to_text(item.result));
  session.display().item_ends(item);
  Events& events = session.events();
  if (!events.is_on()) return;
  tell_checks(item, events);
  Json fields = item_fields(item.id, item.engine, item.name);
  fields["result"] = to_text(item.result);
  fields["state"] = to_text(item.state);
  fields["bytes"] = item.bytes.count;
  fields["rows"] = item.rows ? Json(*item.rows) : Json(nullptr);
  fields["seconds"] = item.seconds;
  fields["error"] = item.error ? report::error_document(*item.error) : Json(nullptr);
  events.write("database_done", fields);
}

}  // namespace

run::Observer observer_of(Session& session) {
  run::Observer observer;
  observer.run_begins = [&session](const run::RunPlan& plan) {
    session.display().run_begins(plan, at_once(session.settings()));
    session.events().set_run(plan.run);
    Json fields = Json::object();
    json::put_text(fields, "source", plan.source);
    fields["databases"] = plan.plans.size();
    session.events().write("run_started", fields);
    tell_of_start(plan.run, plan.source, session);
  };
  observer.step_begins = [&session](const Plan& plan, const Step& step) {
    session.host().log().write(LogLevel::info, plan.id + ": " + step.title);
    session.events().write("phase_started", step_fields(plan, step));
  };
  observer.step_ends = [&session](const Plan& plan, const Step& step, bool is_done) {
    Json fields = step_fields(plan, step);
    fields["done"] = is_done;
    session.events().write("phase_finished", fields);
  };
  observer.item_ends = [&session](const ItemReport& item) { tell_item(item, session); };
  observer.progress_of = [&session](const Plan& plan) {
    return session.service_manager().watched(session.display().lane(plan.id), plan.id);
  };
  return observer;
}

void tell_findings(const scan::Outcome& outcome, Session& session) {
  for (const Finding& finding : outcome.survey.findings) {
    Json fields = item_fields(finding.id, finding.engine, finding.name);
    fields["kind"] = finding.kind;
    fields["version"] = finding.version.text;
    fields["size_bytes"] = finding.size.logical.count;
    json::put_text(fields, "path", finding.path);
    session.events().write("database_found", fields);
  }
}

void tell_plan(const run::RunPlan& plan, Session& session) {
  session.events().set_run(plan.run);
  Json ids = Json::array();
  Bytes total;
  for (const Plan& one : plan.plans) {
    ids.push_back(one.id);
    total += one.finding.size.logical;
  }
  session.events().write(
      "plan_ready", {{"databases", ids}, {"skipped", plan.skipped.size()}, {"bytes_total", total.count}});
}

void tell_end(const Report& report, Session& session) {
  session.events().set_run(report.run);
  session.events().write("run_finished", {{"status", to_text(report.status)},
                                          {"exit_code", static_cast<int>(report.exit)},
                                          {"seconds", report.seconds}});
}

}  // namespace recover::cli
