// The probes of the engines ask for beginnings of files; those of a stream are kept. Everything behind is
// handed out once and never stored: whoever reads it has to prove while reading that its end is right.
#include "core/scan/stream_tree.hpp"

#include "core/scan/content.hpp"
#include "core/scan/head.hpp"
#include "core/sys/archive.hpp"
#include "core/sys/standard_input.hpp"
#include "recover/errors.hpp"

#include <algorithm>

namespace recover::scan {

namespace {

class StreamTree final : public Tree {
 public:
  explicit StreamTree(CancellationToken cancel) : cancel_(std::move(cancel)) {}

  Result<std::vector<Entry>> list(const std::string& directory) override {
    if (!directory.empty()) return no_such(directory);
    return std::vector<Entry>{{stream_name, EntryType::file}};
  }
  Result<EntryInfo> info(const std::string& path) override {
    EntryInfo info;
    info.type = path.empty() ? EntryType::directory : EntryType::file;
    if (!path.empty() && path != stream_name) return no_such(path);
    return info;
  }
  Result<std::string> read(const std::string& path, std::uint64_t offset, std::size_t length) override {
    if (path != stream_name) return no_such(path);
    const std::string head = RECOVER_TRY(input_.head(stream_head, cancel_));
    if (offset + length <= head.size() || head.size() < stream_head)
      return offset < head.size() ? head.substr(static_cast<std::size_t>(offset), length) : std::string();
    return make_error(errors::source_not_kept, describe(path), "only its beginning can be read at will");
  }
  Result<std::string> read_decoded_head(const std::string& path, std::size_t length) override {
    if (path != stream_name) return no_such(path);
    const std::string head = RECOVER_TRY(input_.head(stream_head, cancel_));
    const bool is_compressed = !sys::compression_of(head).empty();
    return is_compressed ? decode_head(head, length) : head.substr(0, length);
  }
  Result<std::unique_ptr<ContentSource>> open_content(const std::string& path) override {
    if (path != stream_name) return no_such(path);
    return open_stream(RECOVER_TRY(input_.take(cancel_)), describe(path));
  }
  Result<std::string> link_target(const std::string& path) override { return no_such(path); }
  [[nodiscard]] std::string describe(const std::string&) const override { return "standard input"; }
  [[nodiscard]] bool is_directory_tree() const override { return false; }

 private:
  static Error no_such(const std::string& path) {
    return make_error(errors::source_not_found, path, "standard input is one file").with("path", path);
  }

  sys::StandardInput& input_ = sys::StandardInput::of_process();
  CancellationToken cancel_;
};

}  // namespace

Result<bool> is_archive_on_stream(const CancellationToken& cancel) {
  constexpr std::size_t enough = 4096;
  StreamTree tree(cancel);
  return is_archive(RECOVER_TRY(tree.read_decoded_head(stream_name, enough)));
}

std::unique_ptr<Tree> open_stream_tree(CancellationToken cancel) {
  return std::make_unique<StreamTree>(std::move(cancel));
}

}  // namespace recover::scan
