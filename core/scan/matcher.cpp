// Comparing listings and heads with the signatures of all engines.
//
// A signature says what must be there (manifest.hpp); nothing here knows an engine. Names are looked up
// first (patterns.cpp), magics are arranged by the first byte of the head. A hit is only a candidate:
// the engine's plugin decides.

#include "core/scan/matcher.hpp"

#include "core/text/format.hpp"

#include <algorithm>

namespace recover::scan {
namespace {

bool contains(const Matcher::Numbers& numbers, NamePatterns::Number wanted) {
  return std::find(numbers.begin(), numbers.end(), wanted) != numbers.end();
}

bool matches(const Magic& magic, std::string_view head) {
  if (magic.offset == Magic::anywhere) return head.find(magic.bytes) != std::string_view::npos;
  const auto offset = static_cast<std::size_t>(magic.offset);
  return head.size() >= offset && head.substr(offset).starts_with(magic.bytes);
}

bool matches(const std::vector<Magic>& all, std::string_view head) {
  return std::all_of(all.begin(), all.end(), [&](const Magic& magic) { return matches(magic, head); });
}

bool matches(const Signature& signature, std::string_view head) {
  if (signature.name_decides) return true;
  return std::any_of(signature.magics.begin(), signature.magics.end(),
                     [&](const std::vector<Magic>& all) { return matches(all, head); });
}

/// The first byte that a head must have for this alternative, or -1 when any will do.
int first_byte(const std::vector<Magic>& all) {
  for (const auto& magic : all) {
    if (magic.offset == 0) return static_cast<unsigned char>(magic.bytes.front());
  }
  return -1;
}

void by_priority(std::vector<Hit>& hits) {
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& left, const Hit& right) {
    return left.signature->priority > right.signature->priority;
  });
}

/// "base/" -> ("base", directory); "PG_VERSION" -> ("PG_VERSION", `plain`).
NamePatterns::Number add_entry(NamePatterns& patterns, std::string entry, NamePatterns::Wanted plain) {
  auto wanted = plain;
  if (entry.ends_with('/')) {
    entry.pop_back();
    wanted = NamePatterns::Wanted::directory;
  }
  return patterns.add(entry, wanted);
}

}  // namespace

Matcher::Matcher(const std::vector<Manifest>& manifests) {
  for (const auto& manifest : manifests) {
    for (const auto& signature : manifest.signatures) {
      signature.target == Target::directory ? add_directory(manifest, signature)
                                            : add_file(manifest, signature);
      keep_.insert(keep_.end(), signature.keep.begin(), signature.keep.end());
    }
  }
  directories_of_.resize(patterns_.size());
  for (std::size_t i = 0; i < directories_.size(); ++i) {
    const auto& signature = directories_[i];
    // One entry that must be there is enough as the key; without one, any of the alternatives.
    const auto& keys = signature.entries.empty() ? signature.any_entry : signature.entries;
    const auto count = signature.entries.empty() ? keys.size() : std::size_t{1};
    for (std::size_t k = 0; k < count; ++k) directories_of_[keys[k]].push_back(static_cast<std::uint16_t>(i));
  }
  files_of_.resize(patterns_.size());
  for (std::size_t i = 0; i < files_.size(); ++i) {
    for (const auto name : files_[i].names) files_of_[name].push_back(static_cast<std::uint16_t>(i));
  }
  std::sort(keep_.begin(), keep_.end());
  keep_.erase(std::unique(keep_.begin(), keep_.end()), keep_.end());
}

void Matcher::add_directory(const Manifest& manifest, const Signature& signature) {
  DirectorySignature added{{&manifest, &signature}, {}, {}, {}, {}};
  for (const auto& entry : signature.entries) {
    const auto slash = entry.find('/');
    const bool deeper = slash != std::string::npos && slash + 1 < entry.size();
    if (deeper) added.paths.push_back(entry);
    added.entries.push_back(
        add_entry(patterns_, deeper ? entry.substr(0, slash + 1) : entry, NamePatterns::Wanted::file));
  }
  for (const auto& glob : signature.any_entry) {
    added.any_entry.push_back(add_entry(patterns_, glob, NamePatterns::Wanted::file));
  }
  for (const auto& glob : signature.forbidden) {
    added.forbidden.push_back(add_entry(patterns_, glob, NamePatterns::Wanted::any));
  }
  directories_.push_back(std::move(added));
}

