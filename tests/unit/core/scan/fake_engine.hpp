/// An engine for scanner tests: "box" databases. It confirms what really is one, so that tests see what
/// the scanner asks and what it does with the answer.
#pragma once

#include "core/plugin/catalog.hpp"
#include "core/scan/manifest.hpp"
#include "core/scan/scanner.hpp"
#include "recover/errors.hpp"
#include "recover/plugin.hpp"
#include "recover/recogniser.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace recover::scan::test {

inline constexpr const char* box_manifest = R"([engine]
name = box
product = Box
id_prefix = box

[signature.directory]
kind = box directory
match = directory
entries = BOX_VERSION store/
claims_tree = yes
keep = store/control
priority = 100

[signature.file]
kind = box file
magic = 0:'BOXFILE'
through_compression = yes

[signature.page_file]
kind = box page file
magic = 0:'BOXPAGES'
min_size = 512

[signature.named]
kind = box journal
names = *.boxlog
magic = *:'needle in the head'

[signature.repository]
kind = box repository
match = directory
entries = box.info
role = repository
advice = boxtool restore DIRECTORY
)";

/// Confirms a directory whose BOX_VERSION is a number, and every file.
inline Result<Finding> probe_box(const Candidate& candidate, Tree& tree) {
  Finding finding = finding_of(candidate);
  finding.confidence = Confidence::certain;
  if (signature_of(candidate) == "directory") {
    const std::string version = RECOVER_TRY(tree.read(join_path(candidate.path, "BOX_VERSION"), 0, 16));
    if (version.empty() || version.front() < '0' || version.front() > '9')
      return not_recognised(candidate, "no number");
    finding.version.text = version.substr(0, version.find('\n'));
    const auto control = tree.read(join_path(candidate.path, "store/control"), 0, 100);
    if (control) finding.identity = *control;
    return finding;
  }
  if (signature_of(candidate) == "repository") return finding;
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, 64));
  if (head.find("decoy") != std::string::npos) return not_recognised(candidate, "a decoy");
  finding.facts = {{"head", head}};
  return finding;
}

inline constexpr Form box_forms[] = {{"directory", probe_box},
                                     {"file", probe_box},
                                     {"page_file", probe_box},
                                     {"named", probe_box},
                                     {"repository", probe_box}};

inline std::unique_ptr<plugin::Catalog> box_catalog() {
  auto manifest = parse_manifest(box_manifest, "box.ini");
  EXPECT_TRUE(manifest) << manifest.error().cause;
  std::map<std::string, std::unique_ptr<Engine>> engines;
  engines.emplace("box", make_recogniser({box_forms, nullptr, nullptr}));
  return plugin::Catalog::of({*manifest}, std::move(engines));
}

using recover::test::NoProgress;

inline Outcome scan_boxes(Options options, const CancellationToken& cancel = {}) {
  const auto catalog = box_catalog();
  NoProgress progress;
  auto outcome = scan(options, *catalog, progress, cancel);
  EXPECT_TRUE(outcome) << outcome.error().what << outcome.error().cause;
  return outcome ? std::move(outcome).value() : Outcome{};
}

inline Outcome scan_boxes(const std::string& source) {
  Options options;
  options.source = source;
  return scan_boxes(options);
}

inline std::vector<std::string> paths(const Outcome& outcome) {
  std::vector<std::string> result;
  for (const auto& finding : outcome.survey.findings) result.push_back(finding.path);
  return result;
}

inline std::vector<std::string> error_ids(const Outcome& outcome) {
  std::vector<std::string> result;
  for (const auto& error : outcome.errors) result.push_back(error.id);
  return result;
}

}  // namespace recover::scan::test
