// The complete decoding pass of a dump: nothing of it is loaded, everything of it is read. An archive is also
// walked block by block first, because pg_restore takes some that are cut without a word (dump_end.cpp).
#include "postgresql/examine.hpp"

#include "postgresql/dump/reading.hpp"
#include "postgresql/dump_end.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_load.hpp"
#include "postgresql/server.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <limits>

namespace recover::postgresql {

namespace {

constexpr std::size_t most_contents = std::size_t{64} << 20;  // of a table of contents

Check failed_check(Check check, Error error) {
  check.verdict = Verdict::failed;
  check.evidence = error.what.empty() ? error.title : error.what;
  if (!error.cause.empty()) check.evidence += ": " + error.cause;
  check.error = std::move(error);
  return check;
}

std::string what_was_read(const dump::Reading& reading) {
  std::string text = fmt::format("{} bytes, {} statements, {} tables, {} rows", reading.bytes(),
                                 reading.statements(), reading.tables(), reading.rows());
  if (reading.inserts() != 0) text += fmt::format(", {} INSERT statements", reading.inserts());
  return text;
}

/// What the whole reading came to.
Check reading_check(const dump::Reading& reading, const std::optional<Error>& failure) {
  Check check{"dump_read", "read to its last byte", Verdict::passed, what_was_read(reading), {}, {}};
  if (failure) {
    check = failed_check(std::move(check), *failure);
    if (const std::string table = text_fact(failure->facts, "table"); !table.empty()) {
      check.evidence +=
          fmt::format("; in table {} after {} rows", table, number_fact(failure->facts, "rows_of_table"));
    }
    check.evidence += "; up to there: " + what_was_read(reading);
  }
  set_fact(check.facts, "bytes", static_cast<std::int64_t>(reading.bytes()));
  set_fact(check.facts, "statements", static_cast<std::int64_t>(reading.statements()));
  set_fact(check.facts, "tables", static_cast<std::int64_t>(reading.tables()));
  set_fact(check.facts, "rows_of_dump", static_cast<std::int64_t>(reading.rows()));
  return check;
}

std::string listed(const std::map<std::string, dump::Seen>& seen) {
  std::string text;
  for (const auto& [what, one] : seen) {
    text += text.empty() ? "" : "; ";
    text += one.count == 1 ? fmt::format("{} (line {})", what, one.line)
                           : fmt::format("{}, {} times (first in line {})", what, one.count, one.line);
  }
  return text;
}

/// A dump may be whole and still hold what a load refuses.
Check policy_check(const dump::Reading& reading) {
  Check check{"dump_policy", "nothing in it that a load refuses", Verdict::passed, {}, {}, {}};
  if (!reading.refused().empty()) {
    check.verdict = Verdict::warning;
    set_fact(check.facts, "refused", static_cast<std::int64_t>(reading.refused().size()));
    check.evidence = "refused unless it is allowed by a flag: " + listed(reading.refused());
  } else if (!reading.notable().empty()) {
    check.verdict = Verdict::warning;
    check.evidence = "worth a look: " + listed(reading.notable());
  }
  return check;
}

Check compressor_check(const std::vector<std::string>& warnings) {
  return {"dump_compressor",
          "nothing behind the compressed stream",
          Verdict::warning,
          fmt::format("{}", fmt::join(warnings, "; ")),
          {},
          {}};
}

Check whole_structure(std::int64_t entries) {
  return {"dump_structure",
          "every block of the archive is there",
          Verdict::passed,
          fmt::format("{} entries in its table of contents", entries),
          {},
          {}};
}

/// The structure of a custom archive from the first block to the last.
std::optional<Check> structure_check(const load::DumpPart& part, StepContext& context) {
  Tree& source = *context.source;
  const auto info = source.info(part.path);
  if (part.form != "archive" || !info || !load::is_stored_plain(part, source)) return std::nullopt;
  const auto head = source.read(part.path, 0, most_contents);
  const auto toc = head ? parse_archive_toc(*head) : std::nullopt;
  if (!toc) return std::nullopt;  // a tar archive; its headers were walked when it was found
  Check check = whole_structure(toc->entry_count);
  const DumpEnd end =
      check_custom_end(source, part.path, info->size.count, *toc, std::numeric_limits<std::uint64_t>::max());
  if (end == DumpEnd::not_checked) check.verdict = Verdict::not_checked;
  if (end == DumpEnd::truncated) {
    check = failed_check(std::move(check), make_error(errors::dump_incomplete, part.path,
                                                      "a data block of the archive has no end"));
  }
  return check;
}

/// The files of a directory dump, each to the end of its compressor.
Result<void> read_files(const load::DumpPart& part, StepContext& context) {
  for (const Entry& entry : RECOVER_TRY(context.source->list(part.path))) {
    if (entry.type != EntryType::file) continue;
    auto content = RECOVER_TRY(context.source->open_content(join_path(part.path, entry.name)));
    std::string buffer(std::size_t{1} << 20, '\0');
    while (RECOVER_TRY(content->read(buffer.data(), buffer.size())) != 0) RECOVER_TRY(context.cancel.check());
  }
  return {};
}

bool is_dump(const Finding& finding) {
  return find_fact(finding.facts, fact::dump_parts) != nullptr;
}

/// pg_restore of a version that reads this dump, and who runs it. Only archives need them.
Result<load::TextOptions> text_options(const Finding& finding, const Wishes& wishes, Host& host) {
  load::TextOptions options;
  options.bindir = RECOVER_TRY(server_for_dump(finding, wishes.bindir, host)).bindir;
  options.run_as = RECOVER_TRY(choose_account(wishes.run_as, 0, host));
  return options;
}

bool is_outside(const Error& error) {
  return error.id == recover::errors::run_cancelled.id || error.id == recover::errors::source_read_error.id ||
         error.id == recover::errors::source_changed.id || error.id == recover::errors::source_unreadable.id;
}

}  // namespace

Result<Examination> examine_dump(const Finding& finding, const Wishes& wishes, StepContext& context) {
  Examination examination;
  dump::Reading reading(load::allowed_by(wishes));
  std::vector<std::string> warnings;
  std::optional<Error> failure;
  bool was_read = false;
  for (const load::DumpPart& part : load::parts_of(finding)) {
    context.progress.detail(part.path);
    load::TextOptions options;
    if (part.form != "sql") {
      auto found = text_options(finding, wishes, context.host);
      if (!found) {
        examination.checks.push_back(contents_not_checked(found.error().what + ": " + found.error().cause));
        continue;
      }
      options = std::move(*found);
    }
    options.warn = [&warnings](const std::string& text) { warnings.push_back(text); };
    options.entries = [&examination](std::int64_t entries) {
      if (entries > 0) examination.checks.push_back(whole_structure(entries));
    };
    was_read = true;
    if (auto structure = structure_check(part, context)) examination.checks.push_back(*std::move(structure));
    Result<void> done;
    if (part.form == "directory" && context.source->has_directory(part.path))
      done = read_files(part, context);
    if (done) {
      auto text = load::open_part(part, options, context);
      done = text ? reading.read(**text, part.database, context.cancel) : Result<void>(text.error());
    }
    if (done) continue;
    if (is_outside(done.error())) return std::move(done).error();
    if (failure) continue;
    failure = std::move(done).error();
    set_fact(failure->facts, "part", part.path);
    if (!reading.is_within_table()) continue;
    set_fact(failure->facts, "table", reading.last_table());
    set_fact(failure->facts, "rows_of_table", static_cast<std::int64_t>(reading.last_rows()));
  }
  if (was_read) {
    examination.checks.insert(examination.checks.begin(), reading_check(reading, failure));
    examination.checks.push_back(policy_check(reading));
  }
  if (!warnings.empty()) examination.checks.push_back(compressor_check(warnings));
  for (const auto& [name, contents] : reading.databases()) {
    const bool is_empty_system = (name == "postgres" || name == "template1") && contents.tables.empty();
    if (!name.empty() && !is_empty_system) examination.databases.push_back({name, Bytes{contents.bytes}});
  }
  return examination;
}

Result<void> validate(const Plan& plan, StepContext& context) {
  Wishes wishes;
  wishes.bindir = text_fact(plan.facts, plan_fact::bindir);
  wishes.run_as = plan.target.run_as;
  wishes.allowed = list_fact(plan.facts, load::wish_fact::allowed);
  wishes.extensions = list_fact(plan.facts, load::wish_fact::known_extensions);
  const Examination examined = RECOVER_TRY(examine_dump(plan.finding, wishes, context));
  for (const Check& check : examined.checks) {
    if (check.verdict == Verdict::failed && check.error) return *check.error;
    if (check.verdict == Verdict::failed || check.verdict == Verdict::not_checked)
      return make_error(recover::errors::verify_failed, check.title, check.evidence);
    if (number_fact(check.facts, "refused") > 0)
      return make_error(recover::errors::dump_statement_refused, plan.finding.path, check.evidence);
  }
  return load::check_supposed(plan, examined.databases);
}

Result<Examination> examine(const Finding& finding, const Wishes& wishes, StepContext& context) {
  if (context.source == nullptr)
    return make_error(recover::errors::internal_error, "examine " + finding.path, "the source is not open");
  if (is_dump(finding)) return examine_dump(finding, wishes, context);
  if (find_fact(finding.facts, fact::layout) != nullptr) return examine_cluster(finding, context);
  const auto info = context.source->info(finding.path);
  const bool is_file = finding.path.find('!') != std::string::npos || (info && info->type == EntryType::file);
  if (!is_file)
    return Examination{{contents_not_checked("a " + finding.kind + " is not read by itself")}, {}};
  return Examination{{RECOVER_TRY(read_stored(finding.path, context))}, {}};
}

}  // namespace recover::postgresql
