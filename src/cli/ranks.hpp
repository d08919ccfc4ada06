#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lockin/ensemble/ranks.hpp"

namespace lockin::cli {

/// The processes that a launcher of MPI started this one with; without one, or built without MPI, this one alone.
class Processes {
 public:
  Processes();
  ~Processes();
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  /// Null if it is alone.
  [[nodiscard]] Ranks* ranks() const { return ranks_.get(); }
  /// This one takes part in what rank 0 does, and says nothing.
  [[nodiscard]] bool helps() const { return ranks_ && ranks_->rank() > 0; }
  /// Processors for each process of this machine.
  [[nodiscard]] std::size_t processors() const { return processors_; }
  /// Ends all of them where this one failed: they wait for it.
  void end(int status);

 private:
  std::unique_ptr<Ranks> ranks_;
  std::size_t processors_;
};

/// Rank 0's texts become everyone's, so that files need to be on its machine only.
void share(Ranks& ranks, std::vector<std::string>& texts);

}  // namespace lockin::cli
