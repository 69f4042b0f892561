// The safe extractor (RELIABILITY §3.1, A1-A5). It does not use libarchive's writer, which as root makes
// devices, FIFOs and setuid files and links that lead out. Only regular files and directories are made,
// with our owner and modes; everything is opened below one directory descriptor by openat2 without
// following links, so even a name that slipped through cannot leave it. All members are judged in a
// first pass that writes nothing. Blocks of zeros become holes: a bomb of zeros costs no disk, and
// sparse files stay sparse.
#include "core/sys/extract.hpp"

#include "core/sys/host.hpp"
#include "core/sys/member_judge.hpp"
#include "core/sys/source_files.hpp"
#include "core/sys/target_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace recover::sys {

namespace {

constexpr std::size_t most_named = 1000;
using Block = std::array<char, 65536>;

int open_below(int directory, const std::string& path, int flags, unsigned mode) {
  ::open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_NOFOLLOW | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  long number = -1;
  do {
    number = ::syscall(SYS_openat2, directory, path.empty() ? "." : path.c_str(), &how, sizeof how);
  } while (number < 0 && (errno == EINTR || errno == EAGAIN));
  return static_cast<int>(number);
}

std::string parent_part(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

Error too_many(const ExtractOptions& options) {
  return make_error(
             errors::archive_limit, "cannot unpack into " + options.directory,
             "the archive has more than " + std::to_string(options.max_entries) + " members (max_entries)")
      .with("limit", static_cast<std::int64_t>(options.max_entries));
}

Error too_large(const std::string& member, const ExtractOptions& options) {
  return make_error(errors::archive_limit, "cannot unpack " + member,
                    "the archive needs more than " + std::to_string(options.max_bytes) +
                        " bytes (max_unpacked_bytes)")
      .with("member", member)
      .with("limit", static_cast<std::int64_t>(options.max_bytes));
}

/// Where a member goes, or nothing when it is not meant.
std::optional<std::string> place_of(const std::string& path, const ExtractOptions& options) {
  if (options.below.empty()) return path;
  if (!path.starts_with(options.below + "/")) return std::nullopt;
  return path.substr(options.below.size() + 1);
}

/// True when a block can become a hole.
bool is_zero(const Block& block, std::size_t length) {
  return std::all_of(block.data(), block.data() + length, [](char byte) { return byte == 0; });
}

Error unsafe(const std::vector<std::string>& members) {
  std::string cause;
  for (const auto& member : members) cause += (cause.empty() ? "" : "; ") + member;
  return make_error(errors::archive_unsafe_entry, "cannot unpack the archive", cause)
      .with("members", members)
      .leaving("Nothing was unpacked.");
}

Result<void> check_unchanged(const Descriptor& file, const struct ::stat& before, const std::string& name) {
  struct ::stat after {};
  if (::fstat(file.get(), &after) == 0 && identity_of(after) == identity_of(before)) return {};
  return make_error(errors::source_changed, "cannot trust what was unpacked from " + name,
                    "it changed while it was read");
}

Result<Descriptor> open_target(const ExtractOptions& options) {
  RECOVER_TRY(make_files()->make_directory(options.directory, options.owner, options.directory_mode));
  Descriptor root(::open(options.directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return target_error("cannot open " + options.directory, errno);
  return root;
}

/// Writes the members of one archive.
class Extractor {
 public:
  Extractor(const ExtractOptions& options, Account owner, Descriptor root, Progress& progress,
            const CancellationToken& cancel)
      : options_(options),
        owner_(std::move(owner)),
        root_(std::move(root)),
        progress_(progress),
        cancel_(cancel) {}

  Result<void> measure_space() {
    struct ::statvfs space {};
    if (::fstatvfs(root_.get(), &space) != 0)
      return target_error("cannot look at " + options_.directory, errno);
    const std::uint64_t available = std::uint64_t{space.f_bavail} * space.f_frsize;
    const std::uint64_t usable = available > options_.reserve ? available - options_.reserve : 0;
    space_limited_ = options_.max_bytes == 0 || usable < options_.max_bytes;
    budget_ = space_limited_ ? usable : options_.max_bytes;
    return options_.expected > budget_ ? no_room(options_.directory) : Result<void>();
  }

  Result<void> add(const Member& member, const std::string& path, ByteSource& data) {
    if (options_.files == 0) progress_.detail(path);
    if (member.type == EntryType::symlink) {
      outcome_.links.emplace_back(path, member.link_target);
      return {};
    }
    if (member.type == EntryType::directory) return make_directory(path);
    RECOVER_TRY(make_directory(parent_part(path)));
    if (!member.is_hard_link) return write_file(member, path, data);
    const std::string original = place_of(cleaned_path(member.link_target), options_).value_or(path);
    const Descriptor file(open_below(root_.get(), original, O_RDONLY, 0));
    if (!file) return target_error("cannot read " + original, errno);
    return path == original ? Result<void>() : write_file(member, path, *file_source(file.get()));
  }

  Result<ExtractOutcome> finish() {
    // One call for the whole file system instead of an fsync for each of a million small files.
    if (::syncfs(root_.get()) != 0) return target_error("cannot sync " + options_.directory, errno);
    return std::move(outcome_);
  }

 private:
  Result<void> make_directory(const std::string& path) {
    if (path.empty() || known_.contains(path)) return {};
    const std::string parent = parent_part(path);
    RECOVER_TRY(make_directory(parent));
    const Descriptor above(open_below(root_.get(), parent, O_RDONLY | O_DIRECTORY, 0));
    if (!above) return target_error("cannot open " + parent, errno);
    const std::string name = parent.empty() ? path : path.substr(parent.size() + 1);
    const bool made = ::mkdirat(above.get(), name.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return target_error("cannot make " + path, errno);
    const Descriptor directory(open_below(root_.get(), path, O_RDONLY | O_DIRECTORY, 0));
    if (!directory) return target_error("cannot open " + path, errno);
    RECOVER_TRY(give_to(directory.get(), owner_, options_.directory_mode, path));
    known_.insert(path);
    ++outcome_.directories;
    return {};
  }

  Result<void> write_file(const Member& member, const std::string& path, ByteSource& data) {
    Descriptor file(open_new(path));
    if (!file && errno == EEXIST) {
      // Left by an attempt that was interrupted, or the same name twice: the later one counts.
      const std::string parent = parent_part(path);
      const Descriptor above(open_below(root_.get(), parent, O_RDONLY | O_DIRECTORY, 0));
      const std::string name = parent.empty() ? path : path.substr(parent.size() + 1);
      if (!above || ::unlinkat(above.get(), name.c_str(), 0) != 0) {
        return target_error("cannot replace " + path, errno);
      }
      file = Descriptor(open_new(path));
    }
    if (!file) return target_error("cannot make " + path, errno);
    Inspector* const inspector = options_.inspector;
    if (inspector != nullptr) inspector->begin(path, Bytes{member.size});
    RECOVER_TRY(fill(file.get(), path, data));
    RECOVER_TRY(give_to(file.get(), owner_, options_.file_mode, path));
    if (inspector != nullptr) {
      for (std::string& flaw : RECOVER_TRY(inspector->end())) outcome_.flaws.push_back(std::move(flaw));
    }
    ++outcome_.files;
    tell_progress();
    return {};
  }

  void tell_progress() {
    if (options_.files == 0) return;
    progress_.count("files", outcome_.files, options_.files);
    progress_.detail("Extracted " + std::to_string(outcome_.files) + "/" + std::to_string(options_.files) +
                     " files, " + text::bytes(outcome_.bytes));
  }

  [[nodiscard]] int open_new(const std::string& path) const {
    return open_below(root_.get(), path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  }

  Result<void> fill(int file, const std::string& path, ByteSource& data) {
    Block block;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
    std::uint64_t size = 0;
    while (const std::size_t got = RECOVER_TRY(data.read(block.data(), block.size()))) {
      RECOVER_TRY(cancel_.check());
      size += got;
      if (options_.inspector != nullptr)
        options_.inspector->chunk(std::as_bytes(std::span(block.data(), got)));
      if (is_zero(block, got)) {
        if (::lseek(file, static_cast<off_t>(got), SEEK_CUR) < 0)
          return target_error("cannot write " + path, errno);
      } else {
        RECOVER_TRY(spend(got, path));
        if (!write_completely(file, {block.data(), got})) return target_error("cannot write " + path, errno);
      }
      progress_.advance(Bytes{got});
    }
    if (::ftruncate(file, static_cast<off_t>(size)) != 0) return target_error("cannot write " + path, errno);
    return {};
  }

  Result<void> spend(std::uint64_t bytes, const std::string& path) {
    outcome_.bytes += Bytes{bytes};
    if (outcome_.bytes.count <= budget_) return {};
    return no_room(path);
  }

  [[nodiscard]] Error no_room(const std::string& path) const {
    if (!space_limited_) return too_large(path, options_);
    return make_error(
               errors::disk_not_enough_space, "cannot unpack " + path,
               "the archive needs more than the " + std::to_string(budget_) + " bytes that may be used")
        .with("member", path)
        .with("available", static_cast<std::int64_t>(budget_));
  }

  const ExtractOptions& options_;
  Account owner_;
  Descriptor root_;
  Progress& progress_;
  const CancellationToken& cancel_;
  ExtractOutcome outcome_;
  std::unordered_set<std::string> known_;  ///< directories that are there and ours
  std::uint64_t budget_ = 0;
  bool space_limited_ = true;
};

}  // namespace

Result<ArchiveContents> check_members(ArchiveReader& reader, const ExtractOptions& options,
                                      const CancellationToken& cancel) {
  MemberJudge judge(options.max_path_bytes);
  std::vector<std::string> bad;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  while (const auto member = RECOVER_TRY(reader.next())) {
    RECOVER_TRY(cancel.check());
    if (++entries > options.max_entries) return too_many(options);
    const Judgement judgement = judge.judge(*member);
    if (!judgement.flaw.empty() && bad.size() < most_named)
      bad.push_back(member->path + ": " + judgement.flaw);
    if (!place_of(judgement.path, options)) continue;
    if (member->type == EntryType::file) ++files;
    // Reading the data too shows every damaged block before anything is written.
    Block block;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
    while (const std::size_t got = RECOVER_TRY(reader.data().read(block.data(), block.size()))) {
      RECOVER_TRY(cancel.check());
      if (!is_zero(block, got)) bytes += got;
      if (options.max_bytes != 0 && bytes > options.max_bytes) return too_large(member->path, options);
    }
  }
  if (!bad.empty()) return unsafe(bad);
  return ArchiveContents{Bytes{bytes}, files};
}

Result<ExtractOutcome> extract(ArchiveReader& reader, const ExtractOptions& options, Progress& progress,
                               const CancellationToken& cancel) {
  const Account owner = RECOVER_TRY(owner_account(options.owner));
  Descriptor root = RECOVER_TRY(open_target(options));
  Extractor extractor(options, owner, std::move(root), progress, cancel);
  RECOVER_TRY(extractor.measure_space());
  MemberJudge judge(options.max_path_bytes);
  std::uint64_t entries = 0;
  while (const auto member = RECOVER_TRY(reader.next())) {
    RECOVER_TRY(cancel.check());
    if (++entries > options.max_entries) return too_many(options);
    const Judgement judgement = judge.judge(*member);
    if (!judgement.flaw.empty()) return unsafe({member->path + ": " + judgement.flaw});
    if (const auto place = place_of(judgement.path, options))
      RECOVER_TRY(extractor.add(*member, *place, reader.data()));
  }
  return extractor.finish();
}

Result<ExtractOutcome> copy_source_files(int source_root, const std::string& directory,
                                         const std::vector<std::string>& names, ExtractOptions options,
                                         Progress& progress, const CancellationToken& cancel) {
  const Descriptor from = RECOVER_TRY(open_source_directory(source_root, directory));
  struct ::stat before {};
  for (const std::string& name : names) {
    if (::fstatat(from.get(), name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0)
      options.expected += static_cast<std::uint64_t>(before.st_size);
  }
  const Account owner = RECOVER_TRY(owner_account(options.owner));
  Extractor extractor(options, owner, RECOVER_TRY(open_target(options)), progress, cancel);
  RECOVER_TRY(extractor.measure_space());
  Member member;
  member.type = EntryType::file;
  for (const std::string& name : names) {
    const Descriptor file = RECOVER_TRY(open_source_file(from.get(), name, &before));
    RECOVER_TRY(extractor.add(member, name, *file_source(file.get())));
    RECOVER_TRY(check_unchanged(file, before, name));
  }
  return extractor.finish();
}

Result<ExtractOutcome> extract_source_archive(int source_root, const std::string& archive,
                                              ExtractOptions options, Progress& progress,
                                              const CancellationToken& cancel) {
  struct ::stat before {};
  const Descriptor file = RECOVER_TRY(open_source_file(source_root, archive, &before));
  {
    const auto bytes = file_source(file.get());
    const auto reader = RECOVER_TRY(open_archive(*bytes, archive));
    const ArchiveContents contents = RECOVER_TRY(check_members(*reader, options, cancel));
    options.expected = contents.bytes.count;
    options.files = contents.files;
  }
  const auto bytes = file_source(file.get());
  const auto reader = RECOVER_TRY(open_archive(*bytes, archive));
  auto outcome = RECOVER_TRY(extract(*reader, options, progress, cancel));
  RECOVER_TRY(check_unchanged(file, before, archive));
  return outcome;
}

}  // namespace recover::sys
