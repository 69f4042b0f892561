// One file of a real directory: name, head, decoded head, in this order and only as far as needed.

#include "core/scan/head.hpp"
#include "core/scan/name_class.hpp"
#include "core/scan/pass.hpp"

namespace recover::scan {
Matcher::Numbers numbers_of(const Matcher& matcher, const std::string& name) {
  Matcher::Numbers numbers;
  matcher.note_name(name, EntryType::file, numbers);
  const auto plain = without_compression(name);
  if (plain.size() != name.size()) matcher.note_name(plain, EntryType::file, numbers);
  return numbers;
}

bool look_at_file(const Pass& pass, HeadReader& reader, int directory, const std::string& name,
                  const std::string& shown, bool insist) {
  const auto numbers = numbers_of(pass.matcher, name);
  const Interest interest = insist ? Interest::named : interest_in(pass.matcher, name, numbers);
  if (interest == Interest::none) return false;
  const FileHead head = reader.read(directory, name.c_str(), interest);
  if (head.problem != 0) pass.collection.add_unreadable(shown, head.problem);
  if (!head.file || (head.bytes.empty() && interest != Interest::named)) return false;
  pass.collection.count_entries(0, head.bytes.size());

  const Place place{pass.tree, shown, {}};
  const auto size = head.size.logical.count;
  const auto plain = pass.matcher.match_file(numbers, head.bytes, size, false);
  if (!pass.examiner.examine(place, plain, head.size).empty()) return false;
  if (!head.decoded.empty()) {
    const auto decoded = pass.matcher.match_file(numbers, head.decoded, size, true);
    if (!pass.examiner.examine(place, decoded, head.size, head.compression).empty()) return false;
  }
  const bool is_inside = is_archive(head.compression.empty() ? head.bytes : std::string_view(head.decoded));
  const bool compressed_name = without_compression(name).size() != name.size() || name.ends_with(".tgz");
  if (head.undecodable && !is_inside && (insist || compressed_name)) {
    // What came before the break shows nothing; without a word the file would seem to be empty.
    pass.collection.add_error(
        Error(*head.undecodable).with("path", shown).during("looking at " + pass.tree.describe(shown)));
  }
  return is_inside && pass.options.look_inside_archives;
}

}  // namespace recover::scan
