// The sample. Two small reads per file find most copies that were taken while a server wrote, because
// growing tables have their newest page at the end. Finding nothing proves nothing: the whole truth
// (the largest position of all pages) is known once every page was copied.
#include "postgresql/page_sample.hpp"

#include "postgresql/layout.hpp"
#include "recover/decoder.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::uint64_t most_files = 100'000;
constexpr std::size_t header = 24;

void look_at_page(Tree& tree, const std::string& path, std::uint64_t offset, PageSample& sample) {
  const auto bytes = tree.read(path, offset, header);
  if (!bytes || bytes->size() < header || Decoder(*bytes, 14).little16() == 0) return;
  Decoder decoder(*bytes);
  const std::uint64_t high = decoder.little32();
  const Lsn position{(high << 32) | decoder.little32()};
  if (position <= sample.newest) return;
  sample.newest = position;
  sample.newest_file = path;
}

void look_at_file(Tree& tree, const std::string& path, std::uint32_t block_size, PageSample& sample) {
  const auto file = parse_relation_file(path);
  if (!file || file->fork == "fsm" || file->fork == "vm") return;
  const auto info = tree.info(path);
  if (!info || info->type != EntryType::file) return;
  ++sample.files;
  if (info->size.count % block_size != 0) sample.partial_files.push_back(path);
  if (info->modified > sample.latest_change) {
    sample.latest_change = info->modified;
    sample.latest_file = path;
  }
  const std::uint64_t pages = info->size.count / block_size;
  if (pages == 0) return;
  look_at_page(tree, path, 0, sample);
  if (pages > 1) look_at_page(tree, path, (pages - 1) * block_size, sample);
}

void look_at_directory(Tree& tree, const std::string& directory, std::uint32_t block_size,
                       PageSample& sample) {
  const auto entries = tree.list(directory);
  if (!entries) return;
  for (const Entry& entry : *entries) {
    if (sample.files >= most_files) return;
    if (entry.type == EntryType::file)
      look_at_file(tree, join_path(directory, entry.name), block_size, sample);
  }
}

}  // namespace

PageSample sample_pages(Tree& tree, const std::string& data_path, std::uint32_t block_size) {
  PageSample sample;
  look_at_directory(tree, join_path(data_path, "global"), block_size, sample);
  const std::string base = join_path(data_path, "base");
  if (const auto entries = tree.list(base)) {
    for (const Entry& entry : *entries) {
      if (entry.type == EntryType::directory && is_oid(entry.name)) {
        look_at_directory(tree, join_path(base, entry.name), block_size, sample);
      }
    }
  }
  return sample;
}

}  // namespace recover::postgresql
