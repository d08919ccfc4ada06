#include "lockin/mpi/mpi_ranks.hpp"

#include <mpi.h>

#include <cstdlib>
#include <exception>
#include <limits>
#include <stdexcept>

namespace lockin {
namespace {

// MPI ends the process itself on an error (MPI_ERRORS_ARE_FATAL); this is for those that it cannot see.
void check(int result) {
  if (result != MPI_SUCCESS) throw std::runtime_error("MPI failed");
}

}  // namespace

bool MpiRanks::launched() {
  return std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr || std::getenv("PMIX_RANK") != nullptr;
}

void MpiRanks::abort(int status) {
  MPI_Abort(MPI_COMM_WORLD, status);
  std::_Exit(status);
}

MpiRanks::MpiRanks() : exceptions_(std::uncaught_exceptions()) {
  check(MPI_Init(nullptr, nullptr));
  int rank = 0, size = 1, here = 1;
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank));
  check(MPI_Comm_size(MPI_COMM_WORLD, &size));
  MPI_Comm machine = MPI_COMM_NULL;
  check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine));
  check(MPI_Comm_size(machine, &here));
  check(MPI_Comm_free(&machine));
  rank_ = static_cast<std::size_t>(rank);
  size_ = static_cast<std::size_t>(size);
  size_here_ = static_cast<std::size_t>(here);
}

MpiRanks::~MpiRanks() {
  if (std::uncaught_exceptions() > exceptions_) abort(1);
  MPI_Finalize();
}

void MpiRanks::broadcast(std::span<std::uint64_t> words) {
  check(MPI_Bcast(words.data(), static_cast<int>(words.size()), MPI_UINT64_T, 0, MPI_COMM_WORLD));
}

void MpiRanks::send(std::span<const std::byte> bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw std::runtime_error("more than 2 GB for one message");
  check(MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 0, 0, MPI_COMM_WORLD));
}

std::vector<std::byte> MpiRanks::receive(std::size_t from) {
  MPI_Status status;
  int size = 0;
  check(MPI_Probe(static_cast<int>(from), 0, MPI_COMM_WORLD, &status));
  check(MPI_Get_count(&status, MPI_BYTE, &size));
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  check(MPI_Recv(bytes.data(), size, MPI_BYTE, static_cast<int>(from), 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
  return bytes;
}

}  // namespace lockin
