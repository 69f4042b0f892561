/// The small JSON documents of the commands that list things. The big ones are in core/report.
#pragma once

#include "core/plugin/catalog.hpp"
#include "core/run/instance.hpp"
#include "core/run/run.hpp"
#include "core/run/save.hpp"

#include <string>
#include <vector>

namespace recover::cli {

/// recover.runs/1
std::string runs_json(const std::vector<run::RunSummary>& runs);
/// recover.steps/1
std::string steps_json(const std::string& run, const std::vector<run::StepStatus>& steps);
/// recover.instances/1
std::string instances_json(const std::vector<run::Instance>& instances);
/// recover.cleanup/1
std::string cleanup_json(const std::vector<run::Leftover>& leftovers, bool is_dry);
/// recover.plugins/1
std::string plugins_json(const std::vector<scan::Manifest>& manifests,
                         const std::vector<plugin::Status>& states);
/// recover.save/1: a safety copy that can be made, and one that was made.
std::string offer_json(const SaveOffer& offer, const std::string& directory);
std::string saved_json(const SaveOffer& offer, const run::Saved& saved);
/// recover.explain/1
std::string explain_json(const ErrorKind& kind);
/// recover.text/1: an answer that is only text (a unit file, a sample file).
std::string text_json(const std::string& subject, const std::string& text);

}  // namespace recover::cli
