#include "lockin/report/shortest_number.hpp"

#include "number_text.hpp"

namespace lockin {

void append_shortest(std::string& text, double number) { text += number_text(number); }

}  // namespace lockin
