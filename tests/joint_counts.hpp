#pragma once

// Joint counts of the slots of a type, from either engine, and tests that two sets of histories have one law of them.

#include <Eigen/Eigenvalues>

#include <boost/math/distributions/fisher_f.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "statistical.hpp"

namespace lockin::test {

/// Slots whose joint states are compared: all that the cohort engine follows together.
struct JointTable {
  TypeId type;
  std::vector<std::size_t> slots;
  std::size_t first = 0;  ///< place of its cells among those of all tables
};

/// The joint tables of a market, one after the other; in a table the first slot's state is highest.
struct JointTables {
  std::vector<JointTable> tables;
  std::size_t cells = 0;

  JointTables(const Market& market, const CohortEngine& engine) : states_(engine.tally().slots) {
    for (std::size_t y = 0; y < market.type_count(); ++y)
      for (std::size_t k = 0; k < market.type(TypeId(y)).slots.size(); ++k) {
        const std::vector<std::size_t> slots = engine.together(TypeId(y), k);
        if (slots.front() != k) continue;
        tables.push_back({TypeId(y), slots, cells});
        std::size_t size = 1;
        for (const std::size_t slot : slots) size *= states_[y][slot].states.size();
        cells += size;
      }
  }

  [[nodiscard]] std::vector<double> count(const CohortEngine& engine) const {
    std::vector<double> counts(cells, 0.0);
    for (const JointTable& table : tables)
      for (const CohortEngine::Cell& cell : engine.joint(table.type, table.slots.front()))
        counts.at(place(table, [&](std::size_t i) { return cell.states[i]; })) +=
            static_cast<double>(cell.count);
    return counts;
  }

  /// Of the agent engine, or another that shows its customers.
  template <class E>
    requires requires(const E& e) { e.columns(); }
  [[nodiscard]] std::vector<double> count(const E& engine) const {
    std::vector<double> counts(cells, 0.0);
    for (const CustomerColumns& columns : engine.columns())
      for (const JointTable& table : tables) {
        if (table.type != columns.type) continue;
        const std::size_t left = states_[table.type.index()][table.slots[0]].states.left();
        for (std::size_t n = 0; n < columns.states[0].size(); ++n)
          if (columns.states[table.slots[0]][n] != left)
            counts.at(place(table, [&](std::size_t i) { return columns.states[table.slots[i]][n]; })) += 1;
      }
    return counts;
  }

 private:
  template <class StateOf>
  [[nodiscard]] std::size_t place(const JointTable& table, StateOf&& state_of) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < table.slots.size(); ++i)
      at = at * states_[table.type.index()][table.slots[i]].states.size() + state_of(i);
    return table.first + at;
  }
  std::vector<std::vector<SlotTally>> states_;
};

/// Histories of counts: [history][cell].
using Histories = std::vector<std::vector<double>>;

/// Cells with at least `fewest` customers in all histories of both samples together keep a column of their own, the others
/// share one, which is left out if it is rarer still.
inline std::pair<Histories, Histories> pool_rare(const Histories& first, const Histories& second,
                                                 double fewest = 200) {
  std::vector<double> total(first.at(0).size(), 0.0);
  for (const Histories* sample : {&first, &second})
    for (const auto& history : *sample)
      for (std::size_t c = 0; c < total.size(); ++c) total[c] += history.at(c);
  double rest = 0;
  for (const double n : total) rest += n < fewest ? n : 0;
  const auto pooled = [&](const Histories& sample) {
    Histories result;
    for (const auto& history : sample) {
      std::vector<double> columns;
      double pool = 0;
      for (std::size_t c = 0; c < total.size(); ++c) {
        if (total[c] >= fewest)
          columns.push_back(history[c]);
        else
          pool += history[c];
      }
      if (rest >= fewest) columns.push_back(pool);
      result.push_back(std::move(columns));
    }
    return result;
  };
  return {pooled(first), pooled(second)};
}

