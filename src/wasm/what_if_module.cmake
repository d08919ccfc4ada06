# The mean-field engine for reports, compiled to WebAssembly where Emscripten is found. Sets what_if_module to the gzipped module,
# and to nothing without.
option(LOCKIN_WHAT_IF "Put the engine into reports where Emscripten is found" ON)

set(what_if_dir ${CMAKE_CURRENT_SOURCE_DIR}/src/wasm)
set(what_if_build ${CMAKE_CURRENT_BINARY_DIR}/what_if)
set(what_if_module)

# Emscripten's compiler must see the headers of these and no other header of this machine: a folder with links to them.
# Sets `result` to what is missing.
function(lockin_link_headers result folder)
  file(MAKE_DIRECTORY ${folder})
  set(headers fmt/format.h toml++/toml.h boost/version.hpp hwy/highway.h Random123/philox.h)
  foreach(header IN LISTS headers)
    string(MAKE_C_IDENTIFIER "LOCKIN_${header}" found)
    find_path(${found} ${header})
    mark_as_advanced(${found})
    if(NOT ${found})
      set(${result} "${header} not found" PARENT_SCOPE)
      return()
    endif()
    get_filename_component(name ${header} DIRECTORY)
    file(CREATE_LINK ${${found}}/${name} ${folder}/${name} SYMBOLIC)
  endforeach()
  get_target_property(eigen Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
  list(GET eigen 0 eigen)
  file(CREATE_LINK ${eigen} ${folder}/eigen3 SYMBOLIC)
  set(${result} "" PARENT_SCOPE)
endfunction()

# Sets `result` to what is missing.
function(lockin_find_emscripten result)
  if(NOT LOCKIN_WHAT_IF)
    set(${result} "LOCKIN_WHAT_IF is off" PARENT_SCOPE)
    return()
  endif()
  find_program(LOCKIN_EMCMAKE emcmake)
  find_program(LOCKIN_GZIP gzip)
  mark_as_advanced(LOCKIN_EMCMAKE LOCKIN_GZIP)
  if(NOT LOCKIN_EMCMAKE OR NOT LOCKIN_GZIP)
    set(${result} "Emscripten or gzip not found" PARENT_SCOPE)
    return()
  endif()
  lockin_link_headers(missing ${what_if_build}/headers)
  set(${result} "${missing}" PARENT_SCOPE)
endfunction()

lockin_find_emscripten(what_if_missing)
if(what_if_missing STREQUAL "")
  set(what_if_wasm ${what_if_build}/module/what_if.wasm)
  set(what_if_module ${what_if_wasm}.gz)
  file(GLOB_RECURSE what_if_sources CONFIGURE_DEPENDS src/*.cpp src/*.hpp include/*.hpp)
  list(FILTER what_if_sources EXCLUDE REGEX "/(cli|report|ensemble|mpi|netcdf)/")
  add_custom_command(
    OUTPUT ${what_if_wasm} ${what_if_module}
    COMMAND ${CMAKE_COMMAND} -E env --unset=CMAKE_CXX_COMPILER_LAUNCHER ${LOCKIN_EMCMAKE} ${CMAKE_COMMAND} -S ${what_if_dir}
            -B ${what_if_build}/module -G ${CMAKE_GENERATOR} -DCMAKE_BUILD_TYPE=Release --log-level=WARNING
            -DLOCKIN_HEADERS=${what_if_build}/headers -DLOCKIN_VERSION=${PROJECT_VERSION} -DLOCKIN_WERROR=${LOCKIN_WERROR}
    COMMAND ${CMAKE_COMMAND} --build ${what_if_build}/module -- --quiet
    COMMAND ${LOCKIN_GZIP} -9nkf ${what_if_wasm}
    DEPENDS ${what_if_sources} ${what_if_dir}/CMakeLists.txt
    COMMENT "Compiling the mean field to WebAssembly"
    VERBATIM)
else()
  message(STATUS "lockin: reports have no sliders: ${what_if_missing}")
endif()
