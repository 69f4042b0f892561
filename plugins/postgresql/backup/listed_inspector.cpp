// While a base backup is copied or unpacked, every file is held against the list that the server sent with
// it: its size and its checksum. A page that was torn while the backup was taken is rewritten from the log,
// so a wrong page checksum may heal; a file that differs from the list is not what the server sent, and
// nothing heals that: it is an Error, and the copying ends there.
#include "postgresql/backup/listed_inspector.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/page_checksum.hpp"

#include <fmt/format.h>

namespace recover::postgresql::backup {

namespace {

Error mismatch(const std::string& path, const std::string& cause) {
  return make_error(errors::manifest_mismatch, path, cause).with("path", path);
}

class ListedInspector final : public Inspector {
 public:
  ListedInspector(const Facts& facts, std::unique_ptr<Inspector> pages)
      : pages_(std::move(pages)),
        below_(text_fact(facts, inspect_fact::below)),
        list_(read_file_list(text_fact(facts, inspect_fact::manifest))),
        comparison_(list_ ? *list_ : no_files_) {}

  void begin(const std::string& path, Bytes size) override {
    if (pages_) pages_->begin(path, size);
    comparison_.begin(join_path(below_, path));
  }
  void chunk(std::span<const std::byte> data) override {
    if (pages_) pages_->chunk(data);
    comparison_.add({reinterpret_cast<const char*>(data.data()), data.size()});
  }
  Result<std::vector<std::string>> end() override {
    if (!list_) return list_.error();
    RECOVER_TRY(comparison_.end());
    return pages_ ? pages_->end() : Result<std::vector<std::string>>{std::vector<std::string>{}};
  }
  [[nodiscard]] Facts totals() const override { return pages_ ? pages_->totals() : Facts{}; }

 private:
  const std::unique_ptr<Inspector> pages_;
  const std::string below_;
  const FileList no_files_;
  const Result<FileList> list_;
  Comparison comparison_;
};

}  // namespace

void Comparison::begin(const std::string& path) {
  const auto listed = list_.find(path);
  path_ = path;
  size_ = 0;
  expected_ = listed == list_.end() || !carries_data(path) ? nullptr : &listed->second;
  digest_ = expected_ != nullptr ? Digest::make(expected_->algorithm) : nullptr;
}

void Comparison::add(std::string_view bytes) {
  size_ += bytes.size();
  if (digest_) digest_->add(bytes);
}

Result<void> Comparison::end() {
  if (expected_ == nullptr) return {};
  if (size_ != expected_->size) {
    return mismatch(path_, fmt::format("it has {} bytes, the manifest says {}", size_, expected_->size));
  }
  if (!digest_) return mismatch(path_, "the manifest has an unknown checksum, " + expected_->algorithm);
  const std::string sum = digest_->finish();
  if (sum == expected_->checksum) return {};
  return mismatch(path_, fmt::format("its {} is {}, the manifest says {}", expected_->algorithm, sum,
                                     expected_->checksum));
}

std::unique_ptr<Inspector> make_inspector(const Facts& facts) {
  auto pages = make_page_inspector(facts);
  if (text_fact(facts, inspect_fact::manifest).empty()) return pages;
  return std::make_unique<ListedInspector>(facts, std::move(pages));
}

}  // namespace recover::postgresql::backup
