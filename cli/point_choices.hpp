/// --to-time and its like: where the replay of a log is to end.
#pragma once

#include "config/config.hpp"
#include "recover/engine.hpp"

namespace recover::cli {

/// Errors: usage.invalid (two points, a word that is no time).
Result<PointWishes> point_wishes(const config::Settings& settings);

}  // namespace recover::cli
