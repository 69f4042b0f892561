/// When a dump was made: what it says itself, and what its name says.
#pragma once

#include "recover/model.hpp"

#include <string>

namespace recover::postgresql {

/// With --verbose a script says in its head when it was begun; then that is the finding's time.
void set_begin(Finding& finding, const std::string& head);

/// "shop" of "shop-2026-11-21" and "shop_20261121_0200": without the time that nightly dumps carry.
std::string without_time(const std::string& name);

}  // namespace recover::postgresql
