/// Documents without the secrets that slipped into them (log.redact).
#pragma once

#include "core/run/run.hpp"
#include "recover/model.hpp"

namespace recover::run {

/// Every text of foreign origin in it that is shown or stored; names, ids and paths of targets stay.
void redact(Error& error);
void redact(Report& report);
void redact(RunPlan& plan);

}  // namespace recover::run
