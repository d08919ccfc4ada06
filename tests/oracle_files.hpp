#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockin::test {

/// The expected values of tests/data/oracles, computed outside the library.
inline nlohmann::json oracle(const std::string& name) {
  std::ifstream file(std::string(LOCKIN_TEST_DATA) + "/oracles/" + name);
  if (!file) throw std::runtime_error("no oracle " + name);
  return nlohmann::json::parse(file);
}

/// Rows of a CSV oracle as they stand, without the head.
inline std::vector<std::vector<std::string>> oracle_rows(const std::string& name) {
  std::ifstream file(std::string(LOCKIN_TEST_DATA) + "/oracles/" + name);
  if (!file) throw std::runtime_error("no oracle " + name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::stringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

inline std::vector<double> numbers(const nlohmann::json& list) { return list.get<std::vector<double>>(); }

/// Columns by name, in rows; an empty field is NaN.
using Columns = std::map<std::string, std::vector<double>>;

inline Columns oracle_columns(const std::string& name) {
  std::ifstream file(std::string(LOCKIN_TEST_DATA) + "/oracles/" + name);
  if (!file) throw std::runtime_error("no oracle " + name);
  const auto fields = [](const std::string& line) {
    std::vector<std::string> result;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) result.push_back(field);
    return result;
  };
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = fields(line);
  Columns columns;
  while (std::getline(file, line)) {
    std::vector<std::string> row = fields(line);
    row.resize(header.size());
    for (std::size_t i = 0; i < header.size(); ++i)
      columns[header[i]].push_back(row[i].empty() ? std::nan("") : std::stod(row[i]));
  }
  return columns;
}

/// Fails unless `actual` is `expected` to a relative error; values below `floor` may differ by tolerance * floor.
inline void expect_close(double actual, double expected, double tolerance, const std::string& what,
                         double floor = 1e-3) {
  EXPECT_NEAR(actual, expected, tolerance * std::max(std::abs(expected), floor)) << what;
}

}  // namespace lockin::test
