/// Is a server working on a directory right now?
#pragma once

#include <optional>
#include <string>

namespace recover::postgresql {

/// The process id of a PostgreSQL server whose working directory is `directory` (absolute). The number in
/// postmaster.pid alone proves nothing: another machine wrote it, or a container in which it was 1.
std::optional<int> server_running_on(const std::string& directory);

}  // namespace recover::postgresql
