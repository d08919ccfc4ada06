// Runs a fuzz target on the files of a folder, and on as many changed ones as asked for: what libFuzzer does, without its
// coverage, so that any compiler runs it as an ordinary test.
//
// Usage: TARGET FOLDER [CHANGES]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

// A few bytes changed, doubled, taken out, or a part of another input put in.
Input changed(Input input, const Input& other, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  const auto at = [&](const Input& of, std::size_t i) { return of.begin() + static_cast<std::ptrdiff_t>(i); };
  for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
    const std::size_t from = below(input.size()), length = std::min(below(64), input.size() - from);
    switch (below(4)) {
      case 0:
        if (!input.empty()) input[from] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        input.erase(at(input, from), at(input, from + length));
        break;
      case 2: {
        const Input part(at(input, from), at(input, from + length));
        input.insert(at(input, from), part.begin(), part.end());
        break;
      }
      default: {
        const std::size_t start = below(other.size()), n = std::min(below(64), other.size() - start);
        input.insert(at(input, from), at(other, start), at(other, start + n));
      }
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: TARGET FOLDER [CHANGES]\n"), 2;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Input> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (inputs.empty()) return std::fprintf(stderr, "%s: no files\n", argv[1]), 2;
  for (const Input& input : inputs) LLVMFuzzerTestOneInput(input.data(), input.size());
  std::mt19937_64 random(20261129);
  const long changes = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 0;
  for (long i = 0; i < changes; ++i) {
    const Input input = changed(inputs[random() % inputs.size()], inputs[random() % inputs.size()], random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu files and %ld changes of them\n", inputs.size(), changes);
}
