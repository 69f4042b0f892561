// What a running server holds is asked of pg_dumpall, of the target's version as well.
// pg_restore of the target's version turns every archive form into SQL, so that there is one loader with one
// set of checks (reference: the manual, pg_restore, "--file=-"). It runs as the server's user and gets an
// archive as its standard input, because that user may not be able to reach the source: the file itself,
// opened by us, or what we decode where the archive is compressed or lies in another one. pg_restore reads
// both forms from a pipe as long as it wants their data in the order in which they lie there, which it does
// when nobody gives it a list (_PrintTocData, pg_backup_custom.c; _tarPositionTo, pg_backup_tar.c).
#include "postgresql/load/dump_text.hpp"

#include "postgresql/archive_watch.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/dump_directory.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/server.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql::load {

namespace {

/// That pg_restore gives up on an archive says something of the archive; that it was killed does not.
Error said_by_tool(Error error) {
  constexpr std::int64_t by_signal = 128;
  if (error.id != recover::errors::tool_failed.id || number_fact(error.facts, "exit_status") > by_signal)
    return error;
  return make_error(recover::errors::dump_damaged, std::move(error.what), std::move(error.cause));
}

/// Tells how far the stored file was used.
class ReportedSource final : public ByteSource {
 public:
  /// `directory`, if there is one, is where `content` comes from.
  ReportedSource(std::unique_ptr<DumpDirectory> directory, std::unique_ptr<ContentSource> content,
                 Progress& progress, std::function<void(const std::string&)> warn)
      : directory_(std::move(directory)),
        content_(std::move(content)),
        progress_(progress),
        warn_(std::move(warn)) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    auto read = content_->read(buffer, length);
    if (!read) return said_by_tool(std::move(read).error());
    const std::size_t got = *read;
    const std::uint64_t now = content_->stored_consumed();
    if (now > reported_) progress_.advance(Bytes{now - reported_});
    reported_ = now;
    if (got == 0) {
      for (const std::string& warning : content_->warnings()) warn_(warning);
    }
    return got;
  }

 private:
  std::unique_ptr<DumpDirectory> directory_;  ///< outlives who reads in it
  std::unique_ptr<ContentSource> content_;
  Progress& progress_;
  std::function<void(const std::string&)> warn_;
  std::uint64_t reported_ = 0;
};

constexpr std::string_view beside = "../";  // only sections of one dump lie beside its first part

std::string place_in(const Finding& finding, const std::string& relative) {
  if (relative.empty()) return finding.path;
  if (relative.starts_with(beside))
    return finding.path.substr(0, finding.path.find_last_of("/!") + 1) + relative.substr(beside.size());
  return finding.path.ends_with('!') ? finding.path + relative : join_path(finding.path, relative);
}

/// The file that is really there: of a member of an archive that archive.
std::string stored_path(const DumpPart& part, Tree& source) {
  if (source.has(part.path)) return part.path;
  for (std::size_t mark = part.path.find('!'); mark != std::string::npos;
       mark = part.path.find('!', mark + 1)) {
    std::string archive = part.path.substr(0, mark);
    if (source.has_file(archive)) return archive;
  }
  return part.path;
}

Result<Tree*> source_of(const StepContext& context) {
  if (context.source != nullptr) return context.source;
  return make_error(recover::errors::internal_error, "load a dump", "the source is not open");
}

/// Everything of a server that this run started. Settings of its roles and databases must not reach the
/// session that reads them: given here, they are outranked.
Result<std::unique_ptr<ByteSource>> open_server(const Plan& plan, StepContext& context) {
  Command command;
  command.program = text_fact(plan.facts, plan_fact::bindir) + "/pg_dumpall";
  command.arguments = {
      "--host",     text_fact(plan.facts, read_fact::sockets),   "--port",        "5432",
      "--username", text_fact(plan.facts, read_fact::superuser), "--no-password", "--database",
      "template1"};
  command.environment = {{"PGOPTIONS",
                          "-c lc_messages=C -c statement_timeout=0 -c lock_timeout=0 "
                          "-c session_preload_libraries= -c local_preload_libraries= "
                          "-c default_transaction_read_only=on"},
                         {"PGCONNECT_TIMEOUT", "60"}};
  command.run_as = plan.target.run_as;
  auto text = RECOVER_TRY(context.host.processes().stream(command, context.cancel));
  Log& log = context.host.log();
  return std::unique_ptr<ByteSource>(std::make_unique<ReportedSource>(
      nullptr, std::move(text), context.progress,
      [&log](const std::string& warning) { log.write(LogLevel::warn, warning); }));
}

}  // namespace

