#include "cli/ranks.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#ifdef LOCKIN_WITH_MPI
#include "lockin/mpi/mpi_ranks.hpp"
#endif

namespace lockin::cli {

Processes::Processes() : processors_(std::max(1u, std::thread::hardware_concurrency())) {
#ifdef LOCKIN_WITH_MPI
  if (!MpiRanks::launched()) return;
  auto ranks = std::make_unique<MpiRanks>();
  processors_ = std::max<std::size_t>(1, processors_ / ranks->size_here());
  ranks_ = std::move(ranks);
#endif
}

Processes::~Processes() = default;

void Processes::end([[maybe_unused]] int status) {
#ifdef LOCKIN_WITH_MPI
  if (ranks_ && status != 0) MpiRanks::abort(status);
#endif
}

void share(Ranks& ranks, std::vector<std::string>& texts) {
  const auto share_number = [&](std::size_t number) {
    std::uint64_t word = number;
    ranks.broadcast(std::span(&word, 1));
    return static_cast<std::size_t>(word);
  };
  texts.resize(share_number(texts.size()));
  for (std::string& text : texts) {
    text.resize(share_number(text.size()));
    std::vector<std::uint64_t> words((text.size() + 7) / 8);
    if (text.empty()) continue;
    std::memcpy(words.data(), text.data(), text.size());
    ranks.broadcast(words);
    std::memcpy(text.data(), words.data(), text.size());
  }
}

}  // namespace lockin::cli
