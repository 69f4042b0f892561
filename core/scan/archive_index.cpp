// Looking into archives without unpacking them: one pass over the stream, nothing is written to disk.
//
// Of each member the name, size and (where a name or manifest makes it interesting) the first bytes stay
// in memory, within a fixed budget. When half of it is used, only heads that hit a signature are kept;
// when all of it is, the members that could not be looked at are counted and the scan says so. In a plain
// tar on disk the bodies are not read: libarchive skips them, and the ends are read where they lie. An
// archive inside an archive is streamed the same way. Members are
// foreign: paths that would leave the tree, devices and links out of it are named and left out
// (RELIABILITY §3.1 A1-A4); entries and nesting have limits. An archive that ends early keeps what came
// before, together with the error that says where it ended.

#include "core/scan/archive_index.hpp"

#include "core/scan/head.hpp"
#include "core/scan/member_name.hpp"
#include "core/sys/member_judge.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace recover::scan {
namespace {

constexpr std::size_t kept_file = 1024 * 1024;  ///< of members that a manifest asks to keep
constexpr std::size_t kept_tail = 8 * 1024;     ///< dumps tell at their end whether they are whole
constexpr std::size_t most_unsafe = 50;

/// Bytes that were read already, then the rest.
class Resumed : public sys::ByteSource {
 public:
  Resumed(const std::string& begun, sys::ByteSource& rest) : begun_(begun), rest_(rest) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (at_ == begun_.size()) return rest_.read(buffer, length);
    const auto count = std::min(length, begun_.size() - at_);
    std::memcpy(buffer, begun_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  const std::string& begun_;
  sys::ByteSource& rest_;
  std::size_t at_ = 0;
};

class Indexer {
 public:
  explicit Indexer(const Pass& pass) : pass_(pass), budget_(pass.options.limits.archive_memory) {}
  ArchiveIndex run(sys::ByteSource& source, const std::string& path, unsigned nesting);

 private:
  Result<void> read_members(sys::ByteSource& source, ArchiveIndex& index, unsigned nesting);
  Result<void> keep(const sys::Member& member, sys::ArchiveReader& reader, ArchiveIndex& index,
                    unsigned nesting);
  Result<void> keep_head(const std::string& path, KeptMember& kept, sys::ByteSource& data);
  /// The member's end and, where the archive did not say it, its size.
  Result<void> keep_tail(const sys::Member& member, KeptMember& kept, sys::ArchiveReader& reader);
  Result<void> read_to_end(KeptMember& kept, sys::ByteSource& data);
  /// True when the head tells something: a manifest keeps this file, or a signature hits it.
  [[nodiscard]] bool is_telling(const std::string& path, const KeptMember& kept) const;
  /// Takes what was kept of a member off the budget, or lets it go again.
  void charge(const std::string& path, KeptMember& kept, ArchiveIndex& index);
  /// Looks into a member that is an archive itself.
  void descend(const std::string& path, const KeptMember& kept, sys::ByteSource& data, ArchiveIndex& index,
               unsigned nesting);
  [[nodiscard]] std::size_t wanted_head(const std::string& path, const Matcher::Numbers& numbers) const;

