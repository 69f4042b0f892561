/// Page checksums of relation files (reference: src/include/storage/checksum_impl.h of PostgreSQL).
#pragma once

#include "recover/engine.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace recover::postgresql {

/// The checksum of one page as block `block` of its relation fork; pd_checksum itself counts as zero.
/// `page` is a whole page, a multiple of 128 bytes.
std::uint16_t page_checksum(std::span<const std::byte> page, std::uint32_t block);

/// An inspector of relation files. `facts`: block_size, relation_segment_blocks, checksums (facts.hpp).
/// Totals: pages, checked, bad_pages, max_lsn.
std::unique_ptr<Inspector> make_page_inspector(const Facts& facts);

}  // namespace recover::postgresql
