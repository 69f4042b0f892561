/// The recovery of a data directory into a server of another version, as a list of steps.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql::older {

/// Errors: what makes it impossible (postgresql.*, container.*, target.*). Changes nothing.
Result<Plan> plan_older(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host);

/// The same into databases of a running server (Wishes::server). Errors: the same and those of
/// plan_into_server(); engine.strategy_blocked for --replace drop-first.
Result<Plan> plan_older_into_server(const Assessment& assessment, const Wishes& wishes, Tree& tree,
                                    Host& host);

/// Why no server of this machine could take it, if none can.
std::optional<Error> obstacle_to_convert(const Finding& finding, const Wishes& wishes, Host& host);

/// Bytes that the copy and the new cluster need.
Bytes space_to_convert(const Finding& finding);

}  // namespace recover::postgresql::older
