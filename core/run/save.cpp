// The safety copy of a running server. The engine only writes it; that it is good is shown by what
// `recover scan` and `recover verify` do with any backup: it must be recognised, as exactly one database of
// this engine, and pass every check that can be made without a server. Until then it has a hidden name that
// says so, and a kill leaves nothing that could be taken for a backup: the next copy into the same directory
// removes it, because the lock on the directory is free then.
#include "core/run/save.hpp"

#include "core/run/actions.hpp"
#include "core/run/preflight.hpp"
#include "core/run/scratch.hpp"
#include "core/sys/lock.hpp"
#include "core/sys/target_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished_suffix = ".recover-part";

std::string unfinished_path(const std::string& path) {
  const std::size_t slash = path.rfind('/') + 1;
  return path.substr(0, slash) + "." + path.substr(slash) + std::string(unfinished_suffix);
}

/// Nobody works in the directory while we hold its lock: what is unfinished there was killed.
Result<void> remove_abandoned(const std::string& directory, Host& host) {
  for (const std::string& name : RECOVER_TRY(host.files().list(directory))) {
    if (name.starts_with(".") && name.ends_with(unfinished_suffix))
      RECOVER_TRY(remove_tree(join_path(directory, name)));
  }
  return {};
}

Result<void> check_space(const SaveOffer& offer, const SavePlace& place, Host& host) {
  const std::uint64_t free = RECOVER_TRY(host.files().free_space(place.directory));
  if (free >= offer.size.count + place.min_free) return {};
  return make_error(errors::disk_not_enough_space, "cannot save " + offer.server,
                    fmt::format("up to {} are needed in {}, {} are free and {} must stay so",
                                text::bytes(offer.size), place.directory, text::bytes(Bytes{free}),
                                text::bytes(Bytes{place.min_free})))
      .with("needed", static_cast<std::int64_t>(offer.size.count))
      .with("free", static_cast<std::int64_t>(free))
      .advise("Free space, or name another directory.");
}

/// A server that is not installed here says nothing about the copy; any other obstacle does.
bool speaks_against(const Check& check) {
  if (check.verdict == Verdict::failed) return true;
  return check.id == "recoverable" && check.error && check.error->exit != ExitCode::tool_missing;
}

/// Scans and reads what was written.
Result<Examined> check_copy(const std::string& engine, const std::string& path, const Workshop& workshop) {
  scan::Options options;
  options.source = path;
  workshop.progress.begin("", "verify", {});
  const scan::Outcome scanned =
      RECOVER_TRY(scan::scan(options, workshop.catalog, workshop.progress, workshop.cancel));
  ExaminationReport report = RECOVER_TRY(examine(scanned, Wishes{}, workshop));
  std::vector<Examined> found;
  for (Examined& item : report.items) {
    for (const Check& check : item.checks) {
      if (speaks_against(check))
        return make_error(errors::verify_failed, "cannot trust the safety copy",
                          check.title + ": " + check.evidence);
    }
    if (item.finding.engine == engine && item.finding.role == Role::database)
      found.push_back(std::move(item));
  }
  if (found.size() == 1 && report.errors.empty()) return std::move(found.front());
  const std::string cause = report.errors.empty()
                                ? fmt::format("{} databases were recognised in it", found.size())
                                : report.errors.front().what + ": " + report.errors.front().cause;
  return make_error(errors::verify_failed, "cannot trust the safety copy", cause);
}

Result<void> give_name(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
    return sys::target_error("cannot give the safety copy its name " + to, errno);
  return sys::sync_directory(sys::parent_of(to));
}

}  // namespace

std::string saved_path(const SaveOffer& offer, const SavePlace& place, std::int64_t now) {
  std::tm moment{};
  const auto seconds = static_cast<std::time_t>(now);
  ::gmtime_r(&seconds, &moment);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &moment);
  return join_path(place.directory, offer.name + "-" + text.data());
}

Result<Saved> save(const std::string& engine, const SaveOffer& offer, const SaveWishes& wishes,
                   const SavePlace& place, const Workshop& workshop) {
  Host& host = workshop.host;
  const double began = host.clock().elapsed();
  const Engine* plugin = RECOVER_TRY(workshop.catalog.engine(engine));
  RECOVER_TRY(host.files().make_directory(place.directory, "", 0700));
  RECOVER_TRY(host.files().make_directory(workshop.state.path, "", 0711));
  const auto lock = RECOVER_TRY(
      sys::TargetLock::acquire(workshop.state.locks(), place.directory, "save", host.clock().now()));
  RECOVER_TRY(remove_abandoned(place.directory, host));
  RECOVER_TRY(check_space(offer, place, host));
  Saved saved;
  saved.path = saved_path(offer, place, host.clock().now());
  const std::string unfinished = unfinished_path(saved.path);
  LazyScratch scratch(workshop.state, host);
  const auto make = [&]() -> Result<void> {
    RECOVER_TRY(host.files().make_directory(unfinished, "", 0700));
    StepContext context{host, workshop.progress, workshop.cancel, RECOVER_TRY(scratch.path())};
    workshop.progress.begin("", "save", offer.size);
    RECOVER_TRY(plugin->save(offer, wishes, unfinished, context));
    workshop.progress.end();
    RECOVER_TRY(sync_tree(unfinished));
    Examined checked = RECOVER_TRY(check_copy(engine, unfinished, workshop));
    saved.finding = std::move(checked.finding);
    saved.checks = std::move(checked.checks);
    saved.bytes = Bytes{allocated_below(unfinished)};
    return give_name(unfinished, saved.path);
  };
  const auto made = make();
  workshop.progress.end();
  saved.seconds = host.clock().elapsed() - began;
  if (made) return saved;
  if (!place.keep_failed) RECOVER_TRY(remove_tree(unfinished));
  return made.error();
}

}  // namespace recover::run
