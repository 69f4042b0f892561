/// Reading one small file of ours (configuration, manifest, journal, lock) completely.
#pragma once

#include <cstddef>
#include <string>

namespace recover::sys {

/// Puts the bytes of a regular file into `content`. Returns 0 or an errno: EFBIG when it is larger
/// than `limit`, EINVAL when it is not a regular file (nothing else is waited for).
int read_whole_file(const std::string& path, std::size_t limit, std::string& content);

}  // namespace recover::sys
