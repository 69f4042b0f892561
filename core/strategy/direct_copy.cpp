// The direct-copy strategy as a list of steps. The order is the safety: everything up to `activate`
// happens in a private staging directory, so an aborted run leaves the old data untouched, and the
// name is taken over only after verification.
#include "recover/steps.hpp"

namespace recover::steps {

std::vector<Step> direct_copy(const DirectCopy& spec) {
  std::vector<Step> steps;
  steps.push_back({"stage",
                   "found",
                   "make the private staging directory " + spec.staging,
                   MakeDirectories{spec.staging, {}, spec.owner, 0700},
                   UndoRemove{spec.staging},
                   {}});
  int number = 0;
  for (const CopyTree& copy : spec.copies) {
    const std::string suffix = number == 0 ? "" : "-" + std::to_string(number);
    steps.push_back({"copy" + suffix,
                     "staged",
                     "copy " + (copy.from.empty() ? copy.source_root : copy.from) + " to " + copy.to,
                     copy,
                     UndoNothing{} /* inside the staging directory */,
                     {}});
    ++number;
  }
  number = 0;
  for (const CopyTree& copy : spec.copies) {
    const std::string suffix = number == 0 ? "" : "-" + std::to_string(number);
    steps.push_back({"compare" + suffix,
                     "staged",
                     "read the copy back and compare it with what was read",
                     CompareCopy{copy.manifest, copy.to},
                     UndoNothing{},
                     {}});
    ++number;
  }
  steps.insert(steps.end(), spec.after_copy.begin(), spec.after_copy.end());
  steps.push_back({"sync", "loaded", "make the copy durable", SyncTree{spec.staging}, UndoNothing{}, {}});
  steps.push_back({"verify",
                   "verified",
                   "start the copy in isolation, recover, verify and stop it",
                   spec.verify,
                   UndoNothing{},
                   {}});
  steps.push_back(
      {"activate",
       "swapped",
       "give it the name " + spec.activate.final +
           (spec.activate.kept.empty() ? "" : " (the old data is kept as " + spec.activate.kept + ")"),
       spec.activate,
       UndoActivation{},
       {}});
  steps.insert(steps.end(), spec.after_activate.begin(), spec.after_activate.end());
  return steps;
}

}  // namespace recover::steps
