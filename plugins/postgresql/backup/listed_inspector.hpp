/// The inspector of a copy: page checksums and, where a base backup has a manifest, that too.
#pragma once

#include "postgresql/backup/digest.hpp"
#include "postgresql/backup/file_list.hpp"
#include "recover/engine.hpp"

#include <memory>
#include <string>

namespace recover::postgresql::backup {

/// Facts of an inspection beside those of page_checksum.hpp.
namespace inspect_fact {
inline constexpr auto manifest = "manifest";  ///< text: absolute path of our copy of backup_manifest
inline constexpr auto below = "below";        ///< text: what stands before every path in the manifest
}  // namespace inspect_fact

/// Holds one file after another against the list.
class Comparison {
 public:
  /// `list` is borrowed.
  explicit Comparison(const FileList& list) : list_(list) {}
  void begin(const std::string& path);
  void add(std::string_view bytes);
  /// Errors: postgresql.manifest_mismatch naming the file. What is not listed passes.
  Result<void> end();

 private:
  const FileList& list_;
  std::string path_;
  const ListedFile* expected_ = nullptr;
  std::unique_ptr<Digest> digest_;
  std::uint64_t size_ = 0;
};

/// make_page_inspector() and, where the facts name a manifest, the comparison with it.
std::unique_ptr<Inspector> make_inspector(const Facts& facts);

}  // namespace recover::postgresql::backup
