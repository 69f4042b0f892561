// A server writes the log before the pages it describes, so a page position behind the end of the log
// cannot come from a crash: the files were copied at different moments while a server wrote. Replay
// cannot make them agree, and no server says so; therefore it is said here.
#include "postgresql/moment.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/page_sample.hpp"

#include <fmt/format.h>

namespace recover::postgresql {

namespace {

void mark_cut_files(const PageSample& sample, Health& health) {
  if (sample.partial_files.empty()) return;
  health.state = HealthState::damaged;
  health.summary = "data files cut off";
  health.notes.push_back(fmt::format("{} data files end within a page, {} first.",
                                     sample.partial_files.size(), sample.partial_files.front()));
}

void mark_torn(const PageSample& sample, Lsn end, std::int64_t control_time, Health& health) {
  health.state = HealthState::torn;
  health.summary = "copied while a server wrote";
  if (sample.latest_change > control_time && control_time > 0) {
    health.notes.push_back(fmt::format("{} was changed {} seconds after the control file was written.",
                                       sample.latest_file, sample.latest_change - control_time));
  }
  health.notes.push_back(fmt::format(
      "{} has a page of log position {}, but the log ends at {}: the files are from different moments.",
      sample.newest_file, to_text(sample.newest), to_text(end)));
}

}  // namespace

void judge_moment(Finding& finding, Tree& tree, const WalVerdict& verdict) {
  if (text_fact(finding.facts, fact::layout) != "directory" ||
      flag_fact(finding.facts, fact::has_backup_label))
    return;
  const auto block_size = static_cast<std::uint32_t>(number_fact(finding.facts, fact::block_size));
  if (block_size == 0 || finding.health.state == HealthState::torn) return;
  const PageSample sample = sample_pages(tree, text_fact(finding.facts, fact::data_path), block_size);
  set_fact(finding.facts, fact::max_page_lsn, to_text(sample.newest));
  mark_cut_files(sample, finding.health);
  if (!verdict.end || !verdict.end_is_sure || sample.newest <= *verdict.end) return;
  mark_torn(sample, *verdict.end, number_fact(finding.facts, fact::control_time), finding.health);
}

}  // namespace recover::postgresql
