/// Under which names the databases of a dump live in the server while they are loaded.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace recover::postgresql::load {

/// Bytes of a name that the server keeps: it cuts longer ones without asking (NAMEDATALEN - 1,
/// pg_config_manual.h).
inline constexpr std::size_t longest_name = 63;

/// "shop__new_RUN": at most 63 bytes (the server cuts longer names), the run in lower case so that it needs
/// no quotes. A name that is too long is cut and told apart by a checksum.
/// Every such name of one run ends like the one of the empty database.
std::string beside_name(const std::string& database, std::string_view role, std::string_view run);

/// How a database is called in the server; `names` has those whose name there is another one.
std::string name_in_server(const std::string& database, const std::map<std::string, std::string>& names);

}  // namespace recover::postgresql::load
