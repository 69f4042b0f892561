/// Where a server has the objects of each kind.
#pragma once

#include "postgresql/dump/objects.hpp"

#include <string>
#include <vector>

namespace recover::postgresql::load {

/// Asks for every kind at once: its number (the value of ObjectKind), how many there are that a dump would
/// make, and how many more there are on tables and types of extensions, which most dumps leave to them.
std::string count_objects_query();

}  // namespace recover::postgresql::load
