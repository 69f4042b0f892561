// SQL dumps: whose they are, what they hold, and whether their end is here. mysqldump and mariadb-dump
// write "-- Dump completed" last, unless comments were switched off. Only the head and the last 4 KiB
// are read; databases behind the head are not seen.
#include "mysql/probe.hpp"
#include "mysql/server_version.hpp"
#include "recover/text_dump.hpp"

#include <algorithm>

namespace recover::mysql {

namespace {

constexpr std::size_t head_size = 1U << 20U;

struct Head {
  std::string product;
  std::string tool;
  std::string server;  ///< text of the "Server version" line
  std::vector<std::string> databases;
};

/// "shop" of "USE `shop`;".
std::string quoted_name(std::string_view text) {
  const std::size_t start = text.find('`');
  if (start == std::string_view::npos) return {};
  std::string name;
  for (std::size_t at = start + 1; at < text.size(); ++at) {
    if (text[at] == '`' && (at + 1 == text.size() || text[at + 1] != '`')) return name;
    if (text[at] == '`') ++at;
    name += text[at];
  }
  return {};
}

void add_database(Head& head, const std::string& name) {
  if (name.empty() || std::find(head.databases.begin(), head.databases.end(), name) != head.databases.end())
    return;
  head.databases.push_back(name);
}

/// The name in "-- Host: localhost    Database: shop"; empty for dumps of several.
std::string host_line_database(std::string_view line) {
  const std::size_t at = line.find("Database: ");
  return at == std::string_view::npos ? std::string() : std::string(line.substr(at + 10));
}

void read_line(Head& head, std::string_view line) {
  if (line.starts_with("-- MySQL dump ") || line.starts_with("-- MariaDB dump ")) {
    head.tool = std::string(line.substr(3, line.find(", for") - 3));
    head.product = product_in(head.tool);
  } else if (line.starts_with("-- Host: ")) {
    add_database(head, host_line_database(line));
  } else if (line.find("erver version") != std::string_view::npos && line.starts_with("--") &&
             head.server.empty()) {
    head.server = std::string(line);
  } else if (line.starts_with("USE ") || line.starts_with("CREATE DATABASE ") ||
             line.starts_with("-- Current Database:")) {
    add_database(head, quoted_name(line));
  }
}

Head read_head(std::string_view text) {
  Head head;
  each_line(text, [&head](std::string_view line) {
    read_line(head, line);
    return true;
  });
  // A server of the other fork may have been dumped: the server counts.
  if (head.server.find("MariaDB") != std::string::npos) head.product = "MariaDB";
  return head;
}

/// Other programs that write MySQL dumps; Adminer also writes those of other engines.
std::string other_tool(std::string_view text) {
  if (text.starts_with("-- phpMyAdmin SQL Dump")) return "phpMyAdmin";
  if (text.starts_with("-- Adminer ")) {
    return text.substr(0, text.find('\n')).find("MySQL") != std::string_view::npos ? "Adminer" : "";
  }
  if (text.starts_with("-- HeidiSQL")) return "HeidiSQL";
  if (text.starts_with("# Sequel ")) return "Sequel Pro";
  return text.find("<mysqldump") != std::string_view::npos ? "mysqldump --xml" : "";
}

Result<Health> judge_end(const Candidate& candidate, Tree& tree, const Head& head) {
  if (!candidate.encoding.empty()) return Health{HealthState::unknown, "compressed, end not read", {}};
  const auto last = last_line(tree, candidate.path);
  if (!last) return Health{HealthState::unknown, "end not readable", {}};
  if (last->starts_with("-- Dump completed") || *last == "</mysqldump>")
    return Health{HealthState::ok, "complete", {}};
  if (!head.tool.starts_with("MySQL") && !head.tool.starts_with("MariaDB") && last->ends_with(';')) {
    return Health{HealthState::unknown, "ends with a whole statement", {}};
  }
  return Health{
      HealthState::incomplete,
      "cut short",
      {"The last line is not \"-- Dump completed\": the end is missing, or comments were switched off."}};
}

}  // namespace

Result<Finding> probe_dump(const Candidate& candidate, Tree& tree) {
  const std::string text = RECOVER_TRY(tree.read_decoded_head(candidate.path, head_size));
  Head head = read_head(text);
  if (head.tool.empty()) head.tool = other_tool(text);
  if (head.tool.empty()) return not_recognised(candidate, "no dump program names itself");
  Finding finding = finding_of(candidate);
  finding.product = head.product.empty() ? "MySQL" : head.product;
  finding.confidence = Confidence::certain;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  // Without that line the tool's own version says nothing of the server.
  if (!head.server.empty()) finding.version = {version_in(head.server), "line \"Server version\""};
  finding.databases = std::move(head.databases);
  finding.evidence.push_back("made by " + head.tool);
  if (text.size() >= head_size) finding.evidence.emplace_back("databases are those named in the first MiB");
  finding.health = RECOVER_TRY(judge_end(candidate, tree, head));
  return finding;
}

}  // namespace recover::mysql
