/// How much of the machine a run may use.
#pragma once

#include "cli/session.hpp"
#include "config/config.hpp"
#include "recover/engine.hpp"

#include <string>

namespace recover::cli {

/// Fills Wishes::engine_settings with the numbers that [target.ENGINE] says, and with the connections to its
/// server: --jobs-per-database, else that section, else --jobs; and with the image that has its server.
void note_engine_settings(Wishes& wishes, const std::string& engine, const config::Settings& settings);

/// Lowers the priority of what is done from here on (--nice, --io-class) and limits how fast the source is
/// read (--bwlimit). The session's host must be there
/// already: what it leaves running keeps the priority of before.
void limit_resources(Session& session);

/// Where reading is limited, how much was read: for the log.
void tell_reading(Session& session);

}  // namespace recover::cli
