/// Loads the text of a dump into a running server over several connections.
#pragma once

#include "postgresql/load/options.hpp"
#include "postgresql/load/record.hpp"
#include "recover/byte_source.hpp"
#include "recover/host.hpp"

namespace recover::postgresql::load {

/// Reads `text` to its end and loads it. The dump's end is proven before this returns: its markers, no open
/// COPY, no cut statement. Errors:
/// dump.*, postgresql.statement_failed with line and sqlstate, postgresql.extension_missing,
/// postgresql.connection_failed, archive.*, run.cancelled.
Result<LoadRecord> load_dump(ByteSource& text, const LoadOptions& options, StepContext& context);

}  // namespace recover::postgresql::load
