// The dump says how many objects of each kind it makes; after the load the catalogs must say the same. A
// false alarm would be worse than none, so a kind that the text leaves open is not compared, and says why.
#include "postgresql/load/objects_check.hpp"

#include "postgresql/load/names.hpp"
#include "postgresql/load/object_catalogs.hpp"

#include <fmt/format.h>

#include <set>

namespace recover::postgresql::load {

namespace {

/// What the server has of one kind.
struct Found {
  std::uint64_t own = 0;
  std::uint64_t on_extensions = 0;  ///< which a dump may make or leave to the extension
};

using FoundKinds = std::map<std::string, Found>;

Result<FoundKinds> find_objects(const std::string& database, const Endpoint& endpoint, StepContext& context) {
  auto connection = RECOVER_TRY(Connection::open(endpoint, database, context.cancel));
  FoundKinds found;
  for (const Row& row : RECOVER_TRY(connection.query(count_objects_query(), context.cancel))) {
    found[object_kind_name(static_cast<dump::ObjectKind>(number(row, 0)))] = {number(row, 1), number(row, 2)};
  }
  return found;
}

/// Gathers what is equal, what differs, and what cannot be compared, over all databases.
class Comparison {
 public:
  void add(const std::string& database, const FoundKinds& found,
           const std::map<std::string, LoadedObjects>& expected) {
    for (const auto& [kind, server] : found) {
      const auto made = expected.find(kind);
      const std::uint64_t dump = made == expected.end() ? 0 : made->second.count;
      if (made != expected.end() && !made->second.unclear.empty()) {
        open_[made->second.unclear].push_back(kind);
        continue;
      }
      ++compared_;
      if (server.own <= dump && dump <= server.own + server.on_extensions) {
        equal_ += dump;
        if (dump != 0) kinds_.insert(kind);
        continue;
      }
      wrong_.push_back(fmt::format("{}: {}: dump {}, server {}", database, kind, dump, server.own));
    }
    for (const auto& [kind, made] : expected) {  // what the server is not asked for
      if (found.count(kind) == 0 && !made.unclear.empty()) open_[made.unclear].push_back(kind);
    }
  }

  [[nodiscard]] Check check() const {
    Check check{"dump_objects",
                "of every kind of object there are as many as the dump makes",
                Verdict::passed,
                {},
                {},
                {}};
    set_fact(check.facts, "objects", static_cast<std::int64_t>(equal_));
    check.evidence = fmt::format("{} objects of {} kinds: as many as the dump makes", equal_, kinds_.size());
    if (compared_ == 0 && !open_.empty()) {
      check.verdict = Verdict::not_checked;
      check.evidence = "nothing could be compared";
    }
    if (!wrong_.empty()) {
      check.verdict = Verdict::failed;
      check.evidence = fmt::format("{}", fmt::join(wrong_, "; "));
      set_fact(check.facts, "different", wrong_);
    }
    tell_open(check);
    return check;
  }

 private:
  void tell_open(Check& check) const {
    std::vector<std::string> not_compared;
    for (const auto& [reason, kinds] : open_) {
      const bool is_most = kinds.size() > 5;
      not_compared.push_back(fmt::format(
          "{}: {}",
          is_most ? fmt::format("{} kinds", kinds.size()) : fmt::format("{}", fmt::join(kinds, ", ")),
          reason));
    }
    if (not_compared.empty()) return;
    check.evidence +=
        fmt::format("; not compared, because the dump does not tell: {}", fmt::join(not_compared, "; "));
    set_fact(check.facts, "not_compared", not_compared);
  }

  std::uint64_t equal_ = 0;
  std::uint64_t compared_ = 0;
  std::set<std::string> kinds_;
  std::vector<std::string> wrong_;
  std::map<std::string, std::vector<std::string>> open_;  ///< kinds by reason
};

}  // namespace

Result<Check> objects_check(const LoadRecord& record, const Endpoint& endpoint,
                            const std::map<std::string, std::string>& names, StepContext& context) {
  Comparison comparison;
  std::map<std::string, std::map<std::string, LoadedObjects>> expected;
  for (const LoadedObjects& one : record.objects) expected[one.database][one.kind] = one;
  const std::set<std::string> databases(record.databases.begin(), record.databases.end());
  for (const std::string& database : databases) {
    RECOVER_TRY(context.cancel.check());
    const auto found = RECOVER_TRY(find_objects(name_in_server(database, names), endpoint, context));
    comparison.add(database, found, expected[database]);
  }
  return comparison.check();
}

}  // namespace recover::postgresql::load
