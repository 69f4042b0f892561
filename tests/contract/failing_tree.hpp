/// A Tree that works up to a chosen call and then answers every question with source.unreadable, as a
/// failing disk or missing rights do.
#pragma once

#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace recover::test {

class FailingTree final : public Tree {
 public:
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  FailingTree(Tree& inner, std::size_t works_for) : inner_(inner), works_for_(works_for) {}

  [[nodiscard]] std::size_t calls() const { return calls_; }

  Result<std::vector<Entry>> list(const std::string& directory) override {
    if (fails()) return unreadable(directory);
    return inner_.list(directory);
  }
  Result<EntryInfo> info(const std::string& path) override {
    if (fails()) return unreadable(path);
    return inner_.info(path);
  }
  Result<std::string> read(const std::string& path, std::uint64_t offset, std::size_t length) override {
    if (fails()) return unreadable(path);
    return inner_.read(path, offset, length);
  }
  Result<std::string> read_decoded_head(const std::string& path, std::size_t length) override {
    if (fails()) return unreadable(path);
    return inner_.read_decoded_head(path, length);
  }
  Result<std::unique_ptr<ContentSource>> open_content(const std::string& path) override {
    if (fails()) return unreadable(path);
    return inner_.open_content(path);
  }
  Result<std::string> link_target(const std::string& path) override {
    if (fails()) return unreadable(path);
    return inner_.link_target(path);
  }
  [[nodiscard]] std::string describe(const std::string& path) const override { return inner_.describe(path); }
  [[nodiscard]] bool is_directory_tree() const override { return inner_.is_directory_tree(); }

 private:
  bool fails() { return calls_++ >= works_for_; }
  static Error unreadable(const std::string& path) {
    return make_error(errors::source_unreadable, "cannot read " + path, "made to fail by the test");
  }

  Tree& inner_;
  std::size_t works_for_;
  std::size_t calls_ = 0;
};

}  // namespace recover::test
