/// Running one program: to its end, or as a stream of what it prints.
#pragma once

#include "core/sys/child.hpp"
#include "core/sys/descriptor.hpp"
#include "recover/cancel.hpp"
#include "recover/host.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace recover::sys {

/// How a child is started; in the calling thread where nobody says otherwise.
using Spawn = std::function<Result<Child>(const Invocation&, const Child::Streams&)>;

/// Runs `command` to its end. Cancelled or out of time: SIGTERM to its process group, SIGKILL after
/// `grace`. What the program left running in another session (a daemon) is not waited for. Errors:
/// tool.missing, tool.failed (could not be started), target.no_account, run.cancelled, run.timeout,
/// target.* for the log file.
Result<ProcessResult> run_process(const Command& command, const CancellationToken& cancel,
                                  std::chrono::milliseconds grace = std::chrono::seconds(10),
                                  const Spawn& spawn = Child::spawn);

/// Starts `command` and hands out its standard output: see Processes::stream().
Result<std::unique_ptr<ContentSource>> stream_process(const Command& command,
                                                      const CancellationToken& cancel);

/// Opens a log file that a child appends to (0600, made when missing).
Result<Descriptor> open_log_file(const std::string& path);

}  // namespace recover::sys