  const Pass& pass_;
  std::size_t budget_;  ///< bytes that may still be kept, of everything nested together
  std::uint64_t entries_ = 0;
};

/// Appends up to `length` bytes of `data` to `bytes`.
Result<void> append(std::string& bytes, sys::ByteSource& data, std::size_t length) {
  const auto begin = bytes.size();
  bytes.resize(begin + length);
  std::size_t filled = 0;
  while (filled < length) {
    auto got = data.read(bytes.data() + begin + filled, length - filled);
    if (!got || *got == 0) {
      bytes.resize(begin + filled);
      if (!got) return std::move(got).error();
      return {};
    }
    filled += *got;
  }
  return {};
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::size_t Indexer::wanted_head(const std::string& path, const Matcher::Numbers& numbers) const {
  if (pass_.matcher.keeps(path)) return kept_file;
  const auto interest = interest_in(pass_.matcher, last_part(path), numbers);
  return interest == Interest::none ? 0 : long_head;
}

Result<void> Indexer::read_to_end(KeptMember& kept, sys::ByteSource& data) {
  std::string block(256 * 1024, '\0');
  std::string tail;
  std::uint64_t so_far = kept.head.size();
  for (;;) {
    RECOVER_TRY(pass_.cancel.check());
    const auto got = RECOVER_TRY(data.read(block.data(), block.size()));
    if (got == 0) break;
    so_far += got;
    tail.append(block, 0, got);
    if (tail.size() > kept_tail) tail.erase(0, tail.size() - kept_tail);
  }
  kept.info.size.count = so_far;
  kept.tail = std::move(tail);
  return {};
}

Result<void> Indexer::keep_tail(const sys::Member& member, KeptMember& kept, sys::ArchiveReader& reader) {
  if (member.size_known && (!kept.is_looked_at || kept.head.size() >= member.size)) return {};
  auto tail = RECOVER_TRY(reader.last_bytes(kept_tail));
  if (tail) {
    kept.tail = *std::move(tail);
  } else {
    RECOVER_TRY(read_to_end(kept, reader.data()));
  }
  return {};
}

bool Indexer::is_telling(const std::string& path, const KeptMember& kept) const {
  if (pass_.matcher.keeps(path)) return true;
  const auto numbers = numbers_of(pass_.matcher, last_part(path));
  const auto size = kept.info.size.count;
  if (!pass_.matcher.match_file(numbers, kept.head, size, false).empty()) return true;
  if (sys::compression_of(kept.head).empty()) return is_archive(kept.head);
  const std::string decoded = decode_head(kept.head, long_head);
  return is_archive(decoded) || !pass_.matcher.match_file(numbers, decoded, size, true).empty();
}

Result<void> Indexer::keep_head(const std::string& path, KeptMember& kept, sys::ByteSource& data) {
  const auto wanted = wanted_head(path, numbers_of(pass_.matcher, last_part(path)));
  if (wanted == 0) return {};
  RECOVER_TRY(append(kept.head, data, wanted));
  kept.is_looked_at = true;
  return {};
}

void Indexer::charge(const std::string& path, KeptMember& kept, ArchiveIndex& index) {
  const std::size_t cost = kept.head.size() + kept.tail.size();
  const bool is_affordable = cost <= budget_;
  const bool is_plenty = budget_ >= pass_.options.limits.archive_memory / 2;
  const bool is_wanted = (is_affordable && is_plenty) || is_telling(path, kept);
  if (is_affordable && is_wanted) {
    budget_ -= cost;
    return;
  }
  if (is_wanted) ++index.passed_over;
  kept.is_looked_at = false;
  kept.head = {};
  kept.tail = {};
}

void Indexer::descend(const std::string& path, const KeptMember& kept, sys::ByteSource& data,
                      ArchiveIndex& index, unsigned nesting) {
  const bool is_compressed = !sys::compression_of(kept.head).empty();
  const std::string head = is_compressed ? decode_head(kept.head, short_head) : kept.head;
  if (!is_archive(head)) return;
  if (!is_archive_stream(head)) {
    pass_.collection.add_warning("a 7z archive inside an archive is not looked into: " +
                                 text::printable(index.path + "!" + path));
    return;
  }
  if (nesting + 1 >= pass_.options.limits.archive_nesting) {
    pass_.collection.add_warning(
        fmt::format("archives nested deeper than {} are not looked into (limit archive_nesting): {}",
                    pass_.options.limits.archive_nesting, text::printable(index.path + "!" + path)));
    return;
  }
  Resumed whole(kept.head, data);
  index.nested.emplace_back(path, run(whole, index.path + "!" + path, nesting + 1));
}

/// A hard link is another name of a member that came before.
void share_content(KeptMember& link, const ArchiveTree& tree, const std::string& target) {
  const KeptMember* original = tree.find(sys::cleaned_path(target));
  if (original == nullptr || original == &link) return;
  link.info = original->info;
  link.head = original->head;
  link.tail = original->tail;
  link.is_looked_at = original->is_looked_at;
}

Result<void> Indexer::keep(const sys::Member& member, sys::ArchiveReader& reader, ArchiveIndex& index,
                           unsigned nesting) {
  const auto place = judge_member(member);
  if (!place.flaw.empty()) {
    if (index.unsafe.size() < most_unsafe) index.unsafe.push_back(member.path + ": " + place.flaw);
    return {};
  }
  if (place.path.empty()) return {};
  KeptMember& kept = index.tree->add(place.path, member.type);
  kept.info.size.count = member.size;
  kept.info.modified = member.modified;
  kept.info.mode = member.mode;
  kept.link_target = member.link_target;
  if (member.is_hard_link) share_content(kept, *index.tree, member.link_target);
  if (member.type != EntryType::file || member.is_hard_link) return {};
  RECOVER_TRY(keep_head(place.path, kept, reader.data()));
  const auto nested_before = index.nested.size();
  descend(place.path, kept, reader.data(), index, nesting);
  if (index.nested.size() == nested_before) RECOVER_TRY(keep_tail(member, kept, reader));
  charge(place.path, kept, index);
  return {};
}

Result<void> Indexer::read_members(sys::ByteSource& source, ArchiveIndex& index, unsigned nesting) {
  const auto reader = RECOVER_TRY(sys::open_archive(source, pass_.tree.describe(index.path)));
  const auto& limits = pass_.options.limits;
  for (;;) {
    RECOVER_TRY(pass_.cancel.check());
    const auto member = RECOVER_TRY(reader->next());
    if (!member) return {};
    if (++entries_ > limits.archive_max_entries) {
      return make_error(errors::archive_limit, pass_.tree.describe(index.path),
                        fmt::format("more than {} entries (limit max_entries)", limits.archive_max_entries))
          .with("path", index.path);
    }
    RECOVER_TRY(keep(*member, *reader, index, nesting));
  }
}

ArchiveIndex Indexer::run(sys::ByteSource& source, const std::string& path, unsigned nesting) {
  ArchiveIndex index;
  index.path = path;
  index.tree = std::make_unique<ArchiveTree>(pass_.tree.describe(path), &pass_.tree, path);
  auto read = read_members(source, index, nesting);
  if (!read) index.problem = std::move(read).error();
  return index;
}

}  // namespace

ArchiveIndex index_archive(const Pass& pass, sys::ByteSource& source, const std::string& path,
                           unsigned nesting) {
  return Indexer(pass).run(source, path, nesting);
}

}  // namespace recover::scan
