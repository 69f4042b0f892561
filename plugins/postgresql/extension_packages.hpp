/// Extensions that a dump asks for, and where they come from.
#pragma once

#include "recover/host.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

/// The Debian package that brings an extension for this major version; empty when it is not known.
std::string package_of_extension(const std::string& extension, int major);

/// Those of `extensions` whose control file the server in `bindir` does not have. None when it cannot be
/// told where that server keeps them.
std::vector<std::string> missing_extensions(const std::vector<std::string>& extensions,
                                            const std::string& bindir, Host& host);

/// "Install postgresql-15-postgis-3 (postgis), ...": what to do about missing extensions.
std::string advice_for_extensions(const std::vector<std::string>& missing, int major);

}  // namespace recover::postgresql
