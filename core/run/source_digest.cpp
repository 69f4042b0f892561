// One digest over all copy manifests of a run, for the report: whoever copies the same source again can
// compare. Reads only what the copies wrote down; the source is not touched.
#include "core/run/source_digest.hpp"

#include "core/strategy/content_hash.hpp"
#include "core/strategy/tree_copy.hpp"

namespace recover::run {

std::string source_digest(const RunPlan& plan) {
  std::string all;
  for (const Plan& one : plan.plans) {
    for (const Step& step : one.steps) {
      const auto* copy = std::get_if<CopyTree>(&step.action);
      if (copy == nullptr || copy->manifest.empty()) continue;
      const auto manifest = strategy::read_copy_manifest(copy->manifest);
      if (!manifest) continue;
      for (const auto& file : manifest->files) all += file.hash + " " + copy->from + "/" + file.path + "\n";
    }
  }
  return all.empty() ? "" : strategy::hash_text(all);
}

}  // namespace recover::run
