/// What must hold for every plan, whichever engine made it.
#pragma once

#include "recover/engine.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <variant>
#include <vector>

namespace recover::test {

/// The absolute paths that an action would write. An engine's own calls name none.
inline std::vector<std::string> written_by(const Action& action) {
  struct Paths {
    std::vector<std::string> operator()(const MakeDirectories& make) const { return {make.root}; }
    std::vector<std::string> operator()(const CopyTree& copy) const { return {copy.to}; }
    std::vector<std::string> operator()(const PlaceFiles& place) const {
      std::vector<std::string> targets;
      for (const auto& [from, to] : place.files) targets.push_back(to);
      return targets;
    }
    std::vector<std::string> operator()(const UnpackArchive& unpack) const { return {unpack.to}; }
    std::vector<std::string> operator()(const WriteFile& write) const { return {write.path}; }
    std::vector<std::string> operator()(const MakeLink& link) const { return {link.path}; }
    std::vector<std::string> operator()(const CompareCopy& compare) const { return {compare.root}; }
    std::vector<std::string> operator()(const SyncTree& sync) const { return {sync.root}; }
    std::vector<std::string> operator()(const Verify&) const { return {}; }
    std::vector<std::string> operator()(const Activate& activate) const {
      std::vector<std::string> paths = {activate.staged, activate.final};
      if (!activate.kept.empty()) paths.push_back(activate.kept);
      return paths;
    }
    std::vector<std::string> operator()(const EngineCall&) const { return {}; }
  };
  return std::visit(Paths{}, action);
}

inline bool lies_in(const std::string& path, const std::string& directory) {
  return !directory.empty() && (path == directory || path.starts_with(directory + "/"));
}

/// Steps have names and an undo that is true, write only to target and staging, never to the source,
/// verify before they activate, and activate once.
inline void expect_sound(const Plan& plan, const Wishes& wishes, const std::string& source) {
  const std::set<std::string> phases = {"found", "staged", "loaded", "verified", "swapped", "healthy"};
  std::set<std::string> ids;
  int activations = 0;
  bool verified = false;
  EXPECT_FALSE(plan.engine.empty());
  EXPECT_FALSE(plan.target.staging.empty());
  EXPECT_NE(plan.target.staging.find(wishes.run), std::string::npos) << "staging is private to the run";
  for (const Step& step : plan.steps) {
    SCOPED_TRACE("step " + step.id);
    EXPECT_TRUE(ids.insert(step.id).second) << "two steps of that name";
    EXPECT_FALSE(step.title.empty());
    EXPECT_TRUE(phases.contains(step.phase)) << step.phase;
    const auto* impossible = std::get_if<UndoImpossible>(&step.undo);
    EXPECT_FALSE(impossible != nullptr && impossible->reason.empty());
    const auto* removed = std::get_if<UndoRemove>(&step.undo);
    EXPECT_FALSE(removed != nullptr && (lies_in(source, removed->path) || lies_in(removed->path, source)))
        << "undo would remove the source";
    verified = verified || std::holds_alternative<Verify>(step.action);
    if (std::holds_alternative<Activate>(step.action)) {
      EXPECT_TRUE(verified) << "activated before it was verified";
      ++activations;
    }
    for (const std::string& path : written_by(step.action)) {
      EXPECT_FALSE(lies_in(path, source)) << path;
      EXPECT_TRUE(lies_in(path, plan.target.directory) || lies_in(path, plan.target.staging) ||
                  path == plan.keeps_old_as || lies_in(path, wishes.state_directory))
          << path << " is neither in the target " << plan.target.directory << " nor in "
          << plan.target.staging;
    }
  }
  EXPECT_EQ(activations, 1);
}

}  // namespace recover::test
