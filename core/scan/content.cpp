// From a path to the bytes of a dump. What is read through is a tower: the stored file, perhaps an
// archive (perhaps in an archive), then up to two compressions; each storey owns the one below it. The
// top is read in a thread of its own, because decoding and loading take about the same time.
//
// A checksum stands at the end of a compressed stream, so a member of a compressed archive is known to be
// right only when the rest of the archive was decoded too; that is done before its end is reported.
// It also shows a second member of the same name, of which nobody could say which one is meant. Nothing
// is unpacked; the stored file must be at its end what it was when it was opened.
#include "core/scan/content.hpp"

#include "core/scan/member_name.hpp"
#include "core/sys/archive.hpp"
#include "core/sys/byte_source.hpp"
#include "core/sys/member_judge.hpp"
#include "core/sys/read_ahead.hpp"
#include "core/sys/source_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string_view>
#include <utility>

namespace recover::scan {

namespace {

constexpr std::size_t most_layers = 2;
constexpr int most_hard_links = 8;
constexpr std::size_t head_length = 16;  // the longest magic number is shorter

using Source = std::unique_ptr<ByteSource>;

/// What the reader and the decoding thread tell each other.
struct Gauge {
  std::atomic<std::uint64_t> consumed = 0;
  std::uint64_t size = 0;
  std::atomic<bool> abandoned = false;  ///< nobody wants the rest
  std::mutex mutex;
  std::vector<std::string> warnings;

  void warn(const std::string& text) {
    const std::lock_guard lock(mutex);
    warnings.push_back(text);
  }
};

/// The bytes as they lie in the source.
class StoredFile final : public sys::SeekableSource {
 public:
  StoredFile(sys::Descriptor file, const struct ::stat& status, const Wanted& wanted,
             std::shared_ptr<Gauge> gauge, CancellationToken cancel)
      : file_(std::move(file)),
        opened_(sys::identity_of(status)),
        path_(wanted.file),
        bytes_(sys::file_source(file_.get())),
        gauge_(std::move(gauge)),
        cancel_(std::move(cancel)) {
    gauge_->size = opened_.size;
    static_cast<void>(::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  }

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    RECOVER_TRY(cancel_.check());
    if (gauge_->abandoned) return make_error(errors::run_cancelled, "stopped reading " + path_);
    auto got = bytes_->read(buffer, length);
    if (!got) return std::move(got).error().with("path", path_);
    if (*got == 0) RECOVER_TRY(check_unchanged());
    gauge_->consumed += *got;
    return got;
  }

  [[nodiscard]] std::optional<std::uint64_t> length() const override { return opened_.size; }
  void seek(std::uint64_t position) override {
    bytes_->seek(position);
    gauge_->consumed = position;
  }

 private:
  Result<void> check_unchanged() const {
    struct ::stat now {};
    if (::fstat(file_.get(), &now) == 0 && sys::identity_of(now) == opened_) return {};
    return make_error(errors::source_changed, "cannot trust what was read of " + path_,
                      "it changed while it was read")
        .with("path", path_);
  }

  sys::Descriptor file_;
  sys::Identity opened_;
  std::string path_;
  std::unique_ptr<sys::SeekableSource> bytes_;
  std::shared_ptr<Gauge> gauge_;
  CancellationToken cancel_;
};

/// One storey that may be compressed.
class Layer final : public ByteSource {
 public:
  explicit Layer(Source below) : below_(std::move(below)), stored_(*below_) {}

  /// True when it was compressed. `name` is the file's, without the suffixes of the layers above.
  Result<bool> open(const std::string& shown, const std::string& name, Gauge& gauge) {
    const std::string head = RECOVER_TRY(stored_.head(head_length));
    if (sys::is_cut_before_magic(head, name)) {
      return make_error(errors::archive_truncated, "cannot decode " + shown,
                        "it ends before it shows what its name says")
          .with("offset", static_cast<std::int64_t>(head.size()));
    }
    if (sys::compression_of(head).empty()) return false;
    decoder_ = RECOVER_TRY(
        sys::open_decoder(stored_, shown, [&gauge](const std::string& text) { gauge.warn(text); }));
    return true;
  }

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    return decoder_ ? decoder_->read(buffer, length) : stored_.read(buffer, length);
  }

 private:
  Source below_;
  sys::HeadSource stored_;  ///< over below_
  Source decoder_;          ///< over stored_; empty when it is not compressed
};

/// The data of one member, and then the proof that the rest of the archive is whole.
class MemberContent final : public ByteSource {
 public:
  MemberContent(Source archive, std::unique_ptr<sys::ArchiveReader> reader, std::string path,
                std::string shown)
      : archive_(std::move(archive)),
        reader_(std::move(reader)),
        path_(std::move(path)),
        shown_(std::move(shown)) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (ended_ || length == 0) return std::size_t{0};
    const std::size_t got = RECOVER_TRY(reader_->data().read(buffer, length));
    if (got > 0) return got;
    RECOVER_TRY(read_rest());
    ended_ = true;
    return got;
  }

 private:
  Result<void> read_rest() {
    while (const auto member = RECOVER_TRY(reader_->next())) {
      if (judge_member(*member).path != path_) continue;
      return make_error(errors::source_not_supported, "cannot read " + path_ + " of " + shown_,
                        "the archive holds it twice, and a stream knows only the first")
          .with("member", path_);
    }
    return drain(*archive_);
  }

  /// What libarchive leaves unread behind the members.
  static Result<void> drain(ByteSource& source) {
    std::array<char, 65536> rest{};
    while (RECOVER_TRY(source.read(rest.data(), rest.size())) > 0) {
    }
    return {};
  }

