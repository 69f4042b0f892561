// The proof that a backup can be restored: the ordinary pipeline, with its verification, into a private
// server that nobody else sees. It works in a state directory of its own, so that removing that directory
// removes everything; after a kill the lock beside it is free, and the next test or `recover cleanup` sweeps
// it. Must never say of a database that was only read that it was restored.
#include "core/run/actions.hpp"
#include "core/run/examination.hpp"
#include "core/run/preflight.hpp"
#include "core/run/scratch.hpp"
#include "recover/errors.hpp"

#include <algorithm>

namespace recover::run {

namespace {

/// A database that could be restored for the test.
struct Unit {
  const Examined* item = nullptr;
  std::string database;   ///< empty: the whole finding
  std::size_t count = 1;  ///< databases in it
  Bytes size;
};

bool can_be_restored(const Examined& item) {
  const bool has_way = std::any_of(item.checks.begin(), item.checks.end(), [](const Check& check) {
    return check.id == "recoverable" && check.verdict == Verdict::passed;
  });
  return has_way && item.verdict() != Verdict::failed;
}

std::vector<Unit> units_of(const ExaminationReport& examined) {
  std::vector<Unit> units;
  for (const Examined& item : examined.items) {
    if (!can_be_restored(item)) continue;
    if (item.databases.size() < 2) {
      const std::size_t count = std::max<std::size_t>(1, item.finding.databases.size());
      units.push_back({&item, {}, item.databases.empty() ? count : 1, item.finding.size.logical});
      if (!item.databases.empty()) units.back().size = item.databases.front().size;
      continue;
    }
    for (const InnerDatabase& database : item.databases)
      units.push_back({&item, database.name, 1, database.size});
  }
  return units;
}

/// How many databases there are, also in what is damaged.
std::size_t databases_in(const ExaminationReport& examined) {
  std::size_t count = 0;
  for (const Examined& item : examined.items) {
    if (item.finding.role != Role::database && item.finding.role != Role::leftover) continue;
    count += std::max(
        {item.databases.size(), item.databases.empty() ? item.finding.databases.size() : 0, std::size_t{1}});
  }
  return count;
}

class Tester {
 public:
  Tester(const scan::Outcome& scanned, const Wishes& wishes, const Policy& policy, const Workshop& workshop)
      : scanned_(scanned), wishes_(wishes), policy_(policy), workshop_(workshop) {}

  /// Restores `databases` of one finding (none named: all of them) and takes everything away again.
  Result<RestoredItem> restore(const Finding& finding, const std::vector<std::string>& databases) {
    const std::string test = make_run_id();
    ScratchDirectory scratch = RECOVER_TRY(ScratchDirectory::take(
        workshop_.state, ScratchDirectory::Purpose::restore_test, test, workshop_.host));
    const StateDirectory state{scratch.path()};
    Wishes wishes = wishes_;
    wishes.run = test;
    wishes.state_directory = state.path;
    wishes.target_directory.clear();
    wishes.server = {};
    wishes.tablespaces.clear();
    wishes.databases = databases;
    wishes.start = false;
    wishes.verify_level = "full";
    Selection selection;
    selection.ids = {finding.id};
    const RunPlan plan = RECOVER_TRY(
        make_plan(scanned_, selection, wishes, workshop_.catalog, workshop_.host, workshop_.cancel));
    RestoredItem item{finding.id, databases, {}};
    item.report = report_of(execute(plan, policy_, state, workshop_.catalog, workshop_.host,
                                    workshop_.progress, {}, workshop_.cancel));
    RECOVER_TRY(workshop_.cancel.check());
    if (item.report.error && policy_.keep_temp) {
      item.report.warnings.push_back("the restore test is kept in " + scratch.keep() +
                                     " until recover cleanup; no server runs in it");
      return item;
    }
    RECOVER_TRY(scratch.remove());
    return item;
  }

 private:
  static ItemReport report_of(Report report) {
    for (ItemReport& item : report.items) {
      if (item.result != ItemResult::skipped) return std::move(item);
    }
    ItemReport item;
    item.result = ItemResult::failed;
    item.error = report.errors.empty()
                     ? make_error(errors::engine_strategy_unavailable, "nothing was restored")
                     : report.errors.front();
    return item;
  }

  const scan::Outcome& scanned_;
  const Wishes& wishes_;
  const Policy& policy_;
  const Workshop& workshop_;
};

ItemReport failed_item(Error error) {
  ItemReport item;
  item.result = ItemResult::failed;
  item.error = std::move(error);
  return item;
}

}  // namespace

bool RestoreTest::is_passed() const {
  return restored > 0 && std::none_of(items.begin(), items.end(),
                                      [](const RestoredItem& item) { return item.report.error.has_value(); });
}

Result<RestoreTest> restore_test(const scan::Outcome& scanned, const ExaminationReport& examined,
                                 const SampleSize& size, std::uint64_t seed, const Wishes& wishes,
                                 const Policy& policy, const Workshop& workshop) {
  const double began = workshop.host.clock().elapsed();
  RECOVER_TRY(check_outside(workshop.state.path, scanned.survey.root));
  RECOVER_TRY(sweep_scratch(workshop.state, Sweep::abandoned, false, workshop.host));
  const std::vector<Unit> units = units_of(examined);
  std::vector<Bytes> sizes;
  for (const Unit& unit : units) sizes.push_back(unit.size);
  RestoreTest test;
  test.seed = seed;
  test.databases = databases_in(examined);
  const auto chosen = choose_sample(sizes, size.of(units.size()), seed);
  Tester tester(scanned, wishes, policy, workshop);
  for (const Examined& item : examined.items) {
    std::vector<std::string> names;
    std::size_t count = 0;
    for (const std::size_t index : chosen) {
      if (units[index].item != &item) continue;
      if (!units[index].database.empty()) names.push_back(units[index].database);
      count += units[index].count;
    }
    if (count == 0) continue;
    RECOVER_TRY(workshop.cancel.check());
    auto restored = tester.restore(item.finding, names);
    if (!restored && workshop.cancel.is_cancelled()) return std::move(restored).error();
    if (!restored) restored = RestoredItem{item.finding.id, names, failed_item(restored.error())};
    if (!restored->report.error) test.restored += count;
    test.items.push_back(std::move(*restored));
  }
  test.seconds = workshop.host.clock().elapsed() - began;
  return test;
}

}  // namespace recover::run
