// The end of a dump. pg_dump writes "-- PostgreSQL database dump" first and "-- PostgreSQL database dump
// complete" last (pg_backup_archiver.c, RestoreArchive); pg_dumpall writes its own pair around those of the
// databases (pg_dumpall.c, main; before 11 the parts of a cluster dump also carry both). A script that was
// cut between two statements shows it only here.
#include "postgresql/dump/end_check.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

namespace recover::postgresql::dump {

Result<void> check_end(const Markers& markers) {
  if (markers.clusters_ended < markers.clusters_begun) {
    return make_error(errors::dump_truncated, "the cluster dump does not say that it is complete",
                      fmt::format("{} of {} databases in it do", markers.dumps_ended, markers.dumps_begun));
  }
  if (markers.dumps_ended < markers.dumps_begun) {
    return make_error(errors::dump_truncated, "the dump does not say that it is complete",
                      fmt::format("{} dumps begin and {} end", markers.dumps_begun, markers.dumps_ended));
  }
  return {};
}

}  // namespace recover::postgresql::dump
