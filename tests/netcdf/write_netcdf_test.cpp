#include "lockin/netcdf/write_netcdf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netcdf.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include "ensemble/small_ensemble.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// Two layers of which one has tokens, two segments, three providers of which one does not sell everywhere, market totals.
constexpr std::string_view wide = R"(title = "Wide é"
currency = "CNY bn"
[horizon]
start = "2025Q3"
end = "2027Q2"
[market]
size = { 2025 = 10.0, 2027 = 16.0 }
[layers.iaas]
share = 0.7
lock_in = { stages = 1, advance = 0.5 }
[layers.maas]
share = 0.3
unit = "tokens"
[providers.a]
name = "甲"
iaas = { share = 0.6, appeal = { dist = "normal", mean = 0.0, sd = 0.3 } }
maas = { share = 0.5, price_per_million_tokens = 2.0 }
[providers.b]
iaas = { share = "rest" }
maas = { share = "rest", price_per_million_tokens = 1.5 }
[providers.c]
iaas = { share = 0.1 }
[segments.firms]
customers = 300
re_evaluate = 0.6
[segments.offices]
customers = 200
re_evaluate = 0.3
[run]
engine = "agent"
replications = 9
seed = 9_000_000_000
)";

// A file as netCDF-C reads it.
class Opened {
 public:
  explicit Opened(const fs::path& path) { check(nc_open(path.c_str(), NC_NOWRITE, &id_)); }
  ~Opened() { nc_close(id_); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  [[nodiscard]] bool has(const std::string& name) const {
    int variable = -1;
    return nc_inq_varid(id_, name.c_str(), &variable) == NC_NOERR;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    int count = 0;
    check(nc_inq_nvars(id_, &count));
    std::vector<std::string> result;
    for (int i = 0; i < count; ++i) {
      std::array<char, NC_MAX_NAME + 1> name{};
      check(nc_inq_varname(id_, i, name.data()));
      result.emplace_back(name.data());
    }
    return result;
  }
  [[nodiscard]] std::vector<std::string> dimensions(const std::string& name) const {
    std::vector<std::string> result;
    for (const int dimension : dimension_ids(name)) {
      std::array<char, NC_MAX_NAME + 1> text{};
      check(nc_inq_dimname(id_, dimension, text.data()));
      result.emplace_back(text.data());
    }
    return result;
  }
  [[nodiscard]] std::vector<double> numbers(const std::string& name) const {
    std::vector<double> values(size(name));
    check(nc_get_var_double(id_, variable(name), values.data()));
    return values;
  }
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const {
    std::vector<char*> pointers(size(name));
    check(nc_get_var_string(id_, variable(name), pointers.data()));
    std::vector<std::string> result(pointers.begin(), pointers.end());
    nc_free_string(pointers.size(), pointers.data());
    return result;
  }
  [[nodiscard]] std::string text(const std::string& name, const char* attribute) const {
    const int of = name.empty() ? NC_GLOBAL : variable(name);
    std::size_t length = 0;
    if (nc_inq_attlen(id_, of, attribute, &length) != NC_NOERR) return "none";
    std::string result(length, ' ');
    check(nc_get_att_text(id_, of, attribute, result.data()));
    return result;
  }
  [[nodiscard]] long long number(const std::string& name, const char* attribute) const {
    long long result = 0;
    check(nc_get_att_longlong(id_, name.empty() ? NC_GLOBAL : variable(name), attribute, &result));
    return result;
  }
  [[nodiscard]] double fill(const std::string& name) const {
    double result = 0;
    check(nc_get_att_double(id_, variable(name), "_FillValue", &result));
    return result;
  }

 private:
  static void check(int status) { ASSERT_EQ(status, NC_NOERR) << nc_strerror(status); }
  [[nodiscard]] int variable(const std::string& name) const {
    int result = -1;
    EXPECT_EQ(nc_inq_varid(id_, name.c_str(), &result), NC_NOERR) << name;
    return result;
  }
  [[nodiscard]] std::vector<int> dimension_ids(const std::string& name) const {
    int count = 0;
    check(nc_inq_varndims(id_, variable(name), &count));
    std::vector<int> ids(static_cast<std::size_t>(count));
    check(nc_inq_vardimid(id_, variable(name), ids.data()));
    return ids;
  }
  [[nodiscard]] std::size_t size(const std::string& name) const {
    std::size_t result = 1;
    for (const int dimension : dimension_ids(name)) {
      std::size_t length = 0;
      check(nc_inq_dimlen(id_, dimension, &length));
      result *= length;
    }
    return result;
  }
  int id_ = -1;
};

class Netcdf : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("lockin_netcdf_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static RunRecord record(const Scenario& scenario) {
    RunRecord of;
    of.version = "1.2.3";
    of.scenario = scenario.name;
    of.title = scenario.spec.title;
    of.currency = scenario.spec.currency;
    of.resolved = scenario.resolved;
    of.engine = "agent";
    of.seed = scenario.run.seed;
    return of;
  }
  // An ensemble with its replications, in a file.
  fs::path write(const std::string& name, const Scenario& scenario, std::size_t threads = 1,
                 std::size_t together = 100) {
    EnsembleOptions options{.threads = threads, .allow_failures = true};
    options.replication_file = folder_ / "replications";
    ensemble_ = run_ensemble(scenario, options);
    const ReplicationFile replications(options.replication_file);
    write_netcdf(ensemble_, record(scenario), folder_ / name,
                 {.replications = &replications, .block_bytes = 8 * together * replications.width()});
    return folder_ / name;
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
  Ensemble ensemble_;
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Every cell of every measure against the ensemble: how many had a value.
std::size_t compare_bands(const Opened& file, const Ensemble& ensemble) {
  const std::size_t L = ensemble.names().layers.size(), S = ensemble.names().segments.size(),
                    J = ensemble.names().providers.size(), T = ensemble.calendar().size();
  const std::vector<int> years = ensemble.table().whole_years();
  std::size_t valued = 0;
  for (const bool by_year : {false, true})
    for (const Measure measure : all_measures()) {
      const std::string name = (by_year ? "annual_" : "") + std::string(name_of(measure));
      if (!file.has(name)) {
        ADD_FAILURE() << name;
        continue;
      }
      const auto mean = file.numbers(name), se = file.numbers(name + "_se"), sd = file.numbers(name + "_sd"),
                 quantiles = file.numbers(name + "_quantile");
      std::size_t i = 0;
      for (std::size_t t = 0; t < (by_year ? years.size() : T); ++t)
        for (std::size_t l = 0; l <= L; ++l)
          for (std::size_t s = 0; s <= S; ++s)
            for (std::size_t j = 0; j <= (measure == Measure::hhi ? 0 : J); ++j, ++i) {
              MeasureAt at{measure, {}, static_cast<long>(t), {}};
              if (by_year) at.year = years[t];
              if (l > 0) at.key.layer = LayerId(l - 1);
              if (s > 0) at.key.segment = SegmentId(s - 1);
              if (j > 0) at.key.provider = ProviderId(j - 1);
              const auto summary = ensemble.summary(at);
              valued += summary.has_value();
              const double none = std::nan("");
              const Summary of = summary.value_or(Summary{0, none, none, none, none, none, none, none, none});
              const double* const q = &quantiles[5 * i];
              EXPECT_TRUE(same(mean[i], of.mean) && same(se[i], of.se) && same(sd[i], of.sd) &&
                          same(q[0], of.q05) && same(q[1], of.q25) && same(q[2], of.q50) &&
                          same(q[3], of.q75) && same(q[4], of.q95))
                  << name << " " << t << " " << l << " " << s << " " << j;
            }
      EXPECT_EQ(i, mean.size());
    }
  return valued;
}

TEST_F(Netcdf, HasEveryNumberOfTheEnsemble) {
  const Opened file(write("ensemble.nc", parse_scenario(wide, "wide.toml")));
  EXPECT_GT(compare_bands(file, ensemble_), 1000u);
  EXPECT_THAT(file.dimensions("revenue_share"), ElementsAre("time", "layer", "segment", "provider"));
  EXPECT_THAT(file.dimensions("annual_hhi_quantile"), ElementsAre("year", "layer", "segment", "quantile"));
  EXPECT_THAT(file.texts("layer"), ElementsAre("all", "iaas", "maas"));
  EXPECT_THAT(file.texts("segment"), ElementsAre("all", "firms", "offices"));
  EXPECT_THAT(file.texts("provider"), ElementsAre("all", "a", "b", "c"));
  EXPECT_THAT(file.texts("provider_name"), ElementsAre("all", "甲", "b", "c"));
  EXPECT_THAT(file.numbers("year"), ElementsAre(2026));
  EXPECT_THAT(file.numbers("quantile"), ElementsAre(0.05, 0.25, 0.5, 0.75, 0.95));

  const std::size_t T = ensemble_.calendar().size();
  const auto switched = file.numbers("switched");
  for (std::size_t t = 0, i = 0; t < T; ++t)
    for (std::size_t l = 0; l < 3; ++l)
      for (std::size_t from = 0; from < 3; ++from)
        for (std::size_t to = 0; to < 3; ++to, ++i)
          EXPECT_TRUE(l == 0 ? std::isnan(switched[i])
                             : switched[i] == ensemble_
                                                  .switched(static_cast<long>(t), LayerId(l - 1),
                                                            ProviderId(from), ProviderId(to))
                                                  .mean);

  EXPECT_THAT(file.dimensions("token_share_rank_probability"),
              ElementsAre("time", "layer", "provider", "rank"));
  const auto ranks = file.numbers("token_share_rank_probability");
  std::size_t probabilities = 0;
  for (std::size_t t = 0, i = 0; t < T; ++t)
    for (std::size_t l = 0; l < 3; ++l)
      for (std::size_t j = 0; j < 4; ++j)
        for (std::size_t rank = 0; rank < 3; ++rank, ++i) {
          std::optional<double> there;
          if (l > 0 && j > 0)
            there = ensemble_.rank_probability({LayerId(l - 1), Measure::token_share},
                                               {Measure::token_share, {}, static_cast<long>(t), {}},
                                               ProviderId(j - 1), rank);
          EXPECT_TRUE(same(ranks[i], there.value_or(std::nan("")))) << t << l << j << rank;
          probabilities += there.has_value();
        }
  EXPECT_EQ(probabilities, T * 2 * 3);  // the two that sell tokens
}

TEST_F(Netcdf, HasEveryReplication) {
  const Scenario wide_one = parse_scenario(wide, "wide.toml"), failing = failing_scenario();
  for (const auto& [scenario, together] : std::vector<std::pair<const Scenario*, std::size_t>>{
           {&wide_one, 100}, {&wide_one, 4}, {&failing, 5}, {&failing, 1}}) {
    const Opened file(write(scenario->name + std::to_string(together), *scenario, 1, together));
    const std::size_t R = static_cast<std::size_t>(ensemble_.replications());
    const auto failed = file.numbers("failed");
    EXPECT_EQ(std::ranges::count(failed, 1.0), static_cast<long>(ensemble_.failed().size()));
    EXPECT_EQ(file.number("", "failed_replications"), static_cast<long long>(ensemble_.failed().size()));
    std::size_t compared = 0;
    for (const std::string& name : file.names()) {
      if (!name.ends_with("_replication")) continue;
      const auto mean = file.numbers(name.substr(0, name.rfind('_'))), cube = file.numbers(name);
      ASSERT_EQ(cube.size(), R * mean.size());
      for (std::size_t i = 0; i < mean.size(); ++i) {
        Moments moments;  // in the order of replications, as the ensemble: the same bits
        for (std::size_t r = 0; r < R; ++r) {
          EXPECT_TRUE(failed[r] == 0 || std::isnan(cube[r * mean.size() + i]));
          if (const double x = cube[r * mean.size() + i]; !std::isnan(x)) moments.add(x);
        }
        EXPECT_TRUE(moments.count() == 0 ? std::isnan(mean[i]) : moments.mean() == mean[i])
            << name << " " << i;
        compared += moments.count() > 0;
      }
      EXPECT_EQ(file.dimensions(name)[0], "replication");
    }
    const MeasureTable& table = ensemble_.table();
    const std::size_t P = ensemble_.names().providers.size();
    std::size_t valued = ensemble_.calendar().size() * ensemble_.names().layers.size() * P * P;  // who moved
    for (const MeasureAt& at : table.measures()) valued += (at.t >= 0 || at.year) && ensemble_.summary(at);
    EXPECT_EQ(compared, valued);
    const auto draws = file.numbers("draw");
    const std::size_t n = ensemble_.uncertain().size();
    for (std::size_t r = 0; r < R; ++r)
      EXPECT_TRUE(std::ranges::equal(ensemble_.draws(r), std::span(draws).subspan(r * n, n)));
    EXPECT_EQ(file.texts("uncertain_number")[0], ensemble_.uncertain()[0].key);
  }
}

TEST_F(Netcdf, SaysWhatItIsAfterTheConventions) {
  const Scenario scenario = parse_scenario(wide, "wide.toml");
  const Opened file(write("ensemble.nc", scenario));
  EXPECT_EQ(file.text("", "Conventions"), "CF-1.10");
  EXPECT_EQ(file.text("", "title"), "Wide é");
  EXPECT_EQ(file.text("", "source"), "lockin 1.2.3");
  EXPECT_EQ(file.text("", "resolved_scenario"), scenario.resolved);
  EXPECT_EQ(file.text("", "scenario_hash"), hash_of(scenario.resolved));
  EXPECT_EQ(file.text("", "engine"), "agent");
  EXPECT_EQ(file.number("", "seed"), 9'000'000'000);
  EXPECT_EQ(file.number("", "replications"), 9);
  EXPECT_EQ(file.text("time", "units"), "days since 1970-01-01");
  EXPECT_EQ(file.text("time", "calendar"), "standard");
  EXPECT_EQ(file.text("time", "bounds"), "time_bounds");
  EXPECT_EQ(file.texts("period").front(), "2025Q3");
  // date -d 2025-07-01 +%s, over 86400; the third quarter has 92 days
  EXPECT_EQ(file.numbers("time").front(), 20270);
  EXPECT_THAT(std::vector(file.numbers("time_bounds")).at(1), 20270 + 92);
  const std::vector<std::pair<std::string, std::string>> units{{"customers", "customers"},
                                                               {"revenue", "CNY bn"},
                                                               {"tokens", "1e12 tokens"},
                                                               {"token_share", "1"},
                                                               {"mean_switching_cost", "logits"},
                                                               {"annual_revenue_quantile", "CNY bn"},
                                                               {"switched_replication", "customers"}};
  for (const auto& [name, unit] : units) EXPECT_EQ(file.text(name, "units"), unit) << name;
  EXPECT_EQ(file.text("revenue", "cell_methods"), "time: sum realization: mean");
  EXPECT_EQ(file.text("annual_tokens_sd", "cell_methods"), "year: sum realization: standard_deviation");
  EXPECT_EQ(file.text("replication", "standard_name"), "realization");
  for (const std::string& name : file.names()) {
    EXPECT_TRUE(name == "time_bounds" || file.text(name, "long_name") != "none") << name;
    EXPECT_TRUE(file.dimensions(name).size() < 3 || std::isnan(file.fill(name))) << name;
    // What it names is there.
    for (const char* attribute : {"ancillary_variables", "coordinates"}) {
      std::istringstream words(file.text(name, attribute));
      for (std::string word; words >> word;)
        EXPECT_TRUE(word == "none" || file.has(word)) << name << " " << word;
    }
  }
}

TEST_F(Netcdf, SameBytesForAnyNumberOfThreads) {
  const Scenario scenario = parse_scenario(wide, "wide.toml");
  const std::string one = content(write("1.nc", scenario, 1));
  EXPECT_TRUE(content(write("3.nc", scenario, 3)) == one);
  RunRecord elsewhere = record(scenario);
  elsewhere.threads = 7;
  elsewhere.wall_seconds = 3.5;
  elsewhere.machine.processor = "another";
  const ReplicationFile replications(folder_ / "replications");
  write_netcdf(ensemble_, elsewhere, folder_ / "7.nc", {.replications = &replications});
  EXPECT_TRUE(content(folder_ / "7.nc") == one);
}

TEST_F(Netcdf, WithoutReplicationsHasBandsOnly) {
  const Scenario scenario = small_scenario({"horizon.start=\"0925\"", "horizon.end=\"0927\""});
  write_netcdf(run_ensemble(scenario), record(scenario), folder_ / "bands.nc");
  const Opened file(folder_ / "bands.nc");
  for (const std::string& name : file.names()) EXPECT_EQ(name.find("replication"), std::string::npos) << name;
  EXPECT_FALSE(file.has("tokens"));  // nobody sells any
  EXPECT_EQ(file.text("revenue", "units"), "1");
  EXPECT_EQ(file.text("time", "calendar"), "proleptic_gregorian");
}

TEST_F(Netcdf, RefusesWhatIsNotOfItAndEndsWhenAsked) {
  const Scenario scenario = small_scenario(), other = parse_scenario(wide, "wide.toml");
  write("wide.nc", other);
  const ReplicationFile replications(folder_ / "replications");
  EXPECT_THROW(write_netcdf(run_ensemble(scenario), record(scenario), folder_ / "x.nc",
                            {.replications = &replications}),
               std::invalid_argument);
  EXPECT_THROW(write_netcdf(ensemble_, record(other), folder_ / "no" / "x.nc"), fs::filesystem_error);
  EXPECT_THROW(write_netcdf(ensemble_, record(other), folder_ / "wide.nc"), fs::filesystem_error);
  struct Asked {};
  EXPECT_THROW(
      write_netcdf(ensemble_, record(other), folder_ / "y.nc", {.between_blocks = [] { throw Asked(); }}),
      Asked);
  EXPECT_FALSE(fs::exists(folder_ / "y.nc"));
  EXPECT_TRUE(fs::exists(folder_ / "wide.nc"));
}

}  // namespace
}  // namespace lockin
