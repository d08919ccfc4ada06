// Whatever a checkpoint holds, its checksum being right: the run goes on to its end, or the file is refused with a clear error.
// An input is a list of changes of a sound checkpoint, four bytes each: where (two bytes), what (a byte), and how; the first byte
// says how much of its end is cut off.
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "ensemble/checkpoint.hpp"
#include "ensemble/small_ensemble.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path& path() {
  static const fs::path file =
      fs::temp_directory_path() / ("lockin_fuzz_" + std::to_string(getpid()) + ".checkpoint");
  return file;
}

const lockin::Scenario& scenario() {
  static const lockin::Scenario small =
      lockin::small_scenario({"run.engine=\"mean_field\"", "horizon.end=2025"});
  return small;
}

// The words of a checkpoint that half of the replications left.
const std::vector<std::uint64_t>& sound() {
  static const std::vector<std::uint64_t> words = [] {
    lockin::EnsembleOptions options;
    options.threads = 1;
    options.checkpoint = path();
    options.checkpoint_seconds = 0;
    options.progress = [](const lockin::EnsembleStatus& status) { return status.done < 6; };
    try {
      (void)lockin::run_ensemble(scenario(), options);
    } catch (const lockin::EnsembleStopped&) {  // as asked for
    }
    std::ifstream in(path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (bytes.size() < 48) throw std::logic_error("no checkpoint was left");
    std::vector<std::uint64_t> result(bytes.size() / 8);
    std::memcpy(result.data(), bytes.data(), result.size() * 8);
    return result;
  }();
  return words;
}

void change(std::vector<std::uint64_t>& words, const std::uint8_t* by) {
  const std::size_t at = 2 + (by[0] | static_cast<std::size_t>(by[1]) << 8) % (words.size() - 4);
  switch (by[3] % 4) {
    case 0:
      words[at] ^= static_cast<std::uint64_t>(by[2]) << (by[3] / 4 % 8 * 8);
      break;
    case 1:
      words[at] = by[2];
      break;
    case 2:
      words[at] = ~static_cast<std::uint64_t>(by[2]);
      break;
    default:
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint64_t> words = sound();
  if (size > 0) words.resize(words.size() - data[0] % (words.size() / 2));
  for (std::size_t i = 1; i + 4 <= size && words.size() > 16; i += 4) change(words, data + i);
  lockin::Checksum checksum;
  words[words.size() - 2] = words.size() * 8;
  checksum.add(std::as_bytes(std::span(words)).first((words.size() - 1) * 8));
  words.back() = checksum.value();
  {
    std::ofstream out(path(), std::ios::binary);
    out.write(reinterpret_cast<const char*>(words.data()), static_cast<std::streamsize>(words.size() * 8));
  }
  lockin::EnsembleOptions options;
  options.threads = 1;
  options.checkpoint = path();
  options.resume = true;
  try {
    (void)lockin::run_ensemble(scenario(), options);
  } catch (const std::invalid_argument&) {  // refused
  } catch (const lockin::EnsembleError&) {  // goes on from failed replications that the file tells of
  }
  fs::remove(path());
  return 0;
}
