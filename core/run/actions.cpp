// What each action does. All of it goes to the target; the source is read only by the copier and through
// core/sys/source_files. Handlers add their evidence (checks, bytes) to the item's report and leave the
// decision what a failure means to the caller.
#include "core/run/actions.hpp"

#include "core/run/activation.hpp"
#include "core/run/place_files.hpp"
#include "core/strategy/tree_copy.hpp"
#include "core/sys/target_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

/// Replaces the check of the same id: a repeated step reports once.
void add_check(ItemReport& item, Check check) {
  std::erase_if(item.checks, [&](const Check& old) { return old.id == check.id; });
  item.checks.push_back(std::move(check));
}

/// A repeated step warns once.
void add_warning(ItemReport& item, std::string warning) {
  const bool is_known = std::find(item.warnings.begin(), item.warnings.end(), warning) != item.warnings.end();
  if (!is_known) item.warnings.push_back(std::move(warning));
}

/// Does a step of the plan put something at this path of its own accord?
bool makes(const Plan& plan, const std::string& path) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    const auto* link = std::get_if<MakeLink>(&step.action);
    const auto* copy = std::get_if<CopyTree>(&step.action);
    const auto* unpack = std::get_if<UnpackArchive>(&step.action);
    return (link != nullptr && link->path == path) || (copy != nullptr && copy->to == path) ||
           (unpack != nullptr && unpack->to == path);
  });
}

/// What inspectors saw of a copy or an archive.
struct Inspected {
  const Facts& totals;
  const std::vector<std::string>& flaws;
  std::uint64_t files = 0;
  Bytes bytes;
};

/// Flaws that the inspector saw. Where the server was shut down cleanly nothing will repair them; where
/// its own recovery is going to run, torn pages are rewritten from its log, and the engine's
/// verification decides.
Check inspection_check(const Plan& plan, const std::string& step, const Inspected& inspected) {
  Check check{
      "inspection_" + step, "every byte inspected on its way", Verdict::passed, {}, inspected.totals, {}};
  check.evidence = text::number(inspected.files) + " files, " + text::bytes(inspected.bytes);
  if (!inspected.flaws.empty()) {
    const bool may_heal =
        plan.finding.health.state != HealthState::ok || flag_fact(plan.facts, "last_resort");
    check.verdict = may_heal ? Verdict::warning : Verdict::failed;
    check.evidence += ", " + text::number(inspected.flaws.size()) + " flaws: " + inspected.flaws.front();
    set_fact(check.facts, "flaws", inspected.flaws);
  }
  return check;
}

struct Handler {
  ActionContext& context;
  const std::string& step;

  Result<void> operator()(const MakeDirectories& action) const {
    Files& files = context.step.host.files();
    RECOVER_TRY(files.make_directory(action.root, action.owner, action.mode));
    for (const std::string& name : action.relative) {
      RECOVER_TRY(files.make_directory(join_path(action.root, name), action.owner, action.mode));
    }
    return {};
  }

  Result<void> operator()(const CopyTree& action) const {
    strategy::CopyOptions options;
    options.threads =
        static_cast<unsigned>(std::max<std::int64_t>(0, number_fact(context.plan.facts, "jobs")));
    const Engine& engine = context.engine;
    const bool can_inspect = action.inspect && engine.make_inspector(action.inspect_facts) != nullptr;
    if (can_inspect) {
      options.make_inspector = [&engine, &action] { return engine.make_inspector(action.inspect_facts); };
    }
    const auto copied =
        RECOVER_TRY(strategy::copy_tree(action, options, context.step.progress, context.step.cancel));
    context.item.bytes += copied.bytes;
    if (can_inspect) {
      const Check check = inspection_check(
          context.plan, step, {copied.inspected, copied.flaws, copied.files.size(), copied.bytes});
      add_check(context.item, check);
      RECOVER_TRY(all_passed({check}, context.plan.finding.name));
    }
    return {};
  }

  Result<void> operator()(const PlaceFiles& action) const {
    return place_files(action, context.step.progress, context.step.cancel);
  }

  Result<void> operator()(const UnpackArchive& action) const {
    const auto inspector = action.inspect ? context.engine.make_inspector(action.inspect_facts) : nullptr;
    const auto unpacked = RECOVER_TRY(
        unpack_archive(action, context.policy, inspector.get(), context.step.progress, context.step.cancel));
    context.item.bytes += unpacked.bytes;
    if (inspector) {
      const Check check = inspection_check(
          context.plan, step, {inspector->totals(), unpacked.flaws, unpacked.files, unpacked.bytes});
      add_check(context.item, check);
      RECOVER_TRY(all_passed({check}, context.plan.finding.name));
    }
    for (const auto& [path, points_to] : unpacked.links) {
      if (makes(context.plan, join_path(action.to, path))) continue;
      add_warning(context.item, "the link " + path + " -> " + points_to + " of " + action.archive +
                                    " was not made: links of an archive are never followed");
    }
    return {};
  }

