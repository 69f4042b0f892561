// One file at a time: read in blocks of 1 MiB, hashed, inspected, written; PERFORMANCE §2 says why not
// copy_file_range (it cannot verify and was slower). Large files are written with O_DIRECT when they
// must be on disk at the end, holes stay holes, and a file left by an interrupted run is compared block
// by block and completed. The source is opened only through core/sys/source_files; its identity is
// compared with what it is after everything was read (check_unchanged). Must never leave a file that is
// longer than its source.
#include "core/strategy/file_copy.hpp"

#include "core/sys/read_rate.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace recover::strategy {

namespace {

constexpr std::size_t page = 4096;
constexpr std::uint64_t direct_from = 64 * 1024;                  // smaller files: the page cache is faster
constexpr std::uint64_t inspected_hole = std::uint64_t{1} << 30;  // nobody waits for a terabyte of zeros

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Error changed(const std::string& path, std::string cause) {
  return make_error(errors::source_changed, "cannot trust the copy of " + path, std::move(cause))
      .with("path", path);
}

Error read_error(const std::string& path, std::uint64_t offset, int number) {
  return make_system_error(errors::source_read_error,
                           "cannot read " + path + " at byte " + std::to_string(offset), number)
      .with("path", path)
      .with("offset", static_cast<std::int64_t>(offset));
}

}  // namespace

struct FileCopier::Transfer {
  const ListedFile& file;
  sys::Descriptor source;
  sys::Descriptor target;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t existing = 0;  ///< bytes an interrupted run left
  bool sparse = false;
  bool direct = false;
  bool writes = true;  ///< false once it was cloned
  bool inspects = false;
  bool cut = false;  ///< the target may be longer than the source
};

Result<void> check_unchanged(int source, const CopyRecord& record) {
  struct ::stat status {};
  if (::fstatat(source, record.from.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return changed(record.from, std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): glibc's is safe
  }
  if (sys::identity_of(status) == record.identity) return {};
  return changed(record.from, "its size or time is not what it was when it was read");
}

FileCopier::FileCopier(CopyPlace& place, std::unique_ptr<Inspector> inspector, Progress& progress,
                       const CancellationToken& cancel)
    : place_(place), inspector_(std::move(inspector)), progress_(progress), cancel_(cancel) {}

Result<CopyRecord> FileCopier::copy(const ListedFile& file) {
  RECOVER_TRY(cancel_.check());
  RECOVER_TRY(enter(directory_of(file.from), directory_of(file.to)));
  struct ::stat before {};
  auto source = sys::open_source_file(source_directory_.get(), name_of(file.from), &before);
  if (!source && source.error().id == errors::source_not_found.id) {
    return changed(file.from, "it disappeared while the source was read");
  }
  Transfer now{file, RECOVER_TRY(std::move(source)), {}};
  now.size = static_cast<std::uint64_t>(before.st_size);
  const auto allocated = static_cast<std::uint64_t>(before.st_blocks) * 512;
  now.sparse = allocated < now.size && now.size >= page;
  now.direct = place_.durable && !now.sparse && now.size >= direct_from;
  auto target = RECOVER_TRY(open_target_file(target_directory_.get(), name_of(file.to), place_.owner,
                                             place_.file_mode, now.direct ? O_DIRECT : 0));
  now.target = std::move(target.descriptor);
  if (target.existed) {
    now.direct = false;
    struct ::stat left {};
    if (now.sparse) {  // what an old run wrote into a hole cannot be told from data: begin anew
      if (::ftruncate(now.target.get(), 0) != 0) return sys::target_error("cannot empty " + file.to, errno);
    } else if (::fstat(now.target.get(), &left) == 0) {
      now.existing = static_cast<std::uint64_t>(left.st_size);
      now.cut = now.existing > now.size;
    }
  }
  begin_inspection(now);
  now.writes = target.existed || !clone(now);
  hash_.reset();
  RECOVER_TRY(transfer(now));
  RECOVER_TRY(finish(now));
  last_target_ = std::move(now.target);
  return CopyRecord{{file.to, Bytes{now.size}, hash_.hex()}, file.from, sys::identity_of(before)};
}

Result<void> FileCopier::enter(const std::string& from, const std::string& to) {
  if (!source_directory_ || from != source_name_) {
    source_directory_ = RECOVER_TRY(sys::open_source_directory(place_.source, from));
    source_name_ = from;
  }
  if (!target_directory_ || to != target_name_) {
    target_directory_ = RECOVER_TRY(open_target_directory(place_.target, to));
    target_name_ = to;
  }
  return {};
}

void FileCopier::begin_inspection(Transfer& now) {
  if (!inspector_) return;
  if (now.sparse && now.size - std::min(now.size, now.file.allocated) > inspected_hole) {
    not_inspected_.push_back(now.file.from);
    return;
  }
  now.inspects = true;
  inspector_->begin(now.file.from, Bytes{now.size});
}

/// A shared copy costs nothing; only where nobody has to look at the bytes on their way.
bool FileCopier::clone(Transfer& now) {
  if (place_.inspect || now.size == 0 || !place_.can_clone.load(std::memory_order_relaxed)) return false;
  if (::ioctl(now.target.get(), FICLONE, now.source.get()) == 0) return true;
  place_.can_clone.store(false, std::memory_order_relaxed);
  return false;
}

Result<void> FileCopier::transfer(Transfer& now) {
  while (now.offset < now.size) {
    RECOVER_TRY(cancel_.check());
    if (now.sparse) {
      RECOVER_TRY(pass_zeros(now, next_data_block(now.source.get(), now.offset, now.size)));
      if (now.offset >= now.size) break;
    }
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, now.size - now.offset));
    RECOVER_TRY(sys::ReadRate::of_process().take(length, cancel_));
    const std::int64_t got = read_block(now.source.get(), buffer_.data(), length, now.offset);
    if (got < 0) return read_error(now.file.from, now.offset, static_cast<int>(-got));
    if (got < static_cast<std::int64_t>(length))
      return changed(now.file.from, "it became shorter while it was read");
    hash_.add(now.offset, {buffer_.data(), length});
    if (now.inspects) inspector_->chunk(std::as_bytes(std::span(buffer_.data(), length)));
    if (now.writes) RECOVER_TRY(write(now, length));
    now.offset += length;
    progress_.advance(Bytes{length});
  }
  return {};
}

