/// Locales that a dump's databases need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::load {

/// The names of the C library's locales in a CREATE DATABASE statement (LOCALE, LC_COLLATE, LC_CTYPE).
std::vector<std::string> libc_locales(std::string_view create_database);

}  // namespace recover::postgresql::load
