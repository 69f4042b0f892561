/// Names of the facts that a PostgreSQL finding carries from probe and assess to plan, perform and
/// verify. An absent fact means "not known". All paths are relative to the scan's root.
#pragma once

namespace recover::postgresql::fact {

// ---- what it is ------------------------------------------------------------------------------
inline constexpr auto major = "major";                          ///< text: "16", "9.6"
inline constexpr auto system_identifier = "system_identifier";  ///< text, decimal
inline constexpr auto control_version = "control_version";      ///< number: 1300
inline constexpr auto catalog_version = "catalog_version";      ///< number: 202307071
inline constexpr auto data_path = "data_path";  ///< text: the data directory ("" = the root itself)

// ---- state, from global/pg_control -----------------------------------------------------------
inline constexpr auto control_flaw =
    "control_flaw";                     ///< text: why pg_control cannot be used; absent when good
inline constexpr auto state = "state";  ///< text as pg_controldata says: "in production"
inline constexpr auto checkpoint_lsn = "checkpoint_lsn";            ///< text: "0/1721950"
inline constexpr auto redo_lsn = "redo_lsn";                        ///< text
inline constexpr auto min_recovery_lsn = "min_recovery_lsn";        ///< text; absent when 0
inline constexpr auto backup_start_lsn = "backup_start_lsn";        ///< text; absent when 0
inline constexpr auto backup_end_required = "backup_end_required";  ///< flag
inline constexpr auto timeline = "timeline";                        ///< number
inline constexpr auto checkpoint_time = "checkpoint_time";          ///< number, seconds since the epoch
inline constexpr auto control_time = "control_time";                ///< number, last update of pg_control
inline constexpr auto wal_level = "wal_level";                      ///< text: minimal, replica, logical
inline constexpr auto checksums = "checksums";                      ///< flag: data page checksums are on

// ---- how it was compiled ---------------------------------------------------------------------
inline constexpr auto block_size = "block_size";                            ///< number: 8192
inline constexpr auto relation_segment_blocks = "relation_segment_blocks";  ///< number: 131072
inline constexpr auto wal_block_size = "wal_block_size";                    ///< number: 8192
inline constexpr auto wal_segment_size = "wal_segment_size";                ///< number of bytes: 16777216
inline constexpr auto architecture = "architecture";  ///< text: "64-bit little-endian", ...

// ---- settings that a server with a signal file must reach (numbers) -----------------------------
inline constexpr auto max_connections = "max_connections";
inline constexpr auto max_worker_processes = "max_worker_processes";
inline constexpr auto max_wal_senders = "max_wal_senders";  ///< absent before 12
inline constexpr auto max_prepared_transactions = "max_prepared_transactions";
inline constexpr auto max_locks_per_transaction = "max_locks_per_transaction";

// ---- backup ------------------------------------------------------------------------------------
inline constexpr auto has_backup_label = "has_backup_label";            ///< flag
inline constexpr auto backup_from = "backup_from";                      ///< text: primary, standby
inline constexpr auto backup_start_wal = "backup_start_wal";            ///< text: LSN of START WAL LOCATION
inline constexpr auto backup_start_timeline = "backup_start_timeline";  ///< number
inline constexpr auto backup_end_wal =
    "backup_end_wal";  ///< text: LSN from backup_manifest or .backup history; absent unknown
inline constexpr auto label_removed = "label_removed";  ///< flag: the manifest lists a label that is gone
inline constexpr auto log_reset_at = "log_reset_at";    ///< text: LSN where pg_resetwal began the log anew
inline constexpr auto has_manifest = "has_manifest";    ///< flag: backup_manifest is there
/// text: path of the backup_manifest that belongs to it (assess); absent: there is none
inline constexpr auto manifest = "manifest";
inline constexpr auto is_incremental = "is_incremental";      ///< flag
inline constexpr auto incremental_from = "incremental_from";  ///< text: LSN at which its predecessor begins
inline constexpr auto incremental_timeline = "incremental_timeline";  ///< number: timeline of that LSN
// The chain of an incremental backup, the full one first, itself last (assess); one entry for each.
inline constexpr auto chain_data = "chain_data";                ///< list: data_path
inline constexpr auto chain_layouts = "chain_layouts";          ///< list: layout
inline constexpr auto chain_manifests = "chain_manifests";      ///< list: manifest, "" for none
inline constexpr auto chain_tablespaces = "chain_tablespaces";  ///< list: "NUMBER|OID=path", all of them
inline constexpr auto chain_bytes = "chain_bytes";      ///< number: what copies of it and the result need
inline constexpr auto chain_missing = "chain_missing";  ///< text: the predecessor that is nowhere
inline constexpr auto signal_files =
    "signal_files";  ///< list: standby.signal, recovery.signal, recovery.conf

// ---- parts ---------------------------------------------------------------------------------------
/// text: "directory", or "tar": then data_path is the archive itself ("bk/base.tar.gz"), the entries of
/// tablespaces and wal_sources may be archives too, and the copy is an UnpackArchive.
inline constexpr auto layout = "layout";
inline constexpr auto tablespaces =
    "tablespaces";  ///< list: "OID=path"; a directory that holds PG_N_CATVER, or OID.tar[.gz]
inline constexpr auto missing_tablespaces =
    "missing_tablespaces";  ///< list: "OID=original absolute path" ("" unknown)
/// list: where pg_wal can be completed from: "pg_wal directory or archive"; the cluster's own pg_wal is
/// first. A directory may hold compressed segments (000000010000000000000004.gz).
inline constexpr auto wal_sources = "wal_sources";
/// list: segments that must be placed into pg_wal of the copy: "NAME=path" of single files (maybe compressed)
inline constexpr auto wal_to_place = "wal_to_place";
inline constexpr auto wal_missing = "wal_missing";  ///< list: segment names that are nowhere
/// list: where the log can bring it, one timeline each: "timeline=1 from=0/2000138 from_time=... to=0/5000000
/// to_time=... missing=SEGMENT" (scan)
inline constexpr auto replay_intervals = "replay_intervals";
inline constexpr auto wal_end = "wal_end";  ///< text: LSN behind the last valid record (assess)
inline constexpr auto missing_directories =
    "missing_directories";  ///< list: required, normally empty directories that got lost
inline constexpr auto missing_databases = "missing_databases";  ///< list of OIDs whose base/OID is not there

// ---- names, read from catalog pages without a server (advisory) ------------------------------------
inline constexpr auto superuser = "superuser";  ///< text: name of the bootstrap role (OID 10)
inline constexpr auto database_details =
    "database_details";  ///< list: "name|oid|encoding|provider|collate|ctype|locale|collation version"
inline constexpr auto encodings = "encodings";      ///< list
inline constexpr auto locales = "locales";          ///< list: every libc locale name that a database needs
inline constexpr auto icu_locales = "icu_locales";  ///< list
inline constexpr auto extensions = "extensions";    ///< list of extension names over all databases
inline constexpr auto preload_libraries =
    "preload_libraries";  ///< list from the settings (shared_preload_libraries)

// ---- assess: signs of a copy that was taken while a server wrote -----------------------------------
inline constexpr auto max_page_lsn = "max_page_lsn";  ///< text: newest page LSN of the sampled relations

/// text: what content_time was read from, where that is the backup itself and no file's time (the core's
/// backup series rely on it)
inline constexpr auto dated_by = "dated_by";

// ---- dumps and archives -----------------------------------------------------------------------------
inline constexpr auto server_version = "server_version";    ///< text: of the server that was dumped
inline constexpr auto dump_version = "dump_version";        ///< text: of pg_dump
inline constexpr auto dump_complete = "dump_complete";      ///< text: "complete", "truncated", "not checked"
inline constexpr auto archive_version = "archive_version";  ///< text: of pg_dump's archive format, "1.16"
inline constexpr auto old_features = "old_features";        ///< list: names of version_rules() that it shows
inline constexpr auto head_only = "head_only";              ///< flag: only the beginning was looked at
/// list: what is read, in order: "form|path|database"; form is sql, archive or directory, path relative to
/// the finding ("" = itself), database where a dump of one database goes if it does not say so itself
inline constexpr auto dump_parts = "dump_parts";
/// list of file names: a WAL archive's segments, sorted, then its .partial and .history files; of a cluster
/// in an archive what lies in its pg_wal
inline constexpr auto wal_segments = "wal_segments";

}  // namespace recover::postgresql::fact
