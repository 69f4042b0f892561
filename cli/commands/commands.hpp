/// The functions behind the commands; each in a file of its name. See cli/command.cpp for what they do.
#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

namespace recover::cli {

Result<Answer> run_recover(Session& session);
Result<Answer> run_scan(Session& session);
Result<Answer> run_plan(Session& session);
Result<Answer> run_apply(Session& session);
Result<Answer> run_restore(Session& session);
Result<Answer> run_verify(Session& session);
Result<Answer> run_save(Session& session);
Result<Answer> run_resume(Session& session);
Result<Answer> run_rollback(Session& session);
Result<Answer> run_status(Session& session);
Result<Answer> run_report(Session& session);
Result<Answer> run_cleanup(Session& session);
Result<Answer> run_instance(Session& session);
Result<Answer> run_explain(Session& session);
Result<Answer> run_plugins(Session& session);
Result<Answer> run_doctor(Session& session);
Result<Answer> run_config(Session& session);
Result<Answer> run_help(Session& session);

/// The same with other words than the command line's (for the older wordings of `restore`).
Result<Answer> run_recover_words(const std::vector<std::string>& words, Session& session);
Result<Answer> run_verify_words(const std::vector<std::string>& words, Session& session);

}  // namespace recover::cli
