/// State files of a node (node-N.st, state-N.st): SMILE, a binary JSON, between Lucene's header and footer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::elasticsearch {

struct NodeState {
  std::string id;             ///< 22 characters, for the life of the node
  std::uint32_t version = 0;  ///< 7171099; OpenSearch sets one bit more; 0 up to 5.x
};

/// From the bytes of node-N.st, or nothing when it is no state file.
std::optional<NodeState> read_node_state(std::string_view bytes);

/// The index name in the bytes of indices/UUID/_state/state-N.st, or "".
std::string read_index_name(std::string_view bytes);

/// What a version number says.
struct ProductVersion {
  std::string product;
  std::string version;
};
ProductVersion decode_version(std::uint32_t number);

}  // namespace recover::elasticsearch
