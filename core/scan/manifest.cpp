// Engine manifests: what an engine's data looks like, as data that is read before any plugin is loaded.
//
// The INI reader (core/sys/ini) delivers entries with their lines; here they become Signatures. A
// manifest decides what is looked at in a foreign tree, so nothing in it is guessed: an unknown key, a
// half-written magic or a signature that could never hit is an error with its line.
//
// Format: docs/formats/manifest.md.

#include "core/scan/manifest.hpp"

#include "core/scan/manifest_text.hpp"
#include "core/sys/ini.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

namespace recover::scan {
namespace {

using Entries = std::vector<sys::IniEntry>;

/// A problem of one entry; parse() turns it into an Error with file and line.
Error invalid(const std::string& file, int line, const std::string& cause) {
  return make_error(errors::manifest_invalid, "manifest " + file,
                    file + ":" + std::to_string(line) + ": " + cause)
      .with("file", file)
      .with("line", static_cast<std::int64_t>(line));
}

Error invalid(const std::string& file, const sys::IniEntry& entry, const std::string& cause) {
  return invalid(file, entry.line, entry.key + ": " + cause);
}

/// "names2" -> "names": a list may go on under a numbered key, because lines are short.
std::string base_key(const std::string& key) {
  const auto end = key.find_last_not_of("0123456789");
  return end == std::string::npos ? key : key.substr(0, end + 1);
}

std::optional<bool> truth(const std::string& text) {
  if (text == "yes" || text == "true") return true;
  if (text == "no" || text == "false") return false;
  return std::nullopt;
}

Result<void> append_words(const std::string& file, const sys::IniEntry& entry,
                          std::vector<std::string>& list) {
  const auto found = words(entry.value);
  if (found.empty()) return invalid(file, entry, "is empty");
  for (const auto& word : found) {
    auto glob = expand_repetition(word);
    if (!glob) return invalid(file, entry, "'" + word + "' is not a pattern");
    list.push_back(std::move(*glob));
  }
  return {};
}

Result<void> set_text(const sys::IniEntry& entry, std::string& where) {
  where = entry.value;
  return {};
}

Result<void> set_truth(const std::string& file, const sys::IniEntry& entry, bool& where) {
  const auto value = truth(entry.value);
  if (!value) return invalid(file, entry, "'" + entry.value + "' is neither yes nor no");
  where = *value;
  return {};
}

Result<void> set_number(const std::string& file, const sys::IniEntry& entry, std::uint64_t& where) {
  const auto value = number(entry.value);
  if (!value) return invalid(file, entry, "'" + entry.value + "' is not a number");
  where = *value;
  return {};
}

Result<void> set_priority(const std::string& file, const sys::IniEntry& entry, int& where) {
  std::uint64_t value = 0;
  RECOVER_TRY(set_number(file, entry, value));
  if (value > 1000) return invalid(file, entry, "is more than 1000");
  where = static_cast<int>(value);
  return {};
}

Result<void> set_target(const std::string& file, const sys::IniEntry& entry, Target& where) {
  if (entry.value != "directory" && entry.value != "file") {
    return invalid(file, entry, "'" + entry.value + "' is neither directory nor file");
  }
  where = entry.value == "directory" ? Target::directory : Target::file;
  return {};
}

Result<void> set_role(const std::string& file, const sys::IniEntry& entry, std::string& where) {
  if (entry.value != "part" && entry.value != "repository" && entry.value != "wrapper") {
    return invalid(file, entry, "'" + entry.value + "' is not part, repository or wrapper");
  }
  where = entry.value;
  return {};
}

Result<void> add_magic(const std::string& file, const sys::IniEntry& entry, Signature& signature) {
  auto line = magic_line(entry.value);
  if (!line) {
    return invalid(file, entry, "'" + entry.value + "' is not OFFSET:HEX or OFFSET:'text', joined by ' + '");
  }
  signature.magics.push_back(std::move(*line));
  return {};
}

Result<void> set_signature_key(const std::string& file, const sys::IniEntry& entry, Signature& signature) {
  const std::string key = base_key(entry.key);
  if (key == "entries") return append_words(file, entry, signature.entries);
  if (key == "any_entry") return append_words(file, entry, signature.any_entry);
  if (key == "forbidden") return append_words(file, entry, signature.forbidden);
  if (key == "names") return append_words(file, entry, signature.names);
  if (key == "keep") return append_words(file, entry, signature.keep);
  if (key == "magic") return add_magic(file, entry, signature);
  if (entry.key == "kind") return set_text(entry, signature.kind);
  if (entry.key == "advice") return set_text(entry, signature.advice);
  if (entry.key == "match") return set_target(file, entry, signature.target);
  if (entry.key == "role") return set_role(file, entry, signature.role);
  if (entry.key == "priority") return set_priority(file, entry, signature.priority);
  if (entry.key == "min_size") return set_number(file, entry, signature.min_size);
  if (entry.key == "name_decides") return set_truth(file, entry, signature.name_decides);
  if (entry.key == "claims_tree") return set_truth(file, entry, signature.claims_tree);
  if (entry.key == "through_compression") return set_truth(file, entry, signature.through_compression);
  return invalid(file, entry, "unknown key of a signature");
}

Result<void> set_engine_key(const std::string& file, const sys::IniEntry& entry, Manifest& manifest) {
  if (entry.key == "name") return set_text(entry, manifest.engine);
  if (entry.key == "product") return set_text(entry, manifest.product);
  if (entry.key == "id_prefix") return set_text(entry, manifest.id_prefix);
  if (entry.key == "library") return set_text(entry, manifest.library);
  if (entry.key == "package") return set_text(entry, manifest.package);
  if (base_key(entry.key) == "aliases") return append_words(file, entry, manifest.aliases);
  if (entry.key == "interface") {
    std::uint64_t value = 0;
    RECOVER_TRY(set_number(file, entry, value));
    manifest.interface_version = static_cast<std::uint32_t>(value);
    return {};
  }
  return invalid(file, entry, "unknown key of [engine]");
}

/// What a signature must have to be able to hit. Empty when all is well.
std::string flaw_of(const Signature& signature) {
  if (signature.kind.empty()) return "has no kind";
  const bool by_entries = !signature.entries.empty() || !signature.any_entry.empty();
  if (signature.target == Target::directory) {
    if (!by_entries) return "matches directories but has neither entries nor any_entry";
    if (!signature.magics.empty() || !signature.names.empty())
      return "matches directories: names and magic are for files";
    return {};
  }
  if (by_entries || !signature.forbidden.empty()) return "matches files: entries are for directories";
  if (signature.name_decides && signature.names.empty()) return "says name_decides but has no names";
  if (signature.name_decides && !signature.magics.empty()) return "says name_decides but has magic too";
  if (!signature.name_decides && signature.magics.empty()) return "has neither magic nor name_decides";
  if (signature.claims_tree) return "matches files: claims_tree is for directories";
  return {};
}

std::string flaw_of(const Manifest& manifest) {
  if (manifest.engine.empty()) return "[engine] has no name";
  if (manifest.product.empty()) return "[engine] has no product";
  if (manifest.id_prefix.empty()) return "[engine] has no id_prefix";
  if (!manifest.library.empty() && manifest.library.find('/') != std::string::npos)
    return "library is a file name, not a path";
  if (!manifest.library.empty() && manifest.interface_version == 0)
    return "a library needs its interface version";
  if (manifest.signatures.empty()) return "no [signature.NAME] section";
  return {};
}

Result<Manifest> manifest_of(const Entries& entries, const std::string& file) {
  static const std::string prefix = "signature.";
  Manifest manifest;
  manifest.path = file;
  std::map<std::string, std::size_t> index;  // section -> position in manifest.signatures
  std::vector<int> lines;                    // where each signature begins
  for (const auto& entry : entries) {
    if (entry.section == "engine") {
      RECOVER_TRY(set_engine_key(file, entry, manifest));
      continue;
    }
    if (entry.section.rfind(prefix, 0) != 0 || entry.section.size() == prefix.size()) {
      return invalid(file, entry.line, "unknown section [" + entry.section + "]");
    }
    const auto [place, fresh] = index.try_emplace(entry.section, manifest.signatures.size());
    if (fresh) {
      manifest.signatures.push_back({});
      manifest.signatures.back().name = entry.section.substr(prefix.size());
      lines.push_back(entry.line);
    }
    RECOVER_TRY(set_signature_key(file, entry, manifest.signatures[place->second]));
  }
  for (std::size_t i = 0; i < manifest.signatures.size(); ++i) {
    const std::string flaw = flaw_of(manifest.signatures[i]);
    if (!flaw.empty())
      return invalid(file, lines[i], "signature " + manifest.signatures[i].name + " " + flaw);
  }
  const std::string flaw = flaw_of(manifest);
  if (!flaw.empty()) return invalid(file, 1, flaw);
  return manifest;
}

/// The INI reader's error as an error of this manifest: line and cause stay.
Error as_manifest_error(const Error& problem, const std::string& file) {
  return make_error(errors::manifest_invalid, "manifest " + file, problem.cause)
      .with("file", file)
      .with("line", number_fact(problem.facts, "line"));
}

}  // namespace

Result<Manifest> parse_manifest(const std::string& text, const std::string& name) {
  const auto entries = sys::parse_ini(text, name);
  if (!entries) return as_manifest_error(entries.error(), name);
  return manifest_of(*entries, name);
}

Result<Manifest> load_manifest(const std::string& path) {
  const auto entries = sys::read_ini(path);
  if (!entries) return as_manifest_error(entries.error(), path);
  return manifest_of(*entries, path);
}

Result<std::vector<Manifest>> load_manifests(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code problem;
  for (std::filesystem::directory_iterator at(directory, problem), end; !problem && at != end;
       at.increment(problem)) {
    if (at->path().extension() == ".ini") paths.push_back(at->path().string());
  }
  if (problem) {
    return make_error(errors::manifest_invalid, "manifests in " + directory, problem.message())
        .with("file", directory);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Manifest> manifests;
  for (const auto& path : paths) manifests.push_back(RECOVER_TRY(load_manifest(path)));
  return manifests;
}

}  // namespace recover::scan
