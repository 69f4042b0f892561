// Destructors of the interfaces stand here, out of line, so that their type identity is single
// across the core and all plugins (one vtable and one type_info each).
#include "recover/engine.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <charconv>

namespace recover {

ByteSource::~ByteSource() = default;
Tree::~Tree() = default;
Progress::~Progress() = default;
Processes::~Processes() = default;
Files::~Files() = default;
Accounts::~Accounts() = default;
Clock::~Clock() = default;
Containers::~Containers() = default;
Log::~Log() = default;
Host::~Host() = default;
Inspector::~Inspector() = default;
Engine::~Engine() = default;

Check contents_not_checked(std::string evidence) {
  return {"contents", "the contents are sound", Verdict::not_checked, std::move(evidence), {}, {}};
}

void StepContext::tell(const std::string& sentence) const {
  host.log().write(LogLevel::info, sentence);
  if (warnings == nullptr) return;
  if (std::find(warnings->begin(), warnings->end(), sentence) == warnings->end())
    warnings->push_back(sentence);
}

void Progress::count(const std::string& /*things*/, std::uint64_t /*done*/, std::uint64_t /*total*/) {}
void Progress::notice(const Notice& /*notice*/) {}

std::unique_ptr<Inspector> Engine::make_inspector(const Facts& /*facts*/) const {
  return nullptr;
}

Result<void> Engine::complete(Survey& /*survey*/, Tree& /*tree*/) const {
  return {};
}

Result<Examination> Engine::examine(const Finding& finding, const Wishes& /*wishes*/,
                                    StepContext& /*context*/) const {
  Examination examination;
  examination.checks.push_back(
      contents_not_checked("the plugin for " + finding.product + " has no check of its own"));
  return examination;
}

Result<SaveOffer> Engine::offer_save(const SaveWishes& /*wishes*/, Host& /*host*/,
                                     const CancellationToken& /*cancel*/) const {
  return make_error(errors::engine_strategy_unavailable, "cannot save a running server",
                    "the plugin of this engine has no safety copy yet");
}

Result<void> Engine::save(const SaveOffer& offer, const SaveWishes& /*wishes*/,
                          const std::string& /*directory*/, StepContext& /*context*/) const {
  return make_error(errors::engine_strategy_unavailable, "cannot save " + offer.server,
                    "the plugin of this engine has no safety copy yet");
}

Result<std::unique_ptr<ContentSource>> Tree::open_content(const std::string& path) {
  return make_error(errors::source_not_kept, describe(path), "this view of it cannot be read as a stream")
      .with("path", path);
}

Result<void> Tree::each_member(const std::string& path, const TakeMember& /*take*/) {
  return make_error(errors::source_not_kept, describe(path), "this view of it cannot be read as a stream")
      .with("path", path);
}

Result<Bytes> Tree::unpack(const std::string& directory, const std::string&, const std::string&) {
  return make_error(errors::source_not_kept, describe(directory), "this view of it cannot be copied from")
      .with("path", directory);
}

bool Tree::has(const std::string& path) {
  return info(path).has_value();
}

bool Tree::has_directory(const std::string& path) {
  auto found = info(path);
  return found && found->type == EntryType::directory;
}

bool Tree::has_file(const std::string& path) {
  auto found = info(path);
  return found && found->type == EntryType::file;
}

std::string join_path(const std::string& directory, const std::string& name) {
  if (directory.empty()) return name;
  if (name.empty()) return directory;
  return directory.back() == '/' ? directory + name : directory + "/" + name;
}

Result<void> CancellationToken::check() const {
  if (is_cancelled()) return make_error(errors::run_cancelled, "stopped as asked");
  return {};
}

int Version::major() const {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace recover
