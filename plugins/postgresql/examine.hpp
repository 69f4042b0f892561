/// Reading a finding to its last byte where it lies, without a server.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

/// A dump is read through the splitter that a load uses, a cluster page by page. Errors: source.*,
/// run.cancelled.
Result<Examination> examine(const Finding& finding, const Wishes& wishes, StepContext& context);

/// The pages of a cluster, held against their checksums.
Result<Examination> examine_cluster(const Finding& finding, StepContext& context);

/// A dump, held against its own ends; archives are written out by pg_restore for it.
Result<Examination> examine_dump(const Finding& finding, const Wishes& wishes, StepContext& context);

/// The same for a plan that wants it before anything is loaded. Errors: what is wrong with the dump, first of
/// all what a load would refuse.
Result<void> validate(const Plan& plan, StepContext& context);

/// Only the checksums and the end of the compressor or archive that a file lies in.
Result<Check> read_stored(const std::string& path, StepContext& context);

}  // namespace recover::postgresql
