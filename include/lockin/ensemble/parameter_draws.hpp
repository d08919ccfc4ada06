#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lockin/random/gaussian_copula.hpp"
#include "lockin/scenario/scenario.hpp"

namespace lockin {

/// How uncertain numbers are drawn over the replications of an ensemble.
///
/// Each number is the quantile of its distribution at a point u in (0, 1). A stream is named by the number's key, so that one
/// more uncertain number leaves the draws of the others alone (Sobol': those before it).
class ParameterDraws {
 public:
  /// @param numbers what is drawn
  /// @param design how the points lie
  /// @param seed names them
  /// @param replications how many there are: a Latin hypercube has as many strata
  /// @param correlations of some of the numbers
  /// @throws std::invalid_argument for more numbers than the tables of Sobol' hold, more than 2^32 - 1 replications, a
  ///   correlation of what is no number of these, and correlations that `GaussianCopula` refuses
  ParameterDraws(std::vector<UncertainNumber> numbers, Design design, std::uint64_t seed,
                 std::uint64_t replications, const std::vector<Correlation>& correlations = {});
  ~ParameterDraws();
  ParameterDraws(ParameterDraws&& other) noexcept;  ///< the other one may only be destroyed then

  /// What is drawn.
  [[nodiscard]] const std::vector<UncertainNumber>& numbers() const { return numbers_; }
  /// The point of a replication, one coordinate in (0, 1) per number: a pure function of design, seed and r, and of the number of
  /// replications for a Latin hypercube (McKay, Beckman and Conover 1979). Sobol': Joe and Kuo's directions (2008), scrambled by a
  /// hash after Owen (Laine and Karras 2011). Correlated numbers are uniform as all are, but only the first of them keeps
  /// to the strata of a hypercube.
  [[nodiscard]] std::vector<double> point(std::uint64_t r) const;
  /// The numbers of a replication.
  [[nodiscard]] std::vector<double> draw(std::uint64_t r) const;

 private:
  struct Sobol;
  std::vector<UncertainNumber> numbers_;
  Design design_;
  std::uint64_t seed_, replications_;
  GaussianCopula copula_;
  std::unique_ptr<Sobol> sobol_;
};

}  // namespace lockin
