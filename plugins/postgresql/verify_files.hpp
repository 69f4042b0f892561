/// What is checked in files, before and after the server ran: page checksums, owners, the clean end.
#pragma once

#include "recover/engine.hpp"

#include <string>

namespace recover::postgresql {

/// Page checksums: the result of the copy, where flawed files of a source that was not shut down cleanly
/// are read again now that recovery has repaired torn pages. Call after the server was stopped.
Check check_pages(const Plan& plan, const std::string& data, StepContext& context);

/// Everything in the data directory belongs to the server's user.
Check check_ownership(const Plan& plan, const std::string& data, StepContext& context);

/// The control file says "shut down".
Check check_clean_shutdown(const std::string& data, StepContext& context);

}  // namespace recover::postgresql
