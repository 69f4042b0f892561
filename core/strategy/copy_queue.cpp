// Distribution of the work of one copy over its threads (PERFORMANCE §2, design). Pure bookkeeping: no
// file is touched here.
#include "core/strategy/copy_queue.hpp"

#include <algorithm>
#include <string_view>

namespace recover::strategy {

namespace {

constexpr std::uint64_t large_from = 1024 * 1024;
constexpr std::size_t unit_files = 128;  // so that threads can share one directory with 10^5 files

std::string_view directory_of(const ListedFile& file) {
  const std::string_view path = file.to;
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace

CopyQueue::CopyQueue(const std::vector<ListedFile>& files) {
  for (const ListedFile& file : files) {
    if (file.size >= large_from) {
      large_.push_back({{&file}});
    } else if (!small_.empty() && small_.back().files.size() < unit_files &&
               directory_of(*small_.back().files.front()) == directory_of(file)) {
      small_.back().files.push_back(&file);
    } else {
      small_.push_back({{&file}});
    }
  }
  std::stable_sort(large_.begin(), large_.end(), [](const CopyUnit& left, const CopyUnit& right) {
    return left.files.front()->size > right.files.front()->size;
  });
}

std::optional<CopyUnit> CopyQueue::next(Preference preference) {
  const std::scoped_lock lock(mutex_);
  const bool take_small = preference == Preference::small_files ? !small_.empty() : large_.empty();
  std::deque<CopyUnit>& from = take_small ? small_ : large_;
  if (from.empty()) return std::nullopt;
  const bool helping = take_small != (preference == Preference::small_files);
  // A helper takes from the other end: as far as possible from the thread it helps.
  CopyUnit unit;
  if (helping && take_small) {
    unit = std::move(from.back());
    from.pop_back();
  } else {
    unit = std::move(from.front());
    from.pop_front();
  }
  return unit;
}

}  // namespace recover::strategy
