// The list is short and is written anew for each name, whole, so that it is never half a list.
#include "postgresql/load/made_names.hpp"

#include "postgresql/load/record_lines.hpp"

#include <algorithm>

namespace recover::postgresql::load {

std::vector<std::string> MadeNames::read() {
  std::vector<std::string> names;
  const auto text = files_.read(file_);
  if (!text) return names;
  for (auto& line : record_lines(*text)) names.push_back(std::move(line.front()));
  return names;
}

Result<void> MadeNames::add(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names = read();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  names.push_back(name);
  std::string text;
  for (const std::string& one : names) text += record_line({one});
  return files_.write(file_, text, "", 0600);
}

bool MadeNames::contains(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto names = read();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> MadeNames::all() {
  const std::scoped_lock lock(mutex_);
  return read();
}

}  // namespace recover::postgresql::load
