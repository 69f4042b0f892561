// The version of a data directory, by witnesses of falling value: the redo log's creator, the upgrade
// history (MySQL 8.4), the newest binary log, page 0 of the tablespaces (MySQL 8.0), the Aria log
// (MariaDB), the file of the last upgrade (can lag), and the newest .frm of the system tables (a lower
// bound). mysql_upgrade_info or .frm alone would take an upgraded server for its predecessor.
#include "mysql/server_version.hpp"

#include "recover/decoder.hpp"
#include "recover/json_leaves.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace recover::mysql {

namespace {

constexpr std::size_t small_file = 64U << 10U;

std::string read_text(Tree& tree, const std::string& path) {
  auto text = tree.read(path, 0, small_file);
  return text ? std::move(*text) : std::string();
}

bool is_binary_log_name(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot + 1 == name.size()) return false;
  const std::string stem = name.substr(0, dot);
  const bool has_number = std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) + 1, name.end(),
                                      [](unsigned char letter) { return std::isdigit(letter) != 0; });
  return has_number && (stem.ends_with("-bin") || stem == "binlog");
}

/// From the format description event of the newest binary log: 50 bytes at offset 25.
Version from_binary_log(Tree& tree, const std::string& directory) {
  std::string newest;
  const auto entries = tree.list(directory);
  if (!entries) return {};
  for (const Entry& entry : *entries) {
    if (entry.type == EntryType::file && is_binary_log_name(entry.name))
      newest = std::max(newest, entry.name);
  }
  if (newest.empty()) return {};
  const std::string head = read_text(tree, join_path(directory, newest)).substr(0, 75);
  if (head.size() < 75 || !head.starts_with("\xfe"
                                            "bin")) {
    return {};
  }
  return {version_in(head.substr(25, 50)), "header of " + newest};
}

Version from_upgrade_history(Tree& tree, const std::string& directory) {
  const std::vector<std::string> versions =
      json_leaves(read_text(tree, join_path(directory, "mysql_upgrade_history")))
          .all("upgrade_history/", "/version");
  if (versions.empty()) return {};
  return {version_in(versions.back()), "mysql_upgrade_history"};
}

Version from_spaces(Tree& tree, const std::string& directory, const std::optional<SpaceHeader>& system) {
  Version best;
  std::uint32_t newest = 0;
  const auto consider = [&](const std::optional<SpaceHeader>& header, const char* name) {
    if (!header || header->server_version <= newest) return;
    newest = header->server_version;
    best = {version_text(newest), std::string("page 0 of ") + name};
  };
  consider(system, "ibdata1");
  for (const char* name : {"mysql.ibd", "undo_001", "undo_002"}) {
    consider(read_space_header(tree, join_path(directory, name)), name);
  }
  return best;
}

Version from_aria_log(Tree& tree, const std::string& directory) {
  const auto head = tree.read(join_path(directory, "aria_log.00000001"), 0, 28);
  if (!head || !head->starts_with("\xfe\xfe\x0b\x01MARIALOG")) return {};
  return {version_text(little32_at(*head, 24)), "aria_log.00000001, offset 24"};
}

Version from_upgrade_info(Tree& tree, const std::string& directory) {
  for (const char* name : {"mariadb_upgrade_info", "mysql_upgrade_info"}) {
    const std::string version = version_in(read_text(tree, join_path(directory, name)));
    if (!version.empty()) return {version, name};
  }
  return {};
}

Version from_table_definitions(Tree& tree, const std::string& directory) {
  const auto entries = tree.list(join_path(directory, "mysql"));
  if (!entries) return {};
  std::uint32_t newest = 0;
  for (const Entry& entry : *entries) {
    if (!entry.name.ends_with(".frm")) continue;
    const auto head = tree.read(join_path(directory, "mysql/" + entry.name), 0, 64);
    if (head && head->starts_with("\xfe\x01")) newest = std::max(newest, little32_at(*head, 0x33));
  }
  return {version_text(newest), "newest mysql/*.frm (a lower bound)"};
}

std::string find_product(Tree& tree, const std::string& directory, const RedoLog& redo) {
  const std::string named = product_in(redo.creator);
  if (!named.empty()) return named;
  if (redo.format == RedoFormat::mariadb_10_8) return "MariaDB";
  if (tree.has_file(join_path(directory, "mysql.ibd"))) return "MySQL";
  return tree.has_file(join_path(directory, "aria_log_control")) ? "MariaDB" : "MySQL";
}

}  // namespace

Writer find_writer(Tree& tree, const std::string& data_directory, const RedoLog& redo,
                   const std::optional<SpaceHeader>& system) {
  Writer writer{find_product(tree, data_directory, redo), {}};
  const std::string created = version_in(redo.creator);
  if (!created.empty()) {
    writer.version = {created, "creator in " + last_component(redo.path)};
    return writer;
  }
  using Witness = Version (*)(Tree&, const std::string&);
  for (const Witness witness : {Witness(from_upgrade_history), Witness(from_binary_log)}) {
    writer.version = witness(tree, data_directory);
    if (!writer.version.text.empty()) return writer;
  }
  writer.version = from_spaces(tree, data_directory, system);
  if (!writer.version.text.empty()) return writer;
  for (const Witness witness :
       {Witness(from_aria_log), Witness(from_upgrade_info), Witness(from_table_definitions)}) {
    writer.version = witness(tree, data_directory);
    if (!writer.version.text.empty()) return writer;
  }
  return writer;
}

std::string product_in(const std::string& text) {
  if (text.find("MariaDB") != std::string::npos) return "MariaDB";
  return text.find("MySQL") != std::string::npos ? "MySQL" : "";
}

std::string version_in(const std::string& text) {
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  for (std::size_t start = 0; start < text.size(); ++start) {
    if (!is_digit(text[start]) || (start > 0 && (is_digit(text[start - 1]) || text[start - 1] == '.')))
      continue;
    std::size_t end = start;
    int dots = 0;
    while (end < text.size() &&
           (is_digit(text[end]) || (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1])))) {
      dots += text[end] == '.' ? 1 : 0;
      ++end;
    }
    if (dots == 2) return text.substr(start, end - start);
    start = end;
  }
  return {};
}

}  // namespace recover::mysql
