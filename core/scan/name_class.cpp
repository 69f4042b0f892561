// Name classes: which of a million files are worth a look at their contents.
//
// Opening a file costs five times as much as listing it (measured: 1 us per listed entry, 3-6 us per
// head), so names that people give to source code, texts and pictures settle the matter. The lists hold
// only extensions whose files are not databases when the name is honest. A database that was renamed
// to look like a picture is still found: page files have sizes that are multiples of 512, pictures
// only by chance. Signatures come first: a name that a manifest asks for is never settled here.

#include "core/scan/name_class.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <vector>

namespace recover::scan {
namespace {

constexpr std::string_view settled_extensions[] = {
    // source code
    "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "inl", "ipp", "m", "mm", "rs", "go", "java", "kt",
    "kts", "scala", "clj", "cljs", "groovy", "cs", "fs", "vb", "swift", "py", "pyi", "pyx", "rb", "erb",
    "php", "phtml", "pl", "pm", "pod", "t", "lua", "tcl", "r", "jl", "hs", "ml", "mli", "erl", "hrl", "ex",
    "exs", "el", "lisp", "scm", "f", "f90", "f95", "for", "pas", "ada", "adb", "ads", "asm", "s", "d", "zig",
    "nim", "v", "sv", "vhd", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "coffee",
    "dart", "proto", "thrift", "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "awk", "sed", "vim", "cl",
    "cu", "glsl", "frag", "vert", "rules", "symbols", "shlibs", "triggers", "md5sums", "postinst", "prerm",
    "postrm", "preinst", "conffiles",
    // markup, styles, translations
    "html", "htm", "xhtml", "xml", "xsd", "xsl", "xslt", "dtd", "css", "scss", "sass", "less", "styl", "svg",
    "md", "markdown", "mdx", "rst", "adoc", "tex", "bib", "texi", "info", "man", "po", "pot", "ftl",
    "strings", "hbs", "ejs", "pug", "j2", "jinja", "tmpl", "tpl", "mustache", "twig", "haml", "slim",
    "liquid",
    // configuration and build
    "yml", "yaml", "toml", "ini", "cfg", "conf", "properties", "cmake", "mk", "am", "ac", "m4", "gradle",
    "bazel", "bzl", "gyp", "gypi", "pri", "pro", "sln", "csproj", "vcxproj", "lock", "map", "snap", "lds",
    "dts", "dtsi", "service", "socket", "timer", "target", "mount", "desktop", "editorconfig", "gitignore",
    "gitattributes", "gitkeep", "gitmodules", "npmignore", "eslintrc", "prettierrc", "babelrc",
    "dockerignore", "htaccess", "diff", "patch", "rej", "list", "pc", "la", "in", "ninja", "log", "pem",
    "crt", "csr", "pub", "sum", "mod", "flow", "tsbuildinfo", "nix", "spec", "changes", "dsc", "control",
    "typed", "ipynb", "graphql", "gql"};

constexpr std::string_view media_extensions[] = {
    "jpg",   "jpeg",  "png", "gif",  "bmp",   "ico",  "webp", "tif",   "tiff", "psd",  "xcf",  "heic", "avif",
    "raw2",  "cr2",   "nef", "mp3",  "ogg",   "oga",  "opus", "flac",  "wav",  "m4a",  "aac",  "wma",  "mid",
    "mp4",   "m4v",   "mkv", "avi",  "mov",   "webm", "mpg",  "mpeg",  "wmv",  "flv",  "ttf",  "otf",  "woff",
    "woff2", "eot",   "pfb", "afm",  "pcf",   "pdf",  "ps",   "eps",   "djvu", "epub", "mobi", "doc",  "docx",
    "xls",   "xlsx",  "ppt", "pptx", "odt",   "ods",  "odp",  "rtf",   "o",    "a",    "so",   "lo",   "ko",
    "obj",   "lib",   "dll", "exe",  "dylib", "pdb",  "elf",  "class", "jar",  "war",  "ear",  "pyc",  "pyo",
    "pyd",   "whl",   "egg", "gem",  "deb",   "udeb", "rpm",  "apk",   "ipa",  "msi",  "cab",  "dmg",  "wasm",
    "node",  "beam",  "hi",  "cmi",  "cmo",   "cmx",  "rlib", "rmeta", "elc",  "gmo",  "mo",   "qm",   "pack",
    "idx",   "rev",   "cur", "xpm",  "xbm",   "pbm",  "pgm",  "ppm",   "tga",  "dds",  "stl",  "glb",  "gltf",
    "fbx",   "blend", "swf", "fla",  "csv",   "tsv"};

constexpr std::string_view settled_names[] = {
    "Makefile",  "README",     "LICENSE",        "COPYING",    "AUTHORS",     "ChangeLog", "NEWS",
    "TODO",      "Kconfig",    "Kbuild",         "Dockerfile", "Gemfile",     "Rakefile",  "configure",
    "copyright", "changelog",  "INSTALL",        "NOTICE",     "CODEOWNERS",  "LICENCE",   "THANKS",
    "HACKING",   "HISTORY",    "CHANGES",        "METADATA",   "RECORD",      "WHEEL",     "INSTALLER",
    "REQUESTED", "Doxyfile",   "Pipfile",        "Procfile",   "Vagrantfile", "HEAD",      "packed-refs",
    "ORIG_HEAD", "FETCH_HEAD", "COMMIT_EDITMSG", "description"};

constexpr std::string_view compressor_suffixes[] = {".gz", ".zst", ".xz", ".bz2", ".lz4"};

/// Up to eight bytes of an extension, lower case, as a number: one comparison instead of eight.
constexpr std::uint64_t packed(std::string_view extension) {
  std::uint64_t value = 0;
  for (const char c : extension) {
    const auto lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    value = value << 8 | static_cast<unsigned char>(lower);
  }
  return value;
}

/// Long extensions are compared by their first eight bytes; none of the lists has two that agree there.
constexpr std::uint64_t key_of(std::string_view extension) {
  return packed(extension.substr(0, 8));
}

/// A small open-addressing table, built once: extension -> class.
class Extensions {
 public:
  Extensions() {
    for (const auto extension : settled_extensions) insert(key_of(extension), NameClass::settled);
    for (const auto extension : media_extensions) insert(key_of(extension), NameClass::media);
  }

