// Every derivative against differences of whole runs.

#include "lockin/analysis/gradient.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "full_market.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/simulation/simulate.hpp"
#include "market_numbers.hpp"

namespace lockin {
namespace {

using test::MarketNumber;
using test::NumbersOf;

std::vector<double> values(const MarketSpec& spec, const std::vector<MeasureAt>& moments) {
  const Market market(spec);
  RunSettings settings;
  settings.engine = EngineKind::mean_field;
  settings.threads = 1;
  const Trajectory path = simulate(market, settings);
  std::vector<double> result;
  for (const MeasureAt& at : moments)
    result.push_back(
        (at.year ? path.annual_value(*at.year, at.measure, at.key) : path.value(at.t, at.measure, at.key))
            .value());
  return result;
}

// Numbers that move together, so that sums that must hold go on holding: each with its part.
using Direction = std::vector<std::pair<std::size_t, double>>;

MarketSpec moved(MarketSpec spec, const Direction& direction, double by) {
  NumbersOf numbers(spec);
  for (const auto& [i, part] : direction) numbers.all[i].set(numbers.all[i].get() + part * by);
  return spec;
}

// Differences over h and h / 2, extrapolated (Richardson 1911): on both sides to h^4, on one side, where the other is out of
// the range, with four points to h^4 as well.
std::vector<double> differences(const MarketSpec& spec, const Direction& direction, double h,
                                const std::vector<MeasureAt>& moments) {
  const auto at = [&](double x) { return values(moved(spec, direction, x), moments); };
  bool both = true;
  for (const double x : {-h, h}) both = both && check_market(moved(spec, direction, x)).empty();
  std::vector<double> slope(moments.size());
  if (both) {
    const auto a = at(-h), b = at(-h / 2), c = at(h / 2), d = at(h);
    for (std::size_t i = 0; i < slope.size(); ++i)
      slope[i] = (4 * (c[i] - b[i]) / h - (d[i] - a[i]) / (2 * h)) / 3;
    return slope;
  }
  if (!check_market(moved(spec, direction, 4 * h)).empty()) h = -h;
  if (!check_market(moved(spec, direction, 4 * h)).empty()) return {};  // held by the others
  const auto f0 = at(0), f1 = at(h), f2 = at(2 * h), f3 = at(3 * h), f4 = at(4 * h);
  for (std::size_t i = 0; i < slope.size(); ++i)
    slope[i] = (-25 * f0[i] + 48 * f1[i] - 36 * f2[i] + 16 * f3[i] - 3 * f4[i]) / (12 * h);
  return slope;
}

std::string group_of(const std::string& key) { return key.substr(0, key.rfind('.')); }

// Numbers that must add up move in pairs, one up and its neighbour down.
Direction direction_of(const std::vector<MarketNumber>& numbers, std::size_t i) {
  const std::string& key = numbers[i].key;
  if (key.find(".lock_in.opening.") != std::string::npos) {
    const std::size_t other =
        i + 1 < numbers.size() && group_of(numbers[i + 1].key) == group_of(key) ? i + 1 : i - 1;
    return {{i, 1.0}, {other, -1.0}};
  }
  return {{i, 1.0}};
}

// Returns the numbers that no difference can be taken of: the only values that the market allows.
std::vector<std::string> expect_gradients(const MarketSpec& plain, const std::vector<MeasureAt>& moments) {
  std::vector<std::string> fixed;
  MarketSpec spec = test::with_defaults_written(plain);
  const NumbersOf numbers(spec);
  const Market market(plain);
  Gradients gradients(market, 1);
  std::vector<std::map<std::string, double>> derivatives;
  const std::vector<double> value = values(spec, moments);
  for (std::size_t m = 0; m < moments.size(); ++m) {
    const Gradient of = gradients.of(moments[m]);
    EXPECT_DOUBLE_EQ(of.value, value[m]);
    derivatives.emplace_back();
    for (const PartialDerivative& partial : of.partials)
      EXPECT_TRUE(derivatives.back().emplace(partial.key, partial.derivative).second) << partial.key;
  }
  std::vector<std::string> listed, known;
  for (const auto& [key, derivative] : derivatives[0]) listed.push_back(key);
  for (const MarketNumber& number : numbers.all) known.push_back(number.key);
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(known));

  for (std::size_t i = 0; i < numbers.all.size(); ++i) {
    const std::string& key = numbers.all[i].key;
    const double size = std::abs(numbers.all[i].get());
    double h = 2e-3 * (size > 0.05 ? size : 0.5);
    if (numbers.all[i].whole) h = std::max(2.0, 2 * std::round(h / 2));  // h / 2 is whole too
    const Direction direction = direction_of(numbers.all, i);
    const std::vector<double> slopes = differences(spec, direction, h, moments);
    if (slopes.empty()) fixed.push_back(key);
    for (std::size_t m = 0; m < slopes.size(); ++m) {
      double exact = 0;
      for (const auto& [j, part] : direction) exact += part * derivatives[m].at(numbers.all[j].key);
      // Rounding of a value over h, and h^4 of a smooth function of a number of order `size`.
      const double tolerance = 1e-12 * std::abs(value[m]) / h + 2e-7 * std::abs(slopes[m]) +
                               1e-9 * std::abs(value[m]) / std::max(size, 0.5);
      EXPECT_NEAR(exact, slopes[m], tolerance)
          << key << " = " << numbers.all[i].get() << ", measure " << name_of(moments[m].measure);
    }
  }
  return fixed;
}

TEST(Gradient, AgreesWithDifferencesOnAMarketWithEverything) {
  MarketSpec spec = test::full_spec();
  spec.providers[0].offers[1].second.share_is_rest = true;  // so that each share can move alone
  const MeasureKey iaas_a{LayerId(0), {}, ProviderId(0)}, maas_b{LayerId(1), {}, ProviderId(1)};
  const auto fixed = expect_gradients(spec, {{Measure::revenue_share, {{}, {}, ProviderId(0)}, 0, 2027},
                          {Measure::customer_share, iaas_a, 11},
                          {Measure::tokens, maas_b, 9},
                          {Measure::churn, iaas_a, 8},
                          {Measure::mean_switching_cost, iaas_a, 5},
                          {Measure::mean_stage, {LayerId(1), SegmentId(1), {}}, 10},
                          {Measure::hhi, {}, 7},
                          {Measure::increment_share, iaas_a, 0, 2026},
                          {Measure::new_customer_share, maas_b, 3},
                          {Measure::customers, {LayerId(1), SegmentId(1), {}}, 11},
                          {Measure::revenue_share, iaas_a, -1}});
  EXPECT_THAT(fixed, testing::UnorderedElementsAre("providers.e.iaas.share", "providers.e.maas.share"));
}

}  // namespace
}  // namespace lockin
