#pragma once

#include "lockin/ensemble/ranks.hpp"

namespace lockin {

/// The processes that one `mpirun` or `srun` started. Part of `lockin::mpi`, which is built where MPI is found.
class MpiRanks final : public Ranks {
 public:
  /// Whether this process was started by a launcher of MPI: OpenMPI's, or Slurm with PMIx.
  [[nodiscard]] static bool launched();

  /// Ends all the processes at once.
  /// @param status of the launcher
  [[noreturn]] static void abort(int status);

  /// Initialises MPI, once in a process. @throws std::runtime_error if MPI does not start
  MpiRanks();
  /// Ends MPI. While an exception is on its way it ends the processes instead: the others wait for this one.
  ~MpiRanks() override;
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;

  [[nodiscard]] std::size_t rank() const override { return rank_; }
  [[nodiscard]] std::size_t size() const override { return size_; }
  /// How many of them run on this machine, this one among them.
  [[nodiscard]] std::size_t size_here() const { return size_here_; }
  void broadcast(std::span<std::uint64_t> words) override;
  void send(std::span<const std::byte> bytes) override;
  [[nodiscard]] std::vector<std::byte> receive(std::size_t from) override;

 private:
  std::size_t rank_ = 0, size_ = 1, size_here_ = 1;
  int exceptions_;
};

}  // namespace lockin
