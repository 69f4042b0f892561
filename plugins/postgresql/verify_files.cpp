// File-level checks of the copy. The list of pages that failed while they were copied is in the copy's
// manifest (docs/formats/copy-manifest.md). In a source that was not shut down cleanly a torn page is
// normal: the log holds its full image and recovery writes it anew, so such files are read a second time
// after recovery, and only what is still wrong counts.
#include "postgresql/verify_files.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/page_checksum.hpp"
#include "postgresql/placement.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

namespace recover::postgresql {

namespace {

constexpr std::size_t state_offset = 16;  // DBState in pg_control of all versions
constexpr char shut_down = 1;
constexpr std::size_t shown_flaws = 5;
constexpr std::size_t read_size = 1 << 20;

struct CopyResult {
  std::int64_t pages = 0;
  std::int64_t checked = 0;
  std::vector<std::string> flaws;
  std::vector<std::pair<std::string, std::string>> files;  ///< root of the copy, relative path with a flaw
  bool found = false;
};

/// Adds what the manifest of one copy says of its pages.
void add_manifest(CopyResult& result, const std::string& manifest, const std::string& root, Files& files) {
  const auto text = files.read(manifest);
  if (!text) return;
  result.found = true;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("number pages ")) result.pages += std::strtoll(line.c_str() + 13, nullptr, 10);
    if (line.starts_with("number checked ")) result.checked += std::strtoll(line.c_str() + 15, nullptr, 10);
    if (!line.starts_with("flaw ")) continue;
    result.flaws.push_back(line.substr(5));
    const std::size_t block = result.flaws.back().find(" block ");
    if (block != std::string::npos) result.files.emplace_back(root, result.flaws.back().substr(0, block));
  }
}

CopyResult copy_result(const Plan& plan, const std::string& data, Files& files) {
  CopyResult result;
  for (const std::string& entry : list_fact(plan.facts, plan_fact::copy_manifests)) {
    const std::size_t bar = entry.find('|');
    std::string root = entry.substr(bar + 1);
    // The data directory itself was copied into the staging place and may have its final name by now.
    if (root == staged_data(plan.target)) root = data;
    add_manifest(result, entry.substr(0, bar), root, files);
  }
  return result;
}

/// Reads one file of the copy through the inspector; a file that recovery removed has no flaws any more.
std::vector<std::string> flaws_of(const std::string& root, const std::string& path, Inspector& inspector) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(root + "/" + path, problem);
  if (problem == std::errc::no_such_file_or_directory) return {};
  std::ifstream in(root + "/" + path, std::ios::binary);
  if (!in) return {path + " cannot be read again"};
  inspector.begin(path, Bytes{size});
  std::vector<char> buffer(read_size);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    inspector.chunk(std::as_bytes(std::span(buffer.data(), static_cast<std::size_t>(in.gcount()))));
  }
  return inspector.end().value_or(std::vector<std::string>{path + " cannot be judged"});
}

std::vector<std::string> flaws_now(const CopyResult& copied, const Plan& plan) {
  const auto inspector = make_page_inspector(plan.facts);
  if (!inspector) return copied.flaws;
  std::vector<std::string> flaws;
  for (const auto& [root, path] : std::set(copied.files.begin(), copied.files.end())) {
    for (std::string& flaw : flaws_of(root, path, *inspector)) flaws.push_back(std::move(flaw));
  }
  return flaws;
}

std::string first_of(const std::vector<std::string>& flaws) {
  std::string text;
  for (std::size_t i = 0; i < std::min(flaws.size(), shown_flaws); ++i)
    text += (i == 0 ? "" : "; ") + flaws[i];
  if (flaws.size() > shown_flaws) text += fmt::format("; and {} more", flaws.size() - shown_flaws);
  return text;
}

}  // namespace

Check check_pages(const Plan& plan, const std::string& data, StepContext& context) {
  Check check{"page_checksums", "checksums of all pages", Verdict::not_checked, {}, {}, {}};
  if (!flag_fact(plan.facts, fact::checksums)) {
    check.evidence = "the cluster was made without page checksums";
    return check;
  }
  const CopyResult copied = copy_result(plan, data, context.host.files());
  if (!copied.found) {
    check.evidence = "the manifest of the copy is not there any more";
    return check;
  }
  set_fact(check.facts, "pages", copied.pages);
  set_fact(check.facts, "bad_pages_in_source", static_cast<std::int64_t>(copied.flaws.size()));
  if (copied.flaws.empty()) {
    check.verdict = Verdict::passed;
    check.evidence = fmt::format("{} pages, none bad", copied.pages);
    return check;
  }
  const std::vector<std::string> flaws = flaws_now(copied, plan);
  set_fact(check.facts, "bad_pages", static_cast<std::int64_t>(flaws.size()));
  check.verdict = flaws.empty() ? Verdict::passed : Verdict::failed;
  check.evidence =
      flaws.empty() ? fmt::format("{} pages; {} were bad in the source and are good after recovery",
                                  copied.pages, copied.flaws.size())
                    : fmt::format("{} of {} pages are bad: {}", flaws.size(), copied.pages, first_of(flaws));
  return check;
}

Check check_ownership(const Plan& plan, const std::string& data, StepContext& context) {
  Check check{"ownership", "every file belongs to the server's user", Verdict::not_checked, {}, {}, {}};
  Command find;
  find.program = "find";
  find.arguments = {data, "!", "-user", plan.target.run_as, "-print"};
  const auto answer = context.host.processes().run(find, context.cancel);
  if (!answer || answer->exit_status != 0) {
    check.evidence = answer ? answer->errors : answer.error().cause;
    return check;
  }
  check.verdict = answer->output.empty() ? Verdict::passed : Verdict::failed;
  check.evidence = answer->output.empty() ? "all of them belong to " + plan.target.run_as
                                          : "not so: " + answer->output.substr(0, answer->output.find('\n'));
  return check;
}

Check check_clean_shutdown(const std::string& data, StepContext& context) {
  Check check{"clean_shutdown", "the server stopped cleanly", Verdict::failed, {}, {}, {}};
  const auto control = context.host.files().read(data + "/global/pg_control");
  if (!control) {
    check.evidence = control.error().cause;
  } else if (control->size() > state_offset && (*control)[state_offset] == shut_down) {
    check.verdict = Verdict::passed;
    check.evidence = "the control file says: shut down";
  } else {
    check.evidence = "the control file does not say: shut down";
  }
  return check;
}

}  // namespace recover::postgresql
