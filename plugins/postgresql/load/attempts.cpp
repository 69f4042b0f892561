// One attempt reads the dump from its beginning; what the ledger in the target knows to be done is passed
// over. So a repetition, the next process after a kill, and a load that learns of a missing locale on its way
// are one and the same. What may pass is judged by SQLSTATE alone; who refuses our password is not asked
// again.
#include "postgresql/load/attempts.hpp"

#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/load/loader.hpp"
#include "postgresql/load/object_count.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/server_error.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <thread>

namespace recover::postgresql::load {

namespace {

constexpr std::int64_t longest_delay = 60;  // seconds

/// The first part that has a database tells whether the dump tells its properties; later sections do not.
void merge_databases(LoadRecord& all, const LoadRecord& one) {
  const auto is_known = [&](const std::string& name) {
    return std::find(all.databases.begin(), all.databases.end(), name) != all.databases.end();
  };
  std::copy_if(one.unstated.begin(), one.unstated.end(), std::back_inserter(all.unstated),
               [&](const std::string& name) { return !is_known(name); });
  std::copy_if(one.databases.begin(), one.databases.end(), std::back_inserter(all.databases),
               [&](const std::string& name) { return !is_known(name); });
}

void merge(LoadRecord& all, LoadRecord&& one) {
  const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(all.tables, one.tables);
  append(all.sequences, one.sequences);
  merge_databases(all, one);
  append(all.made_roles, one.made_roles);
  append(all.warnings, one.warnings);
  for (const auto& [state, count] : one.refusals) all.refusals[state] += count;
  all.encoding = one.encoding;
  for (const auto& [database, encoding] : one.encodings) all.encodings[database] = encoding;
  if (all.cut.empty()) all.cut = one.cut;
  all.statements += one.statements;
  all.bytes += one.bytes;
  all.seconds += one.seconds;
  all.passed_over += one.passed_over;
  all.tables_passed_over += one.tables_passed_over;
}

std::string name_of(const Plan& plan) {
  return plan.run + "_" + plan.id;
}

/// What the ledger must be about: every part by name and size.
std::string description(const Plan& plan, StepContext& context) {
  std::string words = plan.id;
  for (const DumpPart& part : wanted_parts(plan))
    words += fmt::format("; {} {} {}", part.form, part.path, stored_size(part, context).count);
  return words;
}

/// What earlier attempts had to do besides and this one did not meet again.
void add_notes(const Ledger& ledger, LoadRecord& record) {
  for (const auto& [kind, text] : ledger.notes()) {
    auto& list = kind == "role" ? record.made_roles : record.warnings;
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
  }
}

/// Of a target that was left half loaded: what is gone that the ledger knows, or there that it does not know,
/// is the work of somebody else.
Error changed_meanwhile(Error error) {
  const std::string state = state_of(error);
  if (state != "3D000" && server_error(state).group != "exists") return error;
  Error changed = make_error(recover::errors::target_changed, std::move(error.what), std::move(error.cause));
  changed.facts = std::move(error.facts);
  return std::move(changed).advise(
      "Somebody changed what the interrupted run had loaded: begin anew with another run.");
}

Result<LoadRecord> load_once(const Plan& plan, LoadOptions options, StepContext& context) {
  Ledger ledger(options.endpoint, options.maintenance, name_of(plan), description(plan, context));
  RECOVER_TRY(ledger.open(context.cancel));
  options.ledger = &ledger;
  ObjectTally objects;
  options.objects = &objects;
  LoadRecord record;
  for (const DumpPart& part : wanted_parts(plan)) {
    context.progress.detail(part.path);
    options.database = part.database;
    const auto text = RECOVER_TRY(open_part(part, plan, context));
    auto loaded = load_dump(*text, options, context);
    if (!loaded) {
      if (!ledger.is_continued()) return loaded;
      return changed_meanwhile(std::move(loaded).error());
    }
    merge(record, std::move(loaded).value());
    ++options.part;
  }
  RECOVER_TRY(check_choice(options.databases, options.names, record.databases));
  add_notes(ledger, record);
  record.objects = objects.kinds();
  record.outside = objects.outside();
  return record;
}

Result<LoadRecord> attempt(const Plan& plan, const LoadOptions& options, const MakeReady& make_ready,
                           StepContext& context) {
  RECOVER_TRY(make_ready());
  Bytes total;
  for (const DumpPart& part : wanted_parts(plan)) total += stored_size(part, context);
  context.progress.begin(plan.finding.name, "load", total);
  auto record = load_once(plan, options, context);
  context.progress.end();
  return record;
}

}  // namespace

Result<LoadRecord> load_parts(const Plan& plan, const LoadOptions& options, const MakeReady& make_ready,
                              StepContext& context) {
  const std::int64_t most = number_fact(plan.facts, plan_fact::retries);
  std::int64_t delay = number_fact(plan.facts, plan_fact::retry_delay);
  std::vector<std::string> passed;
  std::optional<Error> before;
  for (std::int64_t repeated = 0;; ++repeated) {
    auto record = attempt(plan, options, make_ready, context);
    if (record) {
      record->warnings.insert(record->warnings.end(), passed.begin(), passed.end());
      return record;
    }
    const Error& error = record.error();
    // What came through standard input cannot be read again: then the reason for reading it again counts.
    if (before && error.id == recover::errors::plan_source_changed.id) return *before;
    if (!may_pass(error) || repeated == most) return record;
    before = error;
    passed.push_back(fmt::format("went on after {} ({}): {}", state_of(error), error.what, error.cause));
    context.host.log().write(LogLevel::warn, passed.back());
    context.progress.detail(fmt::format("{}; trying again in {} s", error.cause, delay));
    context.host.clock().sleep(std::chrono::seconds(delay), context.cancel);
    RECOVER_TRY(context.cancel.check());
    delay = std::min(longest_delay, delay * 2);
  }
}

Result<void> remove_ledger(const Plan& plan, const std::vector<std::string>& databases,
                           const LoadOptions& options, StepContext& context) {
  return Ledger(options.endpoint, options.maintenance, name_of(plan), {}).remove(databases, context.cancel);
}

}  // namespace recover::postgresql::load
