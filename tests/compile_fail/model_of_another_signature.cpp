// expect: no matching function for call || no matching constructor for initialization
#include <vector>

#include "lockin/choice/choice_model.hpp"

struct Model {
  void utilities(const lockin::ChoiceContext&, std::vector<double>&) const {}
};

const lockin::AnyChoiceModel model{Model{}};
