/// The list of files in a backup_manifest: what a base backup must consist of, byte for byte.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace recover::postgresql::backup {

/// One file as the server sent it.
struct ListedFile {
  std::uint64_t size = 0;
  std::string algorithm;  ///< NONE, CRC32C, SHA224, SHA256, SHA384, SHA512
  std::string checksum;   ///< lower-case hexadecimal digits
};

/// By path inside of the cluster; files of a tablespace are below pg_tblspc/OID.
using FileList = std::map<std::string, ListedFile>;

/// Errors: postgresql.manifest_damaged. `shown` names the manifest.
Result<FileList> parse_file_list(std::string_view text, const std::string& shown);

/// The same from a file of this machine.
Result<FileList> read_file_list(const std::string& path);

/// The manifest that belongs to a base backup, as a path in the tree; empty when there is none, and for a
/// directory in which a server has worked since.
std::string manifest_of(const Finding& finding, Tree& tree);

/// Does this file carry data? Settings may have been edited and are never used; the write-ahead log is not
/// in the list; logs are not restored.
bool carries_data(const std::string& path);

}  // namespace recover::postgresql::backup