  Source archive_;
  std::unique_ptr<sys::ArchiveReader> reader_;  ///< over archive_
  std::string path_;
  std::string shown_;
  bool ended_ = false;
};

/// A member's data; or, where it is a hard link, the member that holds them.
struct Place {
  Source content;
  std::string instead;
};

/// Reads `archive` up to the member `wanted`, into archives in it.
Result<Place> find_member(Source archive, const std::string& wanted, const std::string& shown, Gauge& gauge) {
  auto reader = RECOVER_TRY(
      sys::open_archive(*archive, shown, [&gauge](const std::string& text) { gauge.warn(text); }));
  while (const auto member = RECOVER_TRY(reader->next())) {
    const std::string path = judge_member(*member).path;
    const bool is_wanted = path == wanted;
    const bool holds_wanted = wanted.starts_with(path + "!");
    if (path.empty() || member->type != EntryType::file || !(is_wanted || holds_wanted)) continue;
    if (member->is_hard_link) {
      return Place{nullptr, sys::cleaned_path(member->link_target) + wanted.substr(path.size())};
    }
    auto content = std::make_unique<MemberContent>(std::move(archive), std::move(reader), path, shown);
    if (is_wanted) return Place{std::move(content), {}};
    const std::string inside = wanted.substr(path.size() + 1);
    Place place = RECOVER_TRY(find_member(std::move(content), inside, shown + "!" + path, gauge));
    if (!place.instead.empty()) place.instead = path + "!" + place.instead;
    return place;
  }
  return make_error(errors::source_not_found, "cannot read " + wanted + " of " + shown,
                    "the archive has no such file")
      .with("member", wanted);
}

/// The stored file and what is in it at `wanted.member`.
Result<Source> open_stored(const Wanted& wanted, const std::shared_ptr<Gauge>& gauge,
                           const CancellationToken& cancel) {
  std::string member = wanted.member;
  for (int hop = 0; hop < most_hard_links; ++hop) {
    struct ::stat status {};
    auto file = RECOVER_TRY(sys::open_source_file(wanted.root, wanted.file, &status));
    gauge->consumed = 0;
    Source stored = std::make_unique<StoredFile>(std::move(file), status, wanted, gauge, cancel);
    if (member.empty()) return stored;
    Place place = RECOVER_TRY(find_member(std::move(stored), member, wanted.file, *gauge));
    if (place.content) return std::move(place.content);
    member = place.instead;
  }
  return make_error(errors::archive_damaged, "cannot read " + wanted.shown,
                    "its hard links lead from one to the other")
      .with("member", wanted.member);
}

/// Bytes that lie nowhere; how many there will be nobody knows.
class Counted final : public ByteSource {
 public:
  Counted(Source bytes, std::shared_ptr<Gauge> gauge) : bytes_(std::move(bytes)), gauge_(std::move(gauge)) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (gauge_->abandoned) return make_error(errors::run_cancelled, "stopped reading standard input");
    const std::size_t got = RECOVER_TRY(bytes_->read(buffer, length));
    gauge_->consumed += got;
    return got;
  }

 private:
  Source bytes_;
  std::shared_ptr<Gauge> gauge_;
};

class TreeContent final : public ContentSource {
 public:
  TreeContent(Source top, std::shared_ptr<Gauge> gauge)
      : gauge_(std::move(gauge)), ahead_(sys::read_ahead(std::move(top))) {}
  TreeContent(const TreeContent&) = delete;
  TreeContent& operator=(const TreeContent&) = delete;
  ~TreeContent() override { gauge_->abandoned = true; }

  Result<std::size_t> read(char* buffer, std::size_t length) override { return ahead_->read(buffer, length); }
  [[nodiscard]] std::uint64_t stored_consumed() const override { return gauge_->consumed; }
  [[nodiscard]] std::uint64_t stored_size() const override { return gauge_->size; }
  [[nodiscard]] std::vector<std::string> warnings() const override {
    const std::lock_guard lock(gauge_->mutex);
    return gauge_->warnings;
  }

 private:
  std::shared_ptr<Gauge> gauge_;
  Source ahead_;  // last: its thread uses the gauge
};

/// The compressions of `top`, and a thread that decodes ahead.
Result<std::unique_ptr<ContentSource>> decoded(Source top, std::string name, const std::string& shown,
                                               const std::shared_ptr<Gauge>& gauge) {
  for (std::size_t layers = 0; layers < most_layers; ++layers) {
    auto layer = std::make_unique<Layer>(std::move(top));
    const bool is_compressed = RECOVER_TRY(layer->open(shown, name, *gauge));
    name.resize(std::min(name.size(), name.rfind('.')));
    top = std::move(layer);
    if (!is_compressed) break;
  }
  return std::unique_ptr<ContentSource>(std::make_unique<TreeContent>(std::move(top), gauge));
}

}  // namespace

Result<std::unique_ptr<ContentSource>> open_content(const Wanted& wanted, const CancellationToken& cancel) {
  const auto gauge = std::make_shared<Gauge>();
  Source top = RECOVER_TRY(open_stored(wanted, gauge, cancel));
  return decoded(std::move(top), wanted.member.empty() ? wanted.file : wanted.member, wanted.shown, gauge);
}

Result<std::unique_ptr<ContentSource>> open_stream(Source bytes, const std::string& shown) {
  const auto gauge = std::make_shared<Gauge>();
  return decoded(std::make_unique<Counted>(std::move(bytes), gauge), "", shown, gauge);
}

}  // namespace recover::scan
