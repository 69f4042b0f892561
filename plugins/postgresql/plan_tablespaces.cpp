// Tablespaces lie outside the data directory, and their links hold paths of the dead machine, which may
// exist here and belong to another cluster: a link is never kept, every tablespace gets a place of this
// run's own or the one the operator names. That place is the final one from the beginning, because the
// staged copy is verified with the very links it will keep.
#include "postgresql/plan_tablespaces.hpp"

#include "postgresql/backup_label.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/placement.hpp"

#include <algorithm>
#include <filesystem>

namespace recover::postgresql {

namespace {

constexpr std::size_t largest_map = 1 << 20;

/// The directory that holds one directory per run.
std::string all_homes(const Target& target) {
  return target.kind == TargetKind::private_instance ? parent_of(target.directory) + "/tablespaces"
                                                     : target.directory + ".tablespaces";
}

/// "OID=rest" taken apart.
std::pair<std::string, std::string> split_entry(const std::string& entry) {
  const std::size_t equals = entry.find('=');
  return {entry.substr(0, equals), equals == std::string::npos ? "" : entry.substr(equals + 1)};
}

/// Where this tablespace was on the old machine; empty when nothing tells.
std::string old_place(const std::string& data_path, const std::string& oid, Tree& tree) {
  if (auto link = tree.link_target(join_path(data_path, "pg_tblspc/" + oid))) return *link;
  const auto map = tree.read(join_path(data_path, "tablespace_map"), 0, largest_map);
  if (!map) return {};
  for (const auto& [number, path] : parse_tablespace_map(*map)) {
    if (number == oid) return path;
  }
  return {};
}

/// The place the operator wants for it; empty when none was named.
std::string wished_place(const Wishes& wishes, const std::string& oid, const std::string& old) {
  for (const auto& [which, place] : wishes.tablespaces) {
    if (which == oid || (!old.empty() && which == old)) return place;
  }
  return {};
}

}  // namespace

std::string tablespace_home(const Plan& plan) {
  return all_homes(plan.target) + "/" + plan.run;
}

std::vector<std::string> present_tablespace_homes(const Plan& plan, Host& host) {
  const std::string ours = all_homes(plan.target) + "/";
  const std::string links = plan.target.directory + "/pg_tblspc";
  std::vector<std::string> homes;
  for (const std::string& oid : host.files().list(links).value_or(std::vector<std::string>{})) {
    std::error_code not_a_link;
    const std::string place = std::filesystem::read_symlink(links + "/" + oid, not_a_link).string();
    if (!place.starts_with(ours)) continue;  // the operator chose it, or it is another cluster's
    const std::string home = place.substr(0, place.find('/', ours.size()));
    if (std::find(homes.begin(), homes.end(), home) == homes.end()) homes.push_back(home);
  }
  return homes;
}

Result<std::vector<TablespaceMove>> plan_tablespaces(const Plan& plan, const Wishes& wishes, Tree& tree,
                                                     Host& host) {
  const auto lost = list_fact(plan.facts, fact::missing_tablespaces);
  if (!lost.empty() && !wishes.last_resort) {
    const auto [oid, place] = split_entry(lost.front());
    return make_error(errors::tablespace_missing, "tablespace " + oid,
                      place.empty() ? "nothing in the source belongs to it" : "it was at " + place)
        .with("oid", oid);
  }
  const std::string data_path = text_fact(plan.facts, fact::data_path);
  std::vector<TablespaceMove> moves;
  for (const std::string& entry : list_fact(plan.facts, fact::tablespaces)) {
    const auto [oid, from] = split_entry(entry);
    TablespaceMove move{oid, from, tree.has_file(from),
                        wished_place(wishes, oid, old_place(data_path, oid, tree)), false};
    move.chosen = !move.to.empty();
    if (!move.chosen) move.to = tablespace_home(plan) + "/" + oid;
    const auto entries = host.files().list(move.to);
    if (entries && !entries->empty()) {
      return make_error(errors::tablespace_target, move.to, entries->front() + " is in it");
    }
    moves.push_back(std::move(move));
  }
  return moves;
}

std::string tablespace_map_text(const std::vector<TablespaceMove>& moves) {
  std::string text;
  for (const TablespaceMove& move : moves) {
    text += move.oid + " ";
    for (const char letter : move.to) {
      if (letter == '\\' || letter == '\n' || letter == '\r') text += '\\';
      text += letter;
    }
    text += '\n';
  }
  return text;
}

}  // namespace recover::postgresql
