// A database is a directory with table files: .frm (MariaDB, MySQL up to 5.7), .ibd or .sdi (MySQL 8.0
// and later), db.opt. Names are encoded: letters and digits as they are, other ASCII and the rest of
// UCS-2 as @ and four hex digits, some letters as @ and two characters of a table in strings/ctype-utf8.c
// of the server, which stay undecoded here: the true name is only needed by a person.
#include "mysql/databases.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>
#include <string_view>

namespace recover::mysql {

namespace {

constexpr std::array<std::string_view, 4> system_databases{"mysql", "performance_schema", "sys",
                                                           "lost+found"};

bool is_system(const std::string& name) {
  return name.starts_with('#') || name.starts_with('.') ||
         std::find(system_databases.begin(), system_databases.end(), name) != system_databases.end();
}

void append_utf8(std::string& text, unsigned code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0U | code >> 6U);
    text += static_cast<char>(0x80U | (code & 0x3fU));
  } else {
    text += static_cast<char>(0xe0U | code >> 12U);
    text += static_cast<char>(0x80U | (code >> 6U & 0x3fU));
    text += static_cast<char>(0x80U | (code & 0x3fU));
  }
}

/// The table a file stands for: "customers" of customers.ibd and part of part#P#p0.ibd; else "".
std::string table_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || name.starts_with("#sql") || name.starts_with("FTS_") ||
      name.starts_with("fts_")) {
    return {};
  }
  const std::string suffix = name.substr(dot);
  if (suffix != ".frm" && suffix != ".ibd" && suffix != ".MYI" && suffix != ".MAI") return {};
  return name.substr(0, std::min(dot, name.find('#')));
}

}  // namespace

std::string decode_name(const std::string& file_name) {
  std::string name;
  for (std::size_t at = 0; at < file_name.size(); ++at) {
    unsigned code = 0;
    const char* first = file_name.data() + at + 1;
    const bool has_code = file_name[at] == '@' && at + 4 < file_name.size() &&
                          std::from_chars(first, first + 4, code, 16).ptr == first + 4;
    if (has_code) {
      append_utf8(name, code);
      at += 4;
    } else {
      name += file_name[at];
    }
  }
  return name;
}

Result<Contents> list_contents(Tree& tree, const std::string& data_directory) {
  Contents contents;
  for (const Entry& entry : RECOVER_TRY(tree.list(data_directory))) {
    if (entry.type != EntryType::directory || is_system(entry.name)) continue;
    const auto files = tree.list(join_path(data_directory, entry.name));
    if (!files) continue;
    std::set<std::string> tables;
    bool is_database = files->empty();  // MySQL 8.0 leaves nothing in an empty database
    for (const Entry& file : *files) {
      const std::string table = table_of(file.name);
      if (!table.empty()) tables.insert(table);
      is_database = is_database || !table.empty() || file.name == "db.opt" || file.name.ends_with(".sdi");
    }
    if (!is_database) continue;
    contents.databases.push_back(decode_name(entry.name));
    contents.tables += tables.size();
  }
  std::sort(contents.databases.begin(), contents.databases.end());
  return contents;
}

}  // namespace recover::mysql
