/// The three files of pg_dump --section: one database in pieces that mean nothing apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql {

enum class Section { pre_data, data, post_data };

/// Which section the name of a file says it is ("shop-pre-data.sql.gz"), if any.
std::optional<Section> section_of(const std::string& name);

/// "shop" of "01-shop-pre-data.sql.gz"; files with the same one are sections of the same dump.
std::string without_section(const std::string& name);

/// The file that holds `section` of the same dump as `name`. Nothing when there is none or more than one.
std::optional<std::string> other_section(const std::string& name, Section section,
                                         const std::vector<std::string>& beside);

}  // namespace recover::postgresql
