/// The step that makes a cluster out of a dump.
#pragma once

#include "postgresql/load/record.hpp"
#include "recover/engine.hpp"

namespace recover::postgresql::load {

/// Makes an empty cluster in the staging directory, loads every part of the dump into it, stops it cleanly
/// and writes the record. Repeated after an interruption it goes on where it stopped, unless the machine was
/// restarted meanwhile; after success it does nothing.
/// Errors: those of load_dump(), server.start_failed, tool.failed (initdb).
Result<void> load(const Plan& plan, StepContext& context);

/// Writes the record down, whole or not at all. Errors: target.write_failed.
Result<void> write_record(const Plan& plan, const LoadRecord& record, StepContext& context);

/// Removes it, because what it tells of is gone. Nothing to do is success.
Result<void> forget_record(const Plan& plan, StepContext& context);

/// The record that was written. Errors: when there is none.
Result<LoadRecord> read_record(const Plan& plan, StepContext& context);

}  // namespace recover::postgresql::load
