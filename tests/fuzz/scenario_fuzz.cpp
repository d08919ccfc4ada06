// Whatever a scenario file holds: it is read, or refused with an InputError; and what is read can be written and read again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "lockin/error.hpp"
#include "lockin/scenario/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  lockin::Scenario scenario;
  try {
    scenario = lockin::parse_scenario(text, "fuzz.toml");
    (void)scenario.market();
  } catch (const lockin::InputError&) {
    return 0;
  }
  const lockin::Scenario again = lockin::parse_scenario(scenario.resolved, "fuzz.toml");  // must not throw
  if (again.resolved != scenario.resolved) {
    std::fprintf(stderr, "the resolved scenario changes when it is read:\n%s\n---\n%s\n",
                 scenario.resolved.c_str(), again.resolved.c_str());
    std::abort();
  }
  return 0;
}
