// The contract of core/include/recover/engine.hpp, held against every plugin that joined and against the
// plugin as it is shipped: loaded by the catalog from its library, behind its manifest.
#include "tests/contract/engine_contract.hpp"

#include "core/model/json.hpp"
#include "core/plugin/catalog.hpp"
#include "core/scan/scanner.hpp"
#include "recover/plugin.hpp"
#include "tests/contract/failing_tree.hpp"
#include "tests/contract/plan_paths.hpp"
#include "tests/contract/recording_host.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace recover::test {

// Each engine is a parameter; its name is the name of the tests.
void PrintTo(const Joined& joined, std::ostream* out) {
  *out << joined.engine;
}

namespace {

namespace fs = std::filesystem;

using test::NoProgress;

plugin::Catalog& catalog() {
  static const auto opened = [] {
    const std::string examples = std::string(RECOVER_BUILD) + "/lib/recover/examples";
    return plugin::Catalog::open({{std::string(RECOVER_BUILD) + "/share/recover/engines", examples},
                                  {std::string(RECOVER_BUILD) + "/lib/recover/plugins", examples}});
  }();
  if (!opened) throw std::runtime_error(opened.error().cause);
  return **opened;
}

const Engine& engine_of(const std::string& name) {
  const auto engine = catalog().engine(name);
  if (!engine) throw std::runtime_error(engine.error().what + ": " + engine.error().cause);
  return **engine;
}

scan::Outcome scanned(const std::string& source) {
  scan::Options options;
  options.source = source;
  options.threads = 1;
  options.group_small_files = false;
  NoProgress progress;
  auto outcome = scan::scan(options, catalog(), progress, {});
  EXPECT_TRUE(outcome) << outcome.error().what;
  return outcome ? std::move(outcome).value() : scan::Outcome{};
}

std::unique_ptr<Tree> tree_at(const std::string& path) {
  auto tree = scan::open_tree(path);
  if (!tree) throw std::runtime_error(tree.error().what);
  return std::move(tree).value();
}

/// What the scanner hands to probe when this sample's signature hit.
Candidate candidate_of(const std::string& engine, const Sample& sample) {
  Candidate candidate;
  candidate.engine = engine;
  candidate.path = sample.path;
  candidate.marks.push_back({sample.signature, sample.path});
  for (const scan::Signature& signature : catalog().find(engine)->signatures) {
    if (signature.name == sample.signature) candidate.kind = signature.kind;
  }
  EXPECT_FALSE(candidate.kind.empty()) << engine << " has no signature " << sample.signature;
  return candidate;
}

/// A finding, or its refusal, as text that can be compared.
std::string text_of(const Result<Finding>& finding) {
  return finding ? json::dump(json::to_json(*finding)) : json::dump(json::to_json(finding.error()));
}

Wishes wishes_in(const Sandbox& sandbox) {
  Wishes wishes;
  wishes.run = "20260101-000000-abcd";
  wishes.state_directory = sandbox.state();
  wishes.jobs = 1;
  return wishes;
}

std::vector<fs::path> files_of(const std::string& tree) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    if (!entry.is_symlink() && entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void overwrite(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

class EngineContract : public ::testing::TestWithParam<Joined> {
 protected:
  [[nodiscard]] const std::string& name() const { return GetParam().engine; }
  [[nodiscard]] const Engine& engine() const { return engine_of(name()); }

  /// Calls `test(sandbox, sample)` with each sample in a world of its own whose source must not change.
  template <typename Test>
  void each_sample(const Test& test) const {
    for (const Sample& sample : GetParam().samples) {
      SCOPED_TRACE(name() + ": " + sample.signature + " at " + sample.path);
      const Sandbox sandbox;
      sample.build(sandbox);
      test(sandbox, sample);
    }
  }
  /// The same with the finding that probe makes of it, the source protected.
  template <typename Test>
  void each_finding(const Test& test) const {
    each_sample([&](const Sandbox& sandbox, const Sample& sample) {
      const_cast<Sandbox&>(sandbox).protect(sandbox.source());
      const auto tree = tree_at(sandbox.source());
      auto finding = engine().probe(candidate_of(name(), sample), *tree);
      ASSERT_TRUE(finding) << finding.error().what << ": " << finding.error().cause;
      finding->id = "c-1";
      test(sandbox, *finding, *tree);
    });
  }
};

TEST_P(EngineContract, ManifestIsThePluginsOwn) {
  const scan::Manifest* manifest = catalog().find(name());
  ASSERT_NE(manifest, nullptr);
  EXPECT_EQ(manifest->interface_version, std::uint32_t{RECOVER_ABI});
  EXPECT_TRUE(catalog().engine(name())) << "name and fingerprint are compared while it is loaded";
  const auto source = scan::load_manifest(std::string(RECOVER_SOURCE) + "/plugins/" + name() + "/engine.ini");
  ASSERT_TRUE(source) << source.error().cause;
  ASSERT_EQ(source->signatures.size(), manifest->signatures.size())
      << "the installed manifest is another one";
  for (std::size_t i = 0; i < source->signatures.size(); ++i) {
    EXPECT_EQ(source->signatures[i].name, manifest->signatures[i].name);
    EXPECT_EQ(source->signatures[i].kind, manifest->signatures[i].kind);
  }
  EXPECT_FALSE(manifest->product.empty());
  EXPECT_FALSE(manifest->package.empty()) << "a missing plugin is reported with its package";
}

TEST_P(EngineContract, OwnSamplesAreFoundAndNobodyElseClaimsThem) {
  ASSERT_FALSE(GetParam().samples.empty());
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    const_cast<Sandbox&>(sandbox).protect(sandbox.source());
    const scan::Outcome outcome = scanned(sandbox.source());
    bool was_found = false;
    for (const Finding& finding : outcome.survey.findings) {
      EXPECT_EQ(finding.engine, name()) << "claims " << finding.path;
      if (finding.path != sample.path) continue;
      was_found = true;
      if (sample.version == any_version) {
        EXPECT_FALSE(finding.version.text.empty());
      } else {
        EXPECT_EQ(finding.version.text, sample.version);
      }
      EXPECT_TRUE(sample.version.empty() || !finding.version.read_from.empty());
      EXPECT_TRUE(finding.id.starts_with(catalog().find(name())->id_prefix)) << finding.id;
      EXPECT_FALSE(finding.product.empty());
      EXPECT_FALSE(finding.evidence.empty()) << "what was read where?";
      EXPECT_GT(finding.size.logical.count, 0U);
    }
    EXPECT_TRUE(was_found);
  });
}

TEST_P(EngineContract, TheSameInputGivesTheSameJson) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    const auto tree = tree_at(sandbox.source());
    const Candidate candidate = candidate_of(name(), sample);
    EXPECT_EQ(text_of(engine().probe(candidate, *tree)), text_of(engine().probe(candidate, *tree)));
  });
}