  [[nodiscard]] NameClass find(std::string_view extension) const {
    const auto key = key_of(extension);
    for (auto at = slot(key); keys_[at] != 0; at = (at + 1) % size) {
      if (keys_[at] == key) return classes_[at];
    }
    return NameClass::open;
  }

 private:
  static constexpr std::size_t size = 2048;
  static std::size_t slot(std::uint64_t key) { return (key * 0x9E3779B97F4A7C15ULL >> 53) % size; }

  void insert(std::uint64_t key, NameClass value) {
    auto at = slot(key);
    while (keys_[at] != 0 && keys_[at] != key) at = (at + 1) % size;
    keys_[at] = key;
    classes_[at] = value;
  }

  std::array<std::uint64_t, size> keys_{};
  std::array<NameClass, size> classes_{};
};

bool is_hexadecimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// A loose object of git: 38 (SHA-1) or 62 (SHA-256) hexadecimal digits.
bool is_git_object(std::string_view name) {
  return (name.size() == 38 || name.size() == 62) && is_hexadecimal(name);
}

}  // namespace

std::string_view without_compression(std::string_view name) {
  for (const auto suffix : compressor_suffixes) {
    if (name.size() > suffix.size() && name.ends_with(suffix))
      return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

NameClass class_of_name(std::string_view name) {
  static const Extensions extensions;
  const auto plain = without_compression(name);
  const auto dot = plain.rfind('.');
  if (dot != std::string_view::npos && dot + 1 < plain.size()) return extensions.find(plain.substr(dot + 1));
  if (is_git_object(plain)) return NameClass::settled;
  const bool known =
      std::find(std::begin(settled_names), std::end(settled_names), plain) != std::end(settled_names);
  return known ? NameClass::settled : NameClass::open;
}

}  // namespace recover::scan
