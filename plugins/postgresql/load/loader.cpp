// A load is one reader and several workers. The reader's thread is the caller's; the workers end with the
// schedule. Whoever fails first tells the schedule, and everybody stops.
#include "postgresql/load/loader.hpp"

#include "postgresql/dump/end_check.hpp"
#include "postgresql/dump/splitter.hpp"
#include "postgresql/load/reader.hpp"
#include "postgresql/load/worker.hpp"
#include "recover/errors.hpp"

#include <thread>

namespace recover::postgresql::load {

namespace {

/// The record has the names that the dump has; where they are in the server follows from the run.
void tell_names(const Beside& beside, LoadRecord& record) {
  record.databases.clear();
  for (const auto& [database, in_server] : beside.databases()) {
    record.databases.push_back(database);
    for (LoadedTable& table : record.tables) {
      if (table.database == in_server) table.database = database;
    }
    for (LoadedSequence& sequence : record.sequences) {
      if (sequence.database == in_server) sequence.database = database;
    }
  }
  record.unstated.assign(beside.unstated().begin(), beside.unstated().end());
  record.warnings.insert(record.warnings.end(), beside.notes().begin(), beside.notes().end());
}

/// The dump ends too early; what came before is as it was written.
bool is_cut(const Error& error) {
  return error.id == recover::errors::dump_truncated.id || error.id == recover::errors::archive_truncated.id;
}

}  // namespace

Result<LoadRecord> load_dump(ByteSource& text, const LoadOptions& options, StepContext& context) {
  const double begun = context.host.clock().elapsed();
  dump::Splitter splitter(text);
  Schedule schedule(options.statement_memory);
  Tally tally;
  Reader reader(splitter, options, schedule, tally, context);
  std::string cut;
  Result<void> loaded;
  {
    std::vector<std::jthread> workers;
    for (unsigned number = 0; number < options.jobs; ++number) {
      workers.emplace_back([&, number] { Worker(number, options, schedule, tally, context).work(); });
    }
    auto read = reader.read();
    if (read) read = dump::check_end(splitter.markers());
    if (!read && options.last_resort && is_cut(read.error())) {
      cut = read.error().what + ": " + read.error().cause;
      read = reader.end_early();
    }
    if (!read) schedule.fail(std::move(read).error());
    schedule.close();
    loaded = schedule.wait_until_idle();
  }
  RECOVER_TRY(std::move(loaded));
  LoadRecord record;
  record.cut = std::move(cut);
  record.databases = reader.databases();
  record.encoding = reader.encoding();
  record.encodings = reader.encodings();
  record.statements = reader.statements();
  record.bytes = splitter.offset();
  record.seconds = context.host.clock().elapsed() - begun;
  tally.move_to(record);
  if (reader.beside()) tell_names(*reader.beside(), record);
  return record;
}

}  // namespace recover::postgresql::load
