// pg_restore of the target's version turns every archive form into SQL, so that there is one loader with one
// set of checks (reference: the manual, pg_restore, "--file=-"). It runs as the server's user and gets an
// archive as its standard input, opened by us, because that user may not be able to reach the source.
#include "postgresql/load/dump_text.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/placement.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql::load {

namespace {

/// Tells how far the stored file was used.
class ReportedSource final : public ByteSource {
 public:
  ReportedSource(std::unique_ptr<ContentSource> content, Progress& progress,
                 std::function<void(const std::string&)> warn)
      : content_(std::move(content)), progress_(progress), warn_(std::move(warn)) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t got = RECOVER_TRY(content_->read(buffer, length));
    const std::uint64_t now = content_->stored_consumed();
    if (now > reported_) progress_.advance(Bytes{now - reported_});
    reported_ = now;
    if (got == 0) {
      for (const std::string& warning : content_->warnings()) warn_(warning);
    }
    return got;
  }

 private:
  std::unique_ptr<ContentSource> content_;
  Progress& progress_;
  std::function<void(const std::string&)> warn_;
  std::uint64_t reported_ = 0;
};

std::string place_in(const Finding& finding, const std::string& relative) {
  constexpr std::string_view beside = "../";
  if (relative.empty()) return finding.path;
  if (relative.starts_with(beside))
    return finding.path.substr(0, finding.path.find_last_of("/!") + 1) + relative.substr(beside.size());
  return finding.path.ends_with('!') ? finding.path + relative : join_path(finding.path, relative);
}

Result<Tree*> source_of(const StepContext& context) {
  if (context.source != nullptr) return context.source;
  return make_error(recover::errors::internal_error, "load a dump", "the source is not open");
}

}  // namespace

std::vector<DumpPart> parts_of(const Finding& finding) {
  std::vector<DumpPart> parts;
  for (const std::string& entry : list_fact(finding.facts, fact::dump_parts)) {
    const std::size_t first = entry.find('|');
    const std::size_t last = entry.rfind('|');
    parts.push_back({entry.substr(0, first), place_in(finding, entry.substr(first + 1, last - first - 1)),
                     entry.substr(last + 1)});
  }
  return parts;
}

Result<std::unique_ptr<ByteSource>> open_part(const DumpPart& part, const Plan& plan, StepContext& context) {
  Log& log = context.host.log();
  const TextOptions options{text_fact(plan.facts, plan_fact::bindir), plan.target.run_as,
                            [&log](const std::string& text) { log.write(LogLevel::warn, text); }};
  return open_part(part, options, context);
}

Result<std::unique_ptr<ByteSource>> open_part(const DumpPart& part, const TextOptions& options,
                                              StepContext& context) {
  Tree* source = RECOVER_TRY(source_of(context));
  if (part.form == "sql") {
    auto content = RECOVER_TRY(source->open_content(part.path));
    return std::unique_ptr<ByteSource>(
        std::make_unique<ReportedSource>(std::move(content), context.progress, options.warn));
  }
  Command command;
  command.program = options.bindir + "/pg_restore";
  command.arguments = {"--file=-", "--create"};
  command.run_as = options.run_as;
  if (part.form == "directory") {
    command.arguments.push_back(source->describe(part.path));
  } else {
    command.input_file = source->describe(part.path);
  }
  auto text = RECOVER_TRY(context.host.processes().stream(command, context.cancel));
  return std::unique_ptr<ByteSource>(
      std::make_unique<ReportedSource>(std::move(text), context.progress, options.warn));
}

Bytes stored_size(const DumpPart& part, StepContext& context) {
  if (context.source == nullptr) return {};
  Tree& source = *context.source;
  const auto info = source.info(part.path);
  if (part.form != "directory") return info ? info->size : Bytes{};
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