TEST_P(EngineContract, AReadOnlyFileSystemGivesTheSameFinding) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    const std::string source = sandbox.source();
    const Candidate candidate = candidate_of(name(), sample);
    const std::string before = text_of(engine().probe(candidate, *tree_at(source)));
    ASSERT_EQ(::mount(source.c_str(), source.c_str(), nullptr, MS_BIND, nullptr), 0)
        << "needs root: the source is mounted read-only";
    ::mount(nullptr, source.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr);
    const std::string after = text_of(engine().probe(candidate, *tree_at(source)));
    ASSERT_EQ(::umount2(source.c_str(), MNT_DETACH), 0);
    EXPECT_EQ(after, before);
  });
}

TEST_P(EngineContract, EmptyFilesAreNeverCertain) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    for (const fs::path& file : files_of(sandbox.source())) overwrite(file, "");
    const auto tree = tree_at(sandbox.source());
    const auto finding = engine().probe(candidate_of(name(), sample), *tree);
    EXPECT_FALSE(finding && finding->confidence == Confidence::certain);
  });
}

TEST_P(EngineContract, GarbageIsNeverCertain) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    for (const unsigned seed : {1U, 2U, 3U}) {
      std::mt19937 random(seed);  // NOLINT(cert-msc51-cpp): repeatable on purpose
      for (const fs::path& file : files_of(sandbox.source())) {
        std::string bytes(std::min<std::size_t>(fs::file_size(file), 65536), '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        overwrite(file, bytes);
      }
      const auto tree = tree_at(sandbox.source());
      const auto finding = engine().probe(candidate_of(name(), sample), *tree);
      EXPECT_FALSE(finding && finding->confidence == Confidence::certain) << "seed " << seed;
    }
  });
}

TEST_P(EngineContract, CutFilesNeverCrash) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    const auto files = files_of(sandbox.source());
    const Candidate candidate = candidate_of(name(), sample);
    for (std::size_t i = 0; i < std::min<std::size_t>(files.size(), 40); ++i) {
      std::ostringstream whole;
      whole << std::ifstream(files[i], std::ios::binary).rdbuf();
      const std::string bytes = whole.str();
      std::set<std::size_t> cuts = {bytes.size() / 2, bytes.size() - std::min<std::size_t>(bytes.size(), 1)};
      for (std::size_t cut = 0; cut < std::min<std::size_t>(bytes.size(), 64); cut += 3) cuts.insert(cut);
      for (std::size_t cut = 64; cut < bytes.size(); cut *= 2) cuts.insert(cut);
      for (const std::size_t cut : cuts) {
        overwrite(files[i], bytes.substr(0, cut));
        const auto finding = engine().probe(candidate, *tree_at(sandbox.source()));
        EXPECT_TRUE(finding || !finding.error().id.empty());
      }
      overwrite(files[i], bytes);
    }
  });
}

TEST_P(EngineContract, FlippedBytesNeverCrash) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): repeatable on purpose
    const Candidate candidate = candidate_of(name(), sample);
    for (const fs::path& file : files_of(sandbox.source())) {
      std::ostringstream whole;
      whole << std::ifstream(file, std::ios::binary).rdbuf();
      const std::string bytes = whole.str();
      for (int time = 0; time < 12 && !bytes.empty(); ++time) {
        std::string damaged = bytes;
        // Headers are short and at the front: most flips go there.
        const std::size_t range = time % 2 == 0 ? std::min<std::size_t>(bytes.size(), 128) : bytes.size();
        damaged[random() % range] = static_cast<char>(random());
        overwrite(file, damaged);
        const auto finding = engine().probe(candidate, *tree_at(sandbox.source()));
        EXPECT_TRUE(finding || !finding.error().id.empty());
      }
      overwrite(file, bytes);
    }
  });
}

