/// The configuration that a recovered cluster gets: ours, private, without anything of the source.
#pragma once

#include "postgresql/settings.hpp"
#include "recover/model.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

/// Suffix under which the source's own files are kept beside.
inline constexpr auto kept_suffix = ".from-source";

/// True for a file in the top directory of a cluster that would steer the server: settings, access
/// rules, signal files. Such files are kept beside under kept_suffix and never read.
bool steers_server(const std::string& name);

/// postgresql.conf: no TCP, a private socket directory, capacities as the control file demands, and what
/// was carried over from the source.
std::string configuration_text(const Plan& plan, const std::string& sockets,
                               const std::vector<Setting>& carried);

/// pg_hba.conf: whoever may enter the private socket directory may connect.
std::string access_text();

/// pg_ident.conf: no mappings.
std::string identity_text();

/// recovery.conf of versions before 12: replay what is in pg_wal, nothing else.
std::string old_recovery_text();

}  // namespace recover::postgresql
