/// An engine that finds, names and weighs its databases but has no strategy yet. The plugin supplies
/// what it knows as plain functions; everything else says honestly that it cannot be done.
#pragma once

#include "recover/engine.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace recover {

/// A way by which a person can recover the finding today, with the engine's own programs.
struct OwnWay {
  Strategy strategy = Strategy::direct;
  std::string reason;  ///< why this way ("the directory was shut down cleanly")
  std::string fix;     ///< imperative sentences naming the program and the version
};

/// One form in which data of the engine comes: a signature of its manifest, and Engine::probe for it.
struct Form {
  const char* signature = nullptr;
  Result<Finding> (*probe)(const Candidate& candidate, Tree& tree) = nullptr;
};

/// What such an engine knows. No state: plain functions.
struct Recognition {
  /// All forms; static data. A candidate goes to the form of its best mark.
  std::span<const Form> forms;
  /// What is too dear for a scan (checksums over whole files); may be null.
  Result<void> (*examine)(Finding& finding, Tree& tree) = nullptr;
  /// The sensible ways, best first. Never empty.
  std::vector<OwnWay> (*ways)(const Finding& finding) = nullptr;
};

/// An engine whose assess() lists each way as blocked by engine.strategy_unavailable with the way's
/// own advice, and whose plan, perform and verify answer with that error.
std::unique_ptr<Engine> make_recogniser(const Recognition& recognition);

/// A finding with what the candidate already says: engine, kind, path, size, and the last component
/// of the path as name.
Finding finding_of(const Candidate& candidate);

/// The name of the best signature that hit; empty when there is none.
std::string signature_of(const Candidate& candidate);

/// scan.not_recognised for this candidate.
Error not_recognised(const Candidate& candidate, std::string cause);

/// "a" of "a/b"; "" of "b".
std::string parent_path(const std::string& path);
/// "b" of "a/b".
std::string last_component(const std::string& path);

}  // namespace recover
