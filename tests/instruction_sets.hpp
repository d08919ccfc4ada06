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
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);  // 0: what there is
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

inline std::string name_of_set(const testing::TestParamInfo<std::int64_t>& info) {
  return hwy::TargetName(info.param);
}

}  // namespace lockin::test
