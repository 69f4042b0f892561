/// The [notify.NAME] sections and --notify, --no-notify, --heartbeat as recipients.
#pragma once

#include "config/config.hpp"
#include "core/notify/recipient.hpp"
#include "recover/result.hpp"

#include <string>
#include <vector>

namespace recover::cli {

/// Who is told of this run. Errors: usage.invalid when --notify names no section.
Result<std::vector<notify::Recipient>> recipients(const config::Settings& settings);

/// The command line without the address behind --heartbeat, which is a secret.
std::vector<std::string> without_heartbeat(std::vector<std::string> words);

}  // namespace recover::cli
