/// The checksums that a backup_manifest can name.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace recover::postgresql::backup {

/// One running sum over the bytes of one file.
class Digest {
 public:
  virtual ~Digest();
  virtual void add(std::string_view bytes) = 0;
  /// Lower-case hexadecimal digits, as the server writes them. Nothing may be added afterwards.
  virtual std::string finish() = 0;

  /// "NONE", "CRC32C", "SHA224", "SHA256", "SHA384", "SHA512"; nullptr for any other name.
  static std::unique_ptr<Digest> make(std::string_view algorithm);
};

}  // namespace recover::postgresql::backup
