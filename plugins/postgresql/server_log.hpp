/// What the log of a starting server tells.
#pragma once

#include "recover/error.hpp"

#include <optional>
#include <string>

namespace recover::postgresql {

/// Why the server on `data` did not start: a postgresql.* error where the message is a known one, else
/// server.start_failed; the cause has the FATAL and PANIC lines with their details.
Error start_error(const std::string& data, const std::string& log);

/// Why a running server gave up, as an error of the class of its SQLSTATE (the log must tell it: %e before
/// the word); nothing when it did not.
std::optional<Error> death_of(const std::string& data, const std::string& log);

/// The newest line about recovery, for the progress display ("redo in progress, ...").
std::string recovery_activity(const std::string& log);

/// What recovery did, in words ("redo 0/1500028 to 0/15F0A40, consistent at 0/15F0A40"); "clean shutdown,
/// nothing to replay" when there was none.
std::string recovery_story(const std::string& log);

}  // namespace recover::postgresql
