/// Is a dump whole that was read to its end without an error?
#pragma once

#include "postgresql/dump/splitter.hpp"

namespace recover::postgresql::dump {

/// A dump that says that pg_dump (pg_dumpall) made it must say its end, too. A hand-made script, which says
/// neither, is whole when the splitter came to its end. Errors: dump.truncated.
Result<void> check_end(const Markers& markers);

}  // namespace recover::postgresql::dump
