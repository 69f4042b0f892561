// One file of a real directory: name, head, decoded head, in this order and only as far as needed.

#include "core/scan/head.hpp"
#include "core/scan/name_class.hpp"
#include "core/scan/pass.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/sys/archive.hpp"

namespace recover::scan {

Matcher::Numbers numbers_of(const Matcher& matcher, const std::string& name) {
  Matcher::Numbers numbers;
  matcher.note_name(name, EntryType::file, numbers);
  const auto plain = without_compression(name);
  if (plain.size() != name.size()) matcher.note_name(plain, EntryType::file, numbers);
  return numbers;
}

namespace {

/// Asks the engines whose signatures the head hits; true when one of them confirmed the file.
bool is_recognised(const Pass& pass, const Matcher::Numbers& numbers, const FileHead& head,
                   const std::string& directory, const std::string& name) {
  const auto ask = [&](std::string_view bytes, const std::string& encoding) {
    const auto hits = pass.matcher.match_file(numbers, bytes, head.size.logical.count, !encoding.empty());
    if (hits.empty()) return false;
    const Place place{pass.tree, join_path(directory, name), {}};
    return !pass.examiner.examine(place, hits, head.size, encoding).empty();
  };
  return ask(head.bytes, {}) || (!head.decoded.empty() && ask(head.decoded, head.compression));
}

}  // namespace

bool look_at_file(const Pass& pass, HeadReader& reader, const Whereabouts& directory, const std::string& name,
                  Look look) {
  const auto numbers = numbers_of(pass.matcher, name);
  const bool insist = look == Look::insist;
  const Interest interest = insist ? Interest::named : interest_in(pass.matcher, name, numbers);
  if (interest == Interest::none) return false;
  const FileHead head = reader.read(directory.descriptor, name.c_str(), interest);
  if (head.problem != 0) pass.collection.add_unreadable(join_path(directory.path, name), head.problem);
  if (!head.is_read || (head.bytes.empty() && interest != Interest::named)) return false;
  pass.collection.count_entries(0, head.bytes.size());
  if (is_recognised(pass, numbers, head, directory.path, name)) return false;

  const bool is_inside = head.compression.empty() ? is_archive(head.bytes) : is_archive_stream(head.decoded);
  const bool compressed_name = without_compression(name).size() != name.size() || name.ends_with(".tgz");
  if (head.undecodable && !is_inside && (insist || compressed_name)) {
    // What came before the break shows nothing; without a word the file would seem to be empty.
    const std::string shown = join_path(directory.path, name);
    pass.collection.add_error(
        Error(*head.undecodable).with("path", shown).during("looking at " + pass.tree.describe(shown)));
  }
  return is_inside && pass.options.look_inside_archives;
}

void look_at_stream(const Pass& pass, const std::string& beginning) {
  FileHead head;
  head.is_read = true;
  head.bytes = std::string_view(beginning).substr(0, long_head);
  head.size.logical.count = beginning.size();
  head.compression = sys::compression_of(head.bytes);
  if (!head.compression.empty()) head.decoded = decode_head(beginning, long_head);
  pass.collection.count_entries(1, beginning.size());
  is_recognised(pass, numbers_of(pass.matcher, stream_name), head, {}, stream_name);
}

}  // namespace recover::scan
