#include <lockin/scenario/bundled.hpp>
#include <lockin/version.hpp>

#include <iostream>

int main() {
  std::cout << "lockin " << lockin::version() << '\n';
  for (const lockin::BundledScenario& scenario : lockin::bundled_scenarios())
    std::cout << scenario.name << '\n';
}