  Result<void> operator()(const WriteFile& action) const {
    return context.step.host.files().write(action.path, action.content, action.owner, action.mode);
  }

  Result<void> operator()(const MakeLink& action) const {
    std::error_code ignored;
    if (fs::is_directory(fs::symlink_status(action.path, ignored))) {
      return make_error(errors::target_write_failed, "cannot make the link " + action.path,
                        "a directory is there");
    }
    const sys::Account owner = RECOVER_TRY(sys::owner_account(action.owner));
    const std::string temporary = action.path + ".recover-link";
    ::unlink(temporary.c_str());
    if (::symlink(action.points_to.c_str(), temporary.c_str()) != 0 ||
        ::fchownat(AT_FDCWD, temporary.c_str(), owner.user, owner.group, AT_SYMLINK_NOFOLLOW) != 0 ||
        ::rename(temporary.c_str(), action.path.c_str()) != 0) {
      return sys::target_error("cannot make the link " + action.path, errno);
    }
    return sys::sync_directory(sys::parent_of(action.path));
  }

  Result<void> operator()(const CompareCopy& action) const {
    RECOVER_TRY(strategy::compare_copy(action, context.step.progress, context.step.cancel));
    const auto copied = RECOVER_TRY(strategy::read_copy_manifest(action.manifest));
    add_check(context.item, {step,
                             "the copy, read back, equals what was read from the source",
                             Verdict::passed,
                             text::number(copied.files.size()) + " files, " + text::bytes(copied.bytes),
                             {{"files", static_cast<std::int64_t>(copied.files.size())},
                              {"bytes", static_cast<std::int64_t>(copied.bytes.count)}},
                             {}});
    return {};
  }

  Result<void> operator()(const SyncTree& action) const { return sync_tree(action.root); }

  Result<void> operator()(const Verify& action) const {
    auto checks = RECOVER_TRY(context.engine.verify(context.plan, action, context.step));
    context.item.verify_level = action.level;
    for (const Check& check : checks) add_check(context.item, check);
    return all_passed(checks, context.plan.finding.name);
  }

  Result<void> operator()(const Activate& action) const { return activate(action, context.plan.run); }

  Result<void> operator()(const EngineCall& action) const {
    return context.engine.perform(action, context.plan, context.step);
  }
};

}  // namespace

Result<void> all_passed(const std::vector<Check>& checks, const std::string& what) {
  std::vector<std::string> failed;
  for (const Check& check : checks) {
    if (check.verdict == Verdict::failed) failed.push_back(check.title + ": " + check.evidence);
  }
  if (failed.empty()) return {};
  std::string cause = failed.front();
  if (failed.size() > 1) cause += " (and " + std::to_string(failed.size() - 1) + " more)";
  return make_error(errors::verify_failed, "cannot trust the copy of " + what, std::move(cause))
      .with("checks", failed);
}

Result<void> perform(const Step& step, ActionContext& context) {
  RECOVER_TRY(std::visit(Handler{context, step.id}, step.action));
  // What an engine read by itself (a dump that it loaded) is known from the plan only.
  if (std::holds_alternative<EngineCall>(step.action)) context.item.bytes += step.work;
  return {};
}

Result<void> sync_tree(const std::string& root) {
  const sys::Descriptor top(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!top || ::syncfs(top.get()) != 0) return sys::target_error("cannot make " + root + " durable", errno);
  std::error_code failed;
  for (auto it = fs::recursive_directory_iterator(root, failed);
       !failed && it != fs::recursive_directory_iterator(); it.increment(failed)) {
    if (it->is_directory(failed) && !it->is_symlink(failed)) RECOVER_TRY(sys::sync_directory(it->path()));
  }
  if (failed) return sys::target_error("cannot list " + root, failed.value());
  RECOVER_TRY(sys::sync_directory(root));
  return sys::sync_directory(sys::parent_of(root));
}

Result<void> remove_tree(const std::string& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (failed) return sys::target_error("cannot remove " + path, failed.value());
  const std::string parent = sys::parent_of(path);
  return activation::exists(parent) ? sys::sync_directory(parent) : Result<void>();
}

}  // namespace recover::run
