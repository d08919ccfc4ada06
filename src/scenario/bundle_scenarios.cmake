# Writes the source of lockin::bundled_scenarios() from scenario files.
#   cmake -DSCENARIOS=a.toml|b.toml -DOUTPUT=bundled_scenarios.cpp -P bundle_scenarios.cmake
# Each file becomes an array of escaped bytes, so that neither its length nor its content can break the source.
string(REPLACE "|" ";" scenarios "${SCENARIOS}")
set(named)
foreach(file IN LISTS scenarios)
  get_filename_component(name ${file} NAME_WE)
  list(APPEND named "${name}|${file}")
endforeach()
list(SORT named)

set(arrays "")
set(rows "")
set(index 0)
foreach(entry IN LISTS named)
  string(REPLACE "|" ";" entry "${entry}")
  list(GET entry 0 name)
  list(GET entry 1 file)
  file(READ ${file} bytes HEX)
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char text_${index}[] = {${bytes}'\\0'};\n")
  string(APPEND rows "      {\"${name}\", {text_${index}, ${length}}},\n")
  math(EXPR index "${index} + 1")
endforeach()

if(index EQUAL 0)
  set(body "  return {};\n")
else()
  set(body "  static constexpr BundledScenario scenarios[] = {\n${rows}  };\n  return scenarios;\n")
endif()
file(WRITE ${OUTPUT}
     "// Written by bundle_scenarios.cmake from examples/scenarios.\n"
     "#include \"lockin/scenario/bundled.hpp\"\n\n"
     "namespace lockin {\nnamespace {\n\n${arrays}\n}  // namespace\n\n"
     "std::span<const BundledScenario> bundled_scenarios() {\n${body}}\n\n}  // namespace lockin\n")
