#pragma once

// The oracles of tests/data/oracles: results computed outside the library, see the README.md there.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace oracle {

inline std::ifstream open(const std::string& name) {
  std::ifstream file(LOCKIN_TEST_DATA "/oracles/" + name);
  if (!file) throw std::runtime_error("no oracle " + name);
  return file;
}

/// Parameters and expected values of each case of a JSON oracle.
inline nlohmann::json cases(const std::string& name) { return nlohmann::json::parse(open(name)).at("cases"); }

/// Rows of a CSV oracle without its head.
inline std::vector<std::vector<std::string>> rows(const std::string& name) {
  std::ifstream file = open(name);
  std::vector<std::vector<std::string>> result;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    result.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) result.back().push_back(field);
  }
  return result;
}

inline std::vector<double> numbers(const nlohmann::json& list) { return list.get<std::vector<double>>(); }

}  // namespace oracle
