# Doxyfile must accept documented headers and object to undocumented functions, members and types, detail/ excepted.
#   cmake -DROOT=... -DWORK=... -DDOXYGEN=... -P docs_selftest.cmake
file(REMOVE_RECURSE ${WORK})
set(namespace "#pragma once\n/// A namespace.\nnamespace lockin {\n")
file(WRITE ${WORK}/good/good.hpp
     "${namespace}/// A value.\nstruct Good {\n  int value;  ///< documented\n"
     "  bool operator==(const Good&) const = default;\n  auto operator<=>(const Good&) const = default;\n};\n}\n")
file(WRITE ${WORK}/good/detail/private.hpp "${namespace}int hidden();\n}\n")
file(WRITE ${WORK}/bad_function/bad.hpp "${namespace}int bad();\n}\n")
file(WRITE ${WORK}/bad_member/bad.hpp "${namespace}/// A value.\nstruct Value {\n  int bad;\n};\n}\n")
file(WRITE ${WORK}/bad_type/bad.hpp "${namespace}enum class bad { a };\n}\n")
foreach(kind good bad_function bad_member bad_type)
  file(WRITE ${WORK}/Doxyfile
       "@INCLUDE = ${ROOT}/Doxyfile\nINPUT = ${kind}\nOUTPUT_DIRECTORY = ${kind}.out\n")
  execute_process(COMMAND ${DOXYGEN} Doxyfile WORKING_DIRECTORY ${WORK}
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(kind STREQUAL "good" AND NOT status EQUAL 0)
    message(FATAL_ERROR "the good header was refused:\n${output}")
  elseif(NOT kind STREQUAL "good" AND (status EQUAL 0 OR NOT output MATCHES "bad.*not documented"))
    message(FATAL_ERROR "${kind} was not noticed (status ${status}):\n${output}")
  endif()
endforeach()
