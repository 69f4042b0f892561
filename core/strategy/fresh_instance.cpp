// The strategies that make something new and give it its name at the end, as lists of steps: a copy of
// files, a server into which a dump is loaded, and both in one for files of another version. The order is the
// safety: everything up to `activate` happens in a private staging directory, so an aborted run leaves the
// old data untouched, and the name is taken over only after verification. They differ only in what happens
// inside that directory.
#include "recover/steps.hpp"

#include <utility>

namespace recover::steps {

namespace {

using Steps = std::vector<Step>;

void append(Steps& steps, const Steps& more) {
  steps.insert(steps.end(), more.begin(), more.end());
}

/// The frame around `inside`. `made` is what people read about it: "the copy", "the new server".
Steps staged(const std::string& staging, const std::string& owner, const std::string& made,
             const Steps& inside, const Verify& verify, const Activate& activate,
             const Steps& after_activate) {
  Steps steps;
  steps.push_back({"stage",
                   "found",
                   "make the private staging directory " + staging,
                   MakeDirectories{staging, {}, owner, 0700},
                   UndoRemove{staging},
                   {}});
  append(steps, inside);
  steps.push_back({"sync", "loaded", "make " + made + " durable", SyncTree{staging}, UndoNothing{}, {}});
  steps.push_back({"verify",
                   "verified",
                   "start " + made + " in isolation, recover, verify and stop it",
                   verify,
                   UndoNothing{},
                   {}});
  steps.push_back({"activate",
                   "swapped",
                   "give it the name " + activate.final +
                       (activate.kept.empty() ? "" : " (the old data is kept as " + activate.kept + ")"),
                   activate,
                   UndoActivation{},
                   {}});
  append(steps, after_activate);
  return steps;
}

/// "copy", "copy-1", "copy-2"
std::string numbered(const std::string& id, std::size_t number) {
  return number == 0 ? id : id + "-" + std::to_string(number);
}

/// Copies, read back once all of them are there.
Steps compared(const std::vector<CopyTree>& copies) {
  Steps inside;
  for (std::size_t number = 0; number < copies.size(); ++number) {
    const CopyTree& copy = copies[number];
    inside.push_back({numbered("copy", number),
                      "staged",
                      "copy " + (copy.from.empty() ? copy.source_root : copy.from) + " to " + copy.to,
                      copy,
                      UndoNothing{} /* inside the staging directory */,
                      {}});
  }
  for (std::size_t number = 0; number < copies.size(); ++number) {
    const CopyTree& copy = copies[number];
    inside.push_back({numbered("compare", number),
                      "staged",
                      "read the copy back and compare it with what was read",
                      CompareCopy{copy.manifest, copy.to},
                      UndoNothing{},
                      {}});
  }
  return inside;
}

}  // namespace

std::vector<Step> direct_copy(const DirectCopy& spec) {
  Steps inside = compared(spec.copies);
  append(inside, spec.after_copy);
  return staged(spec.staging, spec.owner, "the copy", inside, spec.verify, spec.activate,
                spec.after_activate);
}

std::vector<Step> dump_load(const DumpLoad& spec) {
  Steps inside = spec.before_load;
  append(inside, spec.load);
  return staged(spec.staging, spec.owner, "the new server", inside, spec.verify, spec.activate,
                spec.after_activate);
}

std::vector<Step> converted_copy(const ConvertedCopy& spec) {
  Steps inside = compared(spec.copies);
  append(inside, spec.after_copy);
  append(inside, spec.load.before_load);
  DumpLoad load = spec.load;
  load.before_load = std::move(inside);
  return dump_load(load);
}

}  // namespace recover::steps
