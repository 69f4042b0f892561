// A plan says what is missing before anything is started, so what a dump needs is read where it costs
// nothing: in the head that the scan has read anyway, or in an archive's table of contents. pg_dump writes
// extensions near the head of each database. What stands behind the head is found while loading.
#include "postgresql/dump_needs.hpp"

#include "postgresql/dump/splitter.hpp"
#include "postgresql/dump/tokens.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/version_rules.hpp"

#include <algorithm>
#include <cstring>
#include <set>

namespace recover::postgresql {

namespace {

class Head final : public ByteSource {
 public:
  explicit Head(std::string_view text) : text_(text) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t given = std::min(length, text_.size());
    std::memcpy(buffer, text_.data(), given);
    text_.remove_prefix(given);
    return given;
  }

 private:
  std::string_view text_;
};

/// "hstore" of CREATE EXTENSION IF NOT EXISTS hstore ...; empty for other statements.
std::string extension_of(std::string_view statement) {
  dump::Tokens tokens(statement);
  if (!tokens.take_all({"create", "extension"})) return {};
  tokens.take_all({"if", "not", "exists"});
  return tokens.take_name();
}

class Collection {
 public:
  void add(std::string_view statement) {
    if (std::string extension = extension_of(statement); !extension.empty())
      extensions_.insert(std::move(extension));
    for (std::string& feature : features_in(statement)) features_.insert(std::move(feature));
  }
  DumpNeeds needs(bool seen_whole) const {
    return {{extensions_.begin(), extensions_.end()}, {features_.begin(), features_.end()}, seen_whole};
  }

 private:
  std::set<std::string> extensions_;
  std::set<std::string> features_;
};

}  // namespace

DumpNeeds needs_of_script(std::string_view head, bool is_whole) {
  Head source(head);
  dump::Splitter splitter(source);
  Collection collection;
  while (true) {
    const auto piece = splitter.next();
    // Where the head ends is an error of the splitter; a dump that is damaged is refused elsewhere.
    if (!piece || !*piece) return collection.needs(is_whole && piece.has_value());
    if ((*piece)->kind == dump::PieceKind::statement) collection.add((*piece)->text);
  }
}

DumpNeeds needs_of_archive(const ArchiveToc& toc) {
  Collection collection;
  for (const TocEntry& entry : toc.entries) collection.add(entry.definition);
  return collection.needs(toc.is_whole);
}

void set_needs(Facts& facts, const DumpNeeds& needs) {
  set_fact(facts, fact::extensions, needs.extensions);
  if (!needs.features.empty()) set_fact(facts, fact::old_features, needs.features);
  if (!needs.seen_whole) set_fact(facts, fact::head_only, true);
}

}  // namespace recover::postgresql
