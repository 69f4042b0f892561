/// Foreign configuration: what a cluster's *.conf files would make a server do. Read, never executed.
#pragma once

#include "recover/facts.hpp"
#include "recover/tree.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

struct Setting {
  std::string name;   ///< lower case
  std::string value;  ///< without quotes
  std::string file;   ///< relative to the tree
  int line = 0;
};

/// The settings of one text, in order; the last one of a name counts. include lines are listed under
/// their own names (include, include_if_exists, include_dir).
std::vector<Setting> parse_settings(const std::string& text, const std::string& file);

/// All settings that a server on `data_path` would take: postgresql.conf (in the directory, or Debian's
/// etc/postgresql/N/CLUSTER in the tree) with what it includes, then postgresql.auto.conf.
std::vector<Setting> read_settings(Tree& tree, const std::string& data_path, const std::string& major);

/// Those that would act on other systems, keep the server from starting or redirect it: name ->
/// "file:line value".
Facts dangerous_settings(const std::vector<Setting>& settings);

/// The effective value of a name; empty when not set.
std::string effective(const std::vector<Setting>& settings, const std::string& name);

/// "a, \"b\"" -> a, b: the items of a list setting.
std::vector<std::string> list_items(const std::string& value);

}  // namespace recover::postgresql
