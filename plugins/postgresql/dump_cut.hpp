/// Where a dump that is cut off ends.
#pragma once

#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <string>

namespace recover::postgresql {

/// "the dump ends within the data of line 12: COPY shop.orders ...: no \. after 1205 whole rows", for a dump
/// in SQL; empty for other forms, and when it is too long to be read only for a message.
std::string place_of_cut(const Finding& finding, Tree& tree);

}  // namespace recover::postgresql
