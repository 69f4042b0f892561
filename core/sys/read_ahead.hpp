/// Reading in a thread of its own, so that producing bytes and using them overlap.
#pragma once

#include "recover/byte_source.hpp"

#include <memory>

namespace recover::sys {

/// The bytes of `source`, read by a thread up to 4 MiB ahead. Destroying it waits for the read() of
/// `source` that is under way and for no other.
std::unique_ptr<ByteSource> read_ahead(std::unique_ptr<ByteSource> source);

}  // namespace recover::sys
