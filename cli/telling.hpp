/// What others learn of a run: the metrics file and the notifications. Never changes how a run ends.
#pragma once

#include "cli/command.hpp"
#include "cli/session.hpp"
#include "core/run/examination.hpp"

#include <string>
#include <vector>

namespace recover::cli {

/// A run begins, or (without an id) a restore test. Returns at once.
void tell_of_start(const std::string& run, const std::string& source, Session& session);

/// A run ended; its report is stored.
void tell_of_run(const Report& report, Session& session);

/// A restore test of the source of that name ("" for a path) ended. Records it first.
void tell_of_test(const run::ExaminationReport& report, const std::string& source, Session& session);

/// A command that would have run or tested something ended before there was anything to report.
void tell_of_failure(const Command& command, const Error& error, Session& session);

/// NAME when the source was given as @NAME, else "".
std::string source_name(const std::vector<std::string>& words);

}  // namespace recover::cli