std::vector<DumpPart> parts_of(const Finding& finding) {
  std::vector<DumpPart> parts;
  for (const std::string& entry : list_fact(finding.facts, fact::dump_parts)) {
    const std::size_t first = entry.find('|');
    const std::size_t last = entry.rfind('|');
    const std::string relative = entry.substr(first + 1, last - first - 1);
    parts.push_back({entry.substr(0, first), place_in(finding, relative), entry.substr(last + 1),
                     relative.starts_with(beside)});
  }
  return parts;
}

Result<std::unique_ptr<ByteSource>> open_part(const DumpPart& part, const Plan& plan, StepContext& context) {
  if (part.form == "server") return open_server(plan, context);
  Log& log = context.host.log();
  TextOptions options;
  options.bindir = text_fact(plan.facts, plan_fact::bindir);
  options.warn = [&log](const std::string& text) { log.write(LogLevel::warn, text); };
  // The target may be a server that others run; pg_restore runs here, and never as root.
  if (part.form != "sql") options.run_as = RECOVER_TRY(choose_account(plan.target.run_as, 0, context.host));
  return open_part(part, options, context);
}

Result<std::unique_ptr<ByteSource>> open_part(const DumpPart& part, const TextOptions& options,
                                              StepContext& context) {
  Tree* source = RECOVER_TRY(source_of(context));
  if (part.form == "sql") {
    auto content = RECOVER_TRY(source->open_content(part.path));
    return std::unique_ptr<ByteSource>(
        std::make_unique<ReportedSource>(nullptr, std::move(content), context.progress, options.warn));
  }
  Command command;
  command.program = options.bindir + "/pg_restore";
  command.arguments = {"--file=-"};
  if (!part.goes_on) command.arguments.emplace_back("--create");
  command.run_as = options.run_as;
  std::unique_ptr<DumpDirectory> directory;
  if (part.form == "directory") {
    directory = RECOVER_TRY(DumpDirectory::open(part.path, options.run_as, *source, context));
    command.arguments.push_back(directory->path());
  } else if (is_stored_plain(part, *source)) {
    command.input_file = source->describe(part.path);
  } else {
    command.input_stream = watched(RECOVER_TRY(source->open_content(part.path)), part.path, options.entries);
  }
  auto text = RECOVER_TRY(context.host.processes().stream(command, context.cancel));
  return std::unique_ptr<ByteSource>(std::make_unique<ReportedSource>(std::move(directory), std::move(text),
                                                                      context.progress, options.warn));
}

bool is_stored_plain(const DumpPart& part, Tree& source) {
  constexpr std::size_t enough = 512;  // a compressor's magic number is shorter
  if (!source.has_file(part.path)) return false;
  const auto stored = source.read(part.path, 0, enough);
  const auto decoded = source.read_decoded_head(part.path, enough);
  return stored && decoded && *stored == *decoded;
}

Bytes stored_size(const DumpPart& part, StepContext& context) {
  if (context.source == nullptr || part.form == "server") return {};
  Tree& source = *context.source;
  const auto info = source.info(stored_path(part, source));
  if (part.form != "directory" || !source.has_directory(part.path)) return info ? info->size : Bytes{};
  Bytes all;
  const auto entries = source.list(part.path);  // pg_restore reads each of them once
  if (!entries) return {};
  for (const Entry& entry : *entries) {
    const auto file = source.info(join_path(part.path, entry.name));
    if (file && file->type == EntryType::file) all += file->size;
  }
  return all;
}

}  // namespace recover::postgresql::load
