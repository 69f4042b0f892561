// A hit is a suspicion; only the engine's plugin turns it into a finding. "Not recognised" is the normal
// answer to a common name and is dropped silently; every other failure is kept, because a database that
// could not be looked at must not vanish from the list. Where the plugin is not installed, or the
// manifest has none (disk images, other tools' repositories), the signature itself makes the finding.

#include "core/scan/examiner.hpp"

#include "recover/errors.hpp"

#include <algorithm>

namespace recover::scan {
namespace {

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Role role_of(const Signature& signature) {
  if (signature.role == "part") return Role::part;
  if (signature.role == "repository") return Role::repository;
  return signature.role == "wrapper" ? Role::wrapper : Role::database;
}

Candidate candidate_of(const Place& place, const std::vector<Hit>& hits, const Size& size,
                       const std::string& encoding) {
  Candidate candidate{
      hits.front().manifest->engine, hits.front().signature->kind, place.path, {}, size, encoding};
  for (const auto& hit : hits) candidate.marks.push_back({hit.signature->name, place.path});
  return candidate;
}

/// What can be said without a plugin.
Finding recognised_by_signature(const Candidate& candidate, const Hit& hit) {
  Finding finding;
  finding.engine = candidate.engine;
  finding.kind = candidate.kind;
  finding.path = candidate.path;
  finding.size = candidate.size;
  const bool by_name = hit.signature->name_decides;
  finding.confidence = by_name ? Confidence::possible : Confidence::probable;
  finding.evidence.push_back(by_name ? "the name" : "signature " + hit.signature->name);
  return finding;
}

Finding without_plugin(const Candidate& candidate, const Hit& hit) {
  Finding finding = recognised_by_signature(candidate, hit);
  finding.health.summary = "plugin missing";
  const std::string& package = hit.manifest->package;
  finding.health.notes.push_back("The plugin for " + hit.manifest->product + " is not installed" +
                                 (package.empty() ? "." : ": install " + package + "."));
  return finding;
}

Finding without_library(const Candidate& candidate, const Hit& hit) {
  Finding finding = recognised_by_signature(candidate, hit);
  if (role_of(*hit.signature) == Role::wrapper)
    finding.health = {HealthState::locked, "must be opened first", {}};
  return finding;
}

/// Fills what the plugin left open, and says where an archive's member really lies.
void complete(Finding& finding, const Place& place, const Hit& hit) {
  finding.engine = hit.manifest->engine;
  if (finding.kind.empty()) finding.kind = hit.signature->kind;
  if (finding.product.empty()) finding.product = hit.manifest->product;
  if (finding.role == Role::database) finding.role = role_of(*hit.signature);
  if (finding.advice.empty()) finding.advice = hit.signature->advice;
  if (finding.name.empty()) finding.name = last_part(finding.path.empty() ? place.archive : finding.path);
  if (place.archive.empty()) return;
  finding.path = place.archive + "!" + finding.path;
  set_fact(finding.facts, "archive", place.archive);
}

bool is_about_the_plugin(const Error& error) {
  return error.id.rfind("plugin.", 0) == 0;
}

}  // namespace

Found* Examiner::ask(const Place& place, const std::vector<Hit>& hits, const Size& size,
                     const std::string& encoding) {
  const Hit& best = hits.front();
  const Candidate candidate = candidate_of(place, hits, size, encoding);
  const bool claims =
      std::any_of(hits.begin(), hits.end(), [](const Hit& hit) { return hit.signature->claims_tree; });
  const auto confirmed = [&](Finding finding) {
    complete(finding, place, best);
    return &collection_.add(std::move(finding), claims);
  };
  const auto engine = catalog_.engine(candidate.engine);
  if (!engine && engine.error().id == errors::engine_strategy_unavailable.id) {
    return confirmed(without_library(candidate, best));
  }
  if (!engine) {
    collection_.add_warning(engine.error().what + ": " + engine.error().cause);
    return confirmed(without_plugin(candidate, best));
  }
  auto finding = (*engine)->probe(candidate, place.tree);
  if (finding) return confirmed(std::move(finding).value());
  if (finding.error().id != errors::scan_not_recognised.id) {
    if (is_about_the_plugin(finding.error())) collection_.add_warning(finding.error().what);
    collection_.add_error(std::move(finding).error().during("looking at " + place.tree.describe(place.path)));
  }
  return nullptr;
}

std::vector<Found*> Examiner::examine(const Place& place, const std::vector<Hit>& hits, const Size& size,
                                      const std::string& encoding) {
  std::vector<Found*> result;
  std::vector<const Manifest*> asked;
  for (const auto& hit : hits) {
    if (std::find(asked.begin(), asked.end(), hit.manifest) != asked.end()) continue;
    asked.push_back(hit.manifest);
    std::vector<Hit> of_engine;
    std::copy_if(hits.begin(), hits.end(), std::back_inserter(of_engine),
                 [&](const Hit& other) { return other.manifest == hit.manifest; });
    Found* found = ask(place, of_engine, size, encoding);
    if (found == nullptr) continue;
    result.push_back(found);
    if (found->claims_tree || hit.signature->target == Target::file) break;
  }
  return result;
}

}  // namespace recover::scan
