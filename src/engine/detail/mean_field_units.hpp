#pragma once

#include <vector>

#include "engine/detail/mean_field_layout.hpp"
#include "engine/detail/mean_field_split.hpp"
#include "lockin/engine/mean_field_engine.hpp"

namespace lockin {

struct MeanFieldEngine::Group {
  std::vector<std::size_t> slots;
  const detail::MeanFieldLayout* layout = nullptr;
  detail::JointCounts joint;
};

struct MeanFieldEngine::Unit {
  std::vector<std::size_t> types;
  double present = 0;
  std::vector<Group> groups;
};

}  // namespace lockin
