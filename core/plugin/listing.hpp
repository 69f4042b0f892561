/// The list of the plugins that were installed on purpose: a file MANIFEST beside the libraries, as
/// sha256sum writes it.
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"

#include <string>

namespace recover::plugin {

/// Compares the library (opened as `library`, named `path`) with the MANIFEST of its directory. A list that
/// names other contents, or not this file, refuses; a directory without a list refuses when `required`
/// (security.require_plugin_manifest). Errors: plugin.untrusted.
Result<void> check_listed(const sys::Descriptor& library, const std::string& path, bool required);

}  // namespace recover::plugin
