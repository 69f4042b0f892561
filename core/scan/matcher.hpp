/// All signatures of all manifests, arranged so that a million names and heads can be compared quickly.
#pragma once

#include "core/scan/manifest.hpp"
#include "recover/tree.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::scan {

/// A signature that hit, and the manifest it stands in. Both are borrowed from the catalogue.
struct Hit {
  const Manifest* manifest = nullptr;
  const Signature* signature = nullptr;
};

/// Heads are this long where a name asked for it, else `short_head`.
inline constexpr std::size_t long_head = 64 * 1024;
inline constexpr std::size_t short_head = 4 * 1024;

/// All globs of all manifests; each has a number. Immutable after the last add().
class NamePatterns {
 public:
  using Number = std::uint16_t;
  enum class Wanted { any, file, directory };

  /// The number of this pattern; the same one when it was added before.
  Number add(const std::string& glob, Wanted wanted);
  /// Appends the numbers of all patterns that match.
  void match(std::string_view name, EntryType type, std::vector<Number>& matched) const;
  [[nodiscard]] std::size_t size() const { return patterns_.size(); }

 private:
  struct Pattern {
    std::string glob;
    std::string prefix;  ///< literal bytes before the first wildcard
    std::string suffix;  ///< literal bytes after the last one; the whole glob when it has none
    bool literal = false;
    bool is_open = false;    ///< has a '*': longer names may match
    std::size_t length = 0;  ///< shortest name that can match
    Wanted wanted = Wanted::any;
  };
  [[nodiscard]] static bool matches(const Pattern& pattern, std::string_view name, EntryType type);

  std::vector<Pattern> patterns_;
  std::array<std::vector<Number>, 256> by_last_;   ///< patterns with a literal last byte
  std::array<std::vector<Number>, 256> by_first_;  ///< others with a literal first byte
  std::vector<Number> others_;
};

/// Immutable after construction; safe from all threads.
class Matcher {
 public:
  using Numbers = std::vector<NamePatterns::Number>;
  /// Type of the entry at a path below the directory that is judged; `other` when it is not there.
  using Lookup = std::function<EntryType(const std::string& relative)>;

  /// `manifests` must outlive the matcher.
  explicit Matcher(const std::vector<Manifest>& manifests);

  /// Appends what this entry's name matches, for match_directory and named_signatures.
  void note_name(std::string_view name, EntryType type, Numbers& seen) const {
    patterns_.match(name, type, seen);
  }
  [[nodiscard]] std::size_t pattern_count() const { return patterns_.size(); }
  /// Directory signatures that hit, given all that note_name found in the complete listing.
  [[nodiscard]] std::vector<Hit> match_directory(const Numbers& seen, const Lookup& lookup) const;

  /// True when a file signature asks for this name (the numbers of this one name).
  [[nodiscard]] bool asks_for(const Numbers& of_name) const;
  /// File signatures that hit. `head` may be decoded (`decoded`: only signatures that look through
  /// compression count), `of_name` are the numbers of its name.
  [[nodiscard]] std::vector<Hit> match_file(const Numbers& of_name, std::string_view head, std::uint64_t size,
                                            bool decoded) const;
  /// True when some manifest wants this path kept inside an archive.
  [[nodiscard]] bool keeps(const std::string& path) const;

 private:
  struct DirectorySignature {
    Hit hit;
    Numbers entries;
    Numbers any_entry;
    Numbers forbidden;
    std::vector<std::string> paths;  ///< entries that lie deeper
  };
  struct FileSignature {
    Hit hit;
    Numbers names;
  };
  void add_directory(const Manifest& manifest, const Signature& signature);
  void add_file(const Manifest& manifest, const Signature& signature);
  [[nodiscard]] static bool hits(const DirectorySignature& signature, const Numbers& seen,
                                 const Lookup& lookup);

  NamePatterns patterns_;
  std::vector<DirectorySignature> directories_;
  std::vector<FileSignature> files_;
  std::vector<std::vector<std::uint16_t>> directories_of_;  ///< pattern -> directory signatures to try
  std::vector<std::vector<std::uint16_t>> files_of_;        ///< pattern -> file signatures with that name
  std::array<std::vector<std::uint16_t>, 256> any_name_;    ///< first byte of the head -> file signatures
  std::vector<std::string> keep_;
};

}  // namespace recover::scan
