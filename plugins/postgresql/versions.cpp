// The table of major versions. Everything that depends on the version asks here; a new major is a new
// row (and a layout in control_file.cpp when its control version is new).
//
// Rows 10-18 were read from clusters made by these servers; 9.4-9.6 from the sources' headers
// (catversion.h, pg_control.h, xlog_internal.h).
#include "postgresql/versions.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr MajorVersion table[] = {
    {"9.4", 942, 201409291, 0xD07E, true, false},  {"9.5", 942, 201510051, 0xD087, true, false},
    {"9.6", 960, 201608131, 0xD093, true, false},  {"10", 1002, 201707211, 0xD097, false, false},
    {"11", 1100, 201809051, 0xD098, false, false}, {"12", 1201, 201909212, 0xD101, false, true},
    {"13", 1300, 202007201, 0xD106, false, true},  {"14", 1300, 202107181, 0xD10D, false, true},
    {"15", 1300, 202209061, 0xD110, false, true},  {"16", 1300, 202307071, 0xD113, false, true},
    {"17", 1700, 202406281, 0xD116, false, true},  {"18", 1800, 202506291, 0xD118, false, true},
};

template <typename Matches>
const MajorVersion* first(Matches matches) {
  const auto* row = std::find_if(std::begin(table), std::end(table), matches);
  return row == std::end(table) ? nullptr : row;
}

}  // namespace

std::span<const MajorVersion> major_versions() {
  return table;
}

const MajorVersion* version_named(std::string_view name) {
  return first([&](const MajorVersion& row) { return row.name == name; });
}

const MajorVersion* version_of_catalog(std::uint32_t catalog_version) {
  return first([&](const MajorVersion& row) { return row.catalog_version == catalog_version; });
}

const MajorVersion* version_of_wal_magic(std::uint16_t magic) {
  return first([&](const MajorVersion& row) { return row.wal_magic == magic; });
}

}  // namespace recover::postgresql