TEST_P(EngineContract, AnUnreadablePlaceIsAnAnswerNotACrash) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    const auto tree = tree_at(sandbox.source());
    const Candidate candidate = candidate_of(name(), sample);
    FailingTree counting(*tree, FailingTree::never);
    (void)engine().probe(candidate, counting).has_value();
    ASSERT_GT(counting.calls(), 0U) << "probe looked at nothing";
    for (std::size_t works = 0; works < std::min<std::size_t>(counting.calls(), 300); ++works) {
      FailingTree failing(*tree, works);
      const auto finding = engine().probe(candidate, failing);
      EXPECT_FALSE(works == 0 && finding && finding->confidence == Confidence::certain);
      EXPECT_TRUE(finding || !finding.error().id.empty());
    }
  });
}

TEST_P(EngineContract, LoopsOfLinksEnd) {
  each_sample([&](const Sandbox& sandbox, const Sample& sample) {
    const fs::path place = fs::path(sandbox.source()) / sample.path;
    const fs::path directory = fs::is_directory(place) ? place : place.parent_path();
    std::vector<fs::path> directories = {directory};
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (entry.is_directory()) directories.push_back(entry.path());
    }
    for (const fs::path& one : directories) {
      fs::create_directory_symlink(".", one / "recover-loop");
      fs::create_symlink("recover-self", one / "recover-self");
    }
    (void)engine().probe(candidate_of(name(), sample), *tree_at(sandbox.source())).has_value();
    for (const fs::path& file : files_of(sandbox.source())) {
      fs::remove(file);
      fs::create_symlink(file.filename(), file);
    }
    const auto finding = engine().probe(candidate_of(name(), sample), *tree_at(sandbox.source()));
    EXPECT_FALSE(finding && finding->confidence == Confidence::certain);
  });
}

TEST_P(EngineContract, EveryImpossibleStrategySaysWhyAndWhatHelps) {
  each_finding([&](const Sandbox& sandbox, const Finding& finding, Tree& tree) {
    RecordingHost host;
    const Survey survey{sandbox.source(), {finding}};
    const auto assessment = engine().assess(finding, survey, wishes_in(sandbox), tree, host);
    ASSERT_TRUE(assessment) << assessment.error().what << ": " << assessment.error().cause;
    EXPECT_TRUE(host.changes.empty()) << host.changes.front();
    EXPECT_TRUE(!assessment->options.empty() || finding.role != Role::database);
    for (const Option& option : assessment->options) {
      if (!option.blocked) continue;
      EXPECT_FALSE(option.blocked->id.empty());
      EXPECT_FALSE(option.blocked->what.empty()) << option.blocked->id;
      EXPECT_FALSE(option.blocked->fix.empty()) << option.blocked->id;
      EXPECT_NE(option.blocked->exit, ExitCode::ok) << option.blocked->id;
    }
  });
}

TEST_P(EngineContract, PlansChangeNothingAndStayInTheirPlaces) {
  each_finding([&](const Sandbox& sandbox, const Finding& finding, Tree& tree) {
    const Survey survey{sandbox.source(), {finding}};
    Wishes into_directory = wishes_in(sandbox);
    into_directory.target_directory = sandbox.path("target");
    for (const Wishes& wishes : {wishes_in(sandbox), into_directory}) {
      RecordingHost host;
      const auto assessment = engine().assess(finding, survey, wishes, tree, host);
      ASSERT_TRUE(assessment);
      for (const Option& option : assessment->options) {
        const auto plan = engine().plan(*assessment, option.strategy, wishes, tree, host);
        EXPECT_TRUE(host.changes.empty()) << host.changes.front();
        EXPECT_EQ(plan.has_value(), !option.blocked) << to_text(option.strategy);
        if (!plan) continue;
        const auto again = engine().plan(*assessment, option.strategy, wishes, tree, host);
        ASSERT_TRUE(again);
        EXPECT_EQ(json::dump(json::to_json(*plan)), json::dump(json::to_json(*again)));
        expect_sound(*plan, wishes, sandbox.source());
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Plugins, EngineContract, ::testing::ValuesIn(joined_engines()),
                         [](const auto& joined) { return joined.param.engine; });

TEST(EngineContractTest, EveryPluginHasJoined) {
  for (const scan::Manifest& manifest : catalog().manifests()) {
    if (manifest.library.empty()) continue;  // recognised by the manifest alone
    const bool joined = std::any_of(joined_engines().begin(), joined_engines().end(),
                                    [&](const Joined& one) { return one.engine == manifest.engine; });
    EXPECT_TRUE(joined) << "add tests/contract/" << manifest.engine << "_contract_test.cpp";
  }
}

}  // namespace

}  // namespace recover::test
