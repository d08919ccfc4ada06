# headers_alone.cmake must accept a good header and object to one that leans on another's includes, and to one without guard.
file(REMOVE_RECURSE ${WORK})
file(WRITE ${WORK}/CMakeLists.txt
     "cmake_minimum_required(VERSION 3.25)\nproject(selftest LANGUAGES CXX)\n"
     "include(${CMAKE_CURRENT_LIST_DIR}/headers_alone.cmake)\n"
     "foreach(kind good leaning guardless)\nlockin_headers_alone(\${kind} \${CMAKE_SOURCE_DIR}/include/\${kind})\nendforeach()\n")
file(WRITE ${WORK}/include/good/good.hpp "#pragma once\n#include <vector>\ninline std::vector<int> good;\n")
file(WRITE ${WORK}/include/leaning/leaning.hpp "#pragma once\ninline std::vector<int> leaning;\n")
file(WRITE ${WORK}/include/guardless/guardless.hpp "struct Guardless {};\n")

execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK} -B ${WORK}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
foreach(kind good leaning guardless)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build --target ${kind}
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(kind STREQUAL "good" AND NOT status EQUAL 0)
    message(FATAL_ERROR "the good header was refused:\n${output}")
  elseif(NOT kind STREQUAL "good" AND status EQUAL 0)
    message(FATAL_ERROR "the ${kind} header was not noticed")
  elseif(NOT output MATCHES "${kind}\\.hpp")
    message(FATAL_ERROR "the message does not name ${kind}.hpp:\n${output}")
  endif()
endforeach()
