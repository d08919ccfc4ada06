#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstdint>
#include <string>

namespace lockin::test {

/// A test for each set of vector instructions that the processor and the compiler have, forced for its time.
class InstructionSets : public testing::TestWithParam<std::int64_t> {
 protected:
  InstructionSets() { choose(GetParam()); }
  ~InstructionSets() override { choose(0); }

 private:
  // As if the processor had no better set: better ones are lower bits, and not every file is compiled for each.
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(0);  // what there is
    if (target != 0) hwy::SetSupportedTargetsForTest(hwy::SupportedTargets() & -target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

inline std::string name_of_set(const testing::TestParamInfo<std::int64_t>& info) {
  return hwy::TargetName(info.param);
}

}  // namespace lockin::test