/// Two samples of vectors have one mean: Hotelling's T-squared with the pooled covariance, so that customers of one history
/// may depend on each other. Directions without spread (counts that add up) must not differ at all.
/// @param effect if given: the smallest shift, in standard deviations of one history in its own direction, that is caught
/// @param seen if given: T-squared, nearly chi-square, and its degrees of freedom
inline testing::AssertionResult same_means(const Histories& first, const Histories& second, double rate,
                                           double* effect = nullptr, statistical::Statistic* seen = nullptr) {
  const auto n1 = static_cast<double>(first.size()), n2 = static_cast<double>(second.size());
  const auto p = static_cast<Eigen::Index>(first.at(0).size());
  const auto matrix = [&](const Histories& sample) {
    Eigen::MatrixXd m(static_cast<Eigen::Index>(sample.size()), p);
    for (std::size_t r = 0; r < sample.size(); ++r)
      for (Eigen::Index c = 0; c < p; ++c)
        m(static_cast<Eigen::Index>(r), c) = sample[r].at(static_cast<std::size_t>(c));
    return m;
  };
  Eigen::MatrixXd a = matrix(first), b = matrix(second);
  const Eigen::RowVectorXd mean_a = a.colwise().mean(), mean_b = b.colwise().mean();
  a.rowwise() -= mean_a;
  b.rowwise() -= mean_b;
  const Eigen::MatrixXd covariance = (a.transpose() * a + b.transpose() * b) / (n1 + n2 - 2);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  const Eigen::VectorXd shift = solver.eigenvectors().transpose() * (mean_a - mean_b).transpose();
  double statistic = 0, degrees = 0;
  for (Eigen::Index i = 0; i < p; ++i) {
    // Sums that are fixed have a variance of rounding size; that of a cell with 200 customers is far above 1e-9 of the largest.
    if (solver.eigenvalues()[i] > 1e-9 * solver.eigenvalues()[p - 1]) {
      statistic += shift[i] * shift[i] / solver.eigenvalues()[i] * n1 * n2 / (n1 + n2);
      ++degrees;
    } else if (std::fabs(shift[i]) > 1e-9 * (mean_a.norm() + mean_b.norm())) {
      return testing::AssertionFailure() << "a sum that never varies differs by " << shift[i];
    }
  }
  if (degrees < 1 || n1 + n2 < 10 * degrees)
    return testing::AssertionFailure() << "too few histories for " << degrees << " cells";
  const double caught = statistical::detectable_effect(n1 * n2 / (n1 + n2), degrees, rate);
  if (effect) *effect = caught;
  if (seen) *seen = {statistic, degrees};
  const double f = statistic * (n1 + n2 - degrees - 1) / (degrees * (n1 + n2 - 2));
  const double p_value =
      boost::math::cdf(boost::math::complement(boost::math::fisher_f(degrees, n1 + n2 - degrees - 1), f));
  return statistical::verdict(p_value, rate)
         << ": T-squared " << statistic << " with " << degrees << " degrees of freedom, " << n1 << " and "
         << n2 << " histories; would catch a shift of " << caught << " sd of a history";
}

/// The count of one cell has one law over two sets of histories: chi-square of the table of counts.
inline testing::AssertionResult same_law_of_count(const Histories& first, const Histories& second,
                                                  std::size_t cell, double rate) {
  double most = 0;
  for (const Histories* sample : {&first, &second})
    for (const auto& history : *sample) most = std::max(most, history.at(cell));
  const auto table = [&](const Histories& sample) {
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(most) + 1, 0);
    for (const auto& history : sample) ++counts[static_cast<std::size_t>(history.at(cell))];
    return counts;
  };
  const std::vector<std::uint64_t> a = table(first), b = table(second);
  return statistical::same_law(std::span<const std::uint64_t>(a), std::span<const std::uint64_t>(b), rate);
}

/// Products of the deviations of some cells' counts from the means of both samples together, squares among them: their means
/// are variances and covariances.
inline std::pair<Histories, Histories> products(const Histories& first, const Histories& second,
                                                const std::vector<std::size_t>& cells) {
  std::vector<double> mean(cells.size(), 0.0);
  for (const Histories* sample : {&first, &second})
    for (const auto& history : *sample)
      for (std::size_t i = 0; i < cells.size(); ++i)
        mean[i] += history.at(cells[i]) / static_cast<double>(first.size() + second.size());
  const auto of = [&](const Histories& sample) {
    Histories result;
    for (const auto& history : sample) {
      result.emplace_back();
      for (std::size_t i = 0; i < cells.size(); ++i)
        for (std::size_t k = i; k < cells.size(); ++k)
          result.back().push_back((history[cells[i]] - mean[i]) * (history[cells[k]] - mean[k]));
    }
    return result;
  };
  return {of(first), of(second)};
}

/// The cells whose count varies most over histories, by their variance in the first sample; ties: the earlier cell.
inline std::vector<std::size_t> liveliest_cells(const Histories& sample, std::size_t how_many) {
  std::vector<double> variance;
  for (std::size_t c = 0; c < sample.at(0).size(); ++c) {
    std::vector<double> counts;
    for (const auto& history : sample) counts.push_back(history[c]);
    variance.push_back(statistical::moments(counts).variance);
  }
  std::vector<std::size_t> order(variance.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return variance[a] > variance[b]; });
  order.resize(std::min(how_many, order.size()));
  return order;
}

}  // namespace lockin::test