void Matcher::add_file(const Manifest& manifest, const Signature& signature) {
  FileSignature added{{&manifest, &signature}, {}};
  for (const auto& glob : signature.names)
    added.names.push_back(patterns_.add(glob, NamePatterns::Wanted::file));
  const auto index = static_cast<std::uint16_t>(files_.size());
  files_.push_back(std::move(added));
  if (!signature.names.empty()) return;
  for (const auto& all : signature.magics) {
    const int byte = first_byte(all);
    for (std::size_t b = 0; b < any_name_.size(); ++b) {
      const bool wanted = byte < 0 || static_cast<std::size_t>(byte) == b;
      auto& list = any_name_[b];
      if (wanted && (list.empty() || list.back() != index)) list.push_back(index);
    }
  }
}

bool Matcher::hits(const DirectorySignature& signature, const Numbers& seen, const Lookup& lookup) {
  const auto is_seen = [&](NamePatterns::Number number) { return contains(seen, number); };
  if (!std::all_of(signature.entries.begin(), signature.entries.end(), is_seen)) return false;
  if (!signature.any_entry.empty() &&
      std::none_of(signature.any_entry.begin(), signature.any_entry.end(), is_seen)) {
    return false;
  }
  if (std::any_of(signature.forbidden.begin(), signature.forbidden.end(), is_seen)) return false;
  return std::all_of(signature.paths.begin(), signature.paths.end(), [&](const std::string& path) {
    const bool directory = path.ends_with('/');
    const auto type = lookup(directory ? path.substr(0, path.size() - 1) : path);
    return type == EntryType::symlink || type == (directory ? EntryType::directory : EntryType::file);
  });
}

std::vector<Hit> Matcher::match_directory(const Numbers& seen, const Lookup& lookup) const {
  std::vector<std::uint16_t> candidates;
  for (const auto number : seen) {
    const auto& signatures = directories_of_[number];
    candidates.insert(candidates.end(), signatures.begin(), signatures.end());
  }
  std::vector<Hit> found;
  if (candidates.empty()) return found;
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  for (const auto index : candidates) {
    if (hits(directories_[index], seen, lookup)) found.push_back(directories_[index].hit);
  }
  by_priority(found);
  return found;
}

bool Matcher::asks_for(const Numbers& of_name) const {
  return std::any_of(of_name.begin(), of_name.end(),
                     [&](NamePatterns::Number number) { return !files_of_[number].empty(); });
}

std::vector<Hit> Matcher::match_file(const Numbers& of_name, std::string_view head, std::uint64_t size,
                                     bool decoded) const {
  std::vector<std::uint16_t> found;
  const auto consider = [&](std::uint16_t index, std::string_view visible) {
    const Signature& signature = *files_[index].hit.signature;
    if (size < signature.min_size || (decoded && !signature.through_compression)) return;
    if (matches(signature, visible)) found.push_back(index);
  };
  if (!head.empty()) {
    for (const auto index : any_name_[static_cast<unsigned char>(head.front())]) {
      consider(index, head.substr(0, short_head));
    }
  }
  for (const auto number : of_name) {
    for (const auto index : files_of_[number]) consider(index, head);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<Hit> hits;
  for (const auto index : found) hits.push_back(files_[index].hit);
  by_priority(hits);
  return hits;
}

bool Matcher::keeps(const std::string& path) const {
  return std::any_of(keep_.begin(), keep_.end(), [&](const std::string& glob) {
    return text::glob_match(glob, path) || text::glob_match("*/" + glob, path);
  });
}

}  // namespace recover::scan
