/// Under which names the databases of a dump live in the server while they are loaded.
#pragma once

#include <string>
#include <string_view>

namespace recover::postgresql::load {

/// "shop__new_RUN": at most 63 bytes (the server cuts longer names), the run in lower case so that it needs
/// no quotes. A name that is too long is cut and told apart by a checksum.
/// Every such name of one run ends like the one of the empty database.
std::string beside_name(const std::string& database, std::string_view role, std::string_view run);

}  // namespace recover::postgresql::load