/// A hole: nothing is read or written; the inspector sees the zeros it stands for.
Result<void> FileCopier::pass_zeros(Transfer& now, std::uint64_t until) {
  static const std::array<std::byte, 64 * 1024> zeros{};
  if (!now.inspects) {
    now.offset = until;
    return {};
  }
  while (now.offset < until) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), until - now.offset));
    inspector_->chunk(std::span(zeros).first(length));
    now.offset += length;
  }
  return cancel_.check();
}

Result<void> FileCopier::write(Transfer& now, std::size_t length) {
  if (now.sparse) return write_pages(now, length);
  if (now.offset + length <= now.existing) {
    if (!existing_) existing_.emplace();
    const std::int64_t got = read_block(now.target.get(), existing_->data(), length, now.offset);
    if (got == static_cast<std::int64_t>(length) &&
        std::memcmp(existing_->data(), buffer_.data(), length) == 0) {
      return {};  // an interrupted run already wrote this block
    }
  }
  std::size_t written = length;
  if (now.direct && length % page != 0) {  // O_DIRECT takes whole pages; finish() cuts the rest off
    written = length + page - length % page;
    std::memset(buffer_.data() + length, 0, written - length);
    now.cut = true;
  }
  return write_range(now, buffer_.data(), written, now.offset);
}

/// Only pages with data, so that holes inside a block stay holes too.
Result<void> FileCopier::write_pages(Transfer& now, std::size_t length) {
  const auto page_is_zero = [&](std::size_t at) {
    return is_zero({buffer_.data() + at, std::min(page, length - at)});
  };
  for (std::size_t at = 0; at < length;) {
    if (page_is_zero(at)) {
      at += page;
      continue;
    }
    std::size_t end = at;
    while (end < length && !page_is_zero(end)) end += page;
    end = std::min(end, length);
    RECOVER_TRY(write_range(now, buffer_.data() + at, end - at, now.offset + at));
    at = end;
  }
  return {};
}

Result<void> FileCopier::write_range(Transfer& now, const char* data, std::size_t length,
                                     std::uint64_t offset) {
  std::size_t done = 0;
  while (done < length) {
    const ssize_t put =
        ::pwrite(now.target.get(), data + done, length - done, static_cast<off_t>(offset + done));
    if (put > 0) {
      done += static_cast<std::size_t>(put);
    } else if (put < 0 && errno == EINVAL && now.direct) {  // larger sectors than a page, or no O_DIRECT
      now.direct = false;
      ::fcntl(now.target.get(), F_SETFL, ::fcntl(now.target.get(), F_GETFL) & ~O_DIRECT);
    } else if (put == 0 || errno != EINTR) {
      return sys::target_error("cannot write " + now.file.to, put == 0 ? EIO : errno)
          .with("path", now.file.to)
          .with("offset", static_cast<std::int64_t>(offset + done));
    }
  }
  return {};
}

Result<void> FileCopier::finish(Transfer& now) {
  if (now.writes && (now.sparse || now.cut) &&
      ::ftruncate(now.target.get(), static_cast<off_t>(now.size)) != 0) {
    return sys::target_error("cannot set the size of " + now.file.to, errno);
  }
  if (!now.inspects) return {};
  auto found = RECOVER_TRY(inspector_->end());
  flaws_.insert(flaws_.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  return {};
}

Result<void> FileCopier::sync_last() {
  if (::fsync(last_target_.get()) != 0 || ::fsync(target_directory_.get()) != 0) {
    return sys::target_error("cannot make the last file durable", errno);
  }
  return {};
}

}  // namespace recover::strategy
