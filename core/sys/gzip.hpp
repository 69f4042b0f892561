/// gzip streams with their checksums verified.
#pragma once

#include "core/sys/byte_source.hpp"

#include <memory>
#include <string>

namespace recover::sys {

/// Decodes all members of a gzip stream. Errors: archive.truncated, archive.damaged with the offset
/// in the compressed stream.
std::unique_ptr<ByteSource> gzip_decoder(std::shared_ptr<HeadSource> source, const std::string& name,
                                         const Warn& warn);

}  // namespace recover::sys
