# The page of a report: its style sheets, and its charts bundled by esbuild where node is. Sets page_source.
# node and its packages are needed to build only. Without them, or without a network to fetch them from, pages have tables only.
option(LOCKIN_CHARTS "Put charts into reports where node is found" ON)

set(page_dir ${CMAKE_CURRENT_SOURCE_DIR}/src/report/web)
set(page_build ${CMAKE_CURRENT_BINARY_DIR}/page)
set(page_source ${CMAKE_CURRENT_BINARY_DIR}/generated/page_bundle.cpp)
set(page_script)
set(page_has_engine false)

# Installs what package-lock.json names into the build folder, once for each state of it. Sets `result` to what is missing.
function(lockin_fetch_page_packages result)
  find_program(LOCKIN_NODE NAMES node nodejs)
  find_program(LOCKIN_NPM npm)
  if(NOT LOCKIN_NODE OR NOT LOCKIN_NPM)
    set(${result} "node and npm not found" PARENT_SCOPE)
    return()
  endif()
  file(SHA256 ${page_dir}/package-lock.json wanted)
  set(stamp ${page_build}/packages)
  set(installed "")
  if(EXISTS ${stamp})
    file(READ ${stamp} installed)
  endif()
  set(${result} "" PARENT_SCOPE)
  if(installed STREQUAL wanted)
    return()
  endif()
  message(STATUS "lockin: fetching the packages of the report's charts")
  file(COPY ${page_dir}/package.json ${page_dir}/package-lock.json DESTINATION ${page_build})
  execute_process(
    COMMAND ${LOCKIN_NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1
            --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 --fetch-timeout=30000
    WORKING_DIRECTORY ${page_build} TIMEOUT 300 RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE reason)
  if(NOT status EQUAL 0)
    string(REGEX MATCH "npm (ERR!|error)[^\n]*" reason "${reason}")
    set(${result} "npm ci failed (${reason})" PARENT_SCOPE)
    return()
  endif()
  file(WRITE ${stamp} ${wanted})
endfunction()

include(src/wasm/what_if_module.cmake)  # sets what_if_module
if(LOCKIN_CHARTS)
  lockin_fetch_page_packages(page_missing)
else()
  set(page_missing "LOCKIN_CHARTS is off")
endif()
if(page_missing STREQUAL "")
  set(page_script ${page_build}/page.js)
  file(GLOB page_modules CONFIGURE_DEPENDS ${page_dir}/*.js ${page_dir}/what_if/*.js)
  set(page_has_engine true)
  set(page_engine ${what_if_module})
  if(NOT page_engine)
    set(page_has_engine false)
    set(page_engine ${page_dir}/what_if/no_module.js)
  endif()
  add_custom_command(
    OUTPUT ${page_script}
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${page_build}/node_modules ${LOCKIN_NODE}
            ${page_build}/node_modules/esbuild/bin/esbuild ${page_dir}/main.js --bundle --minify --format=iife --target=es2021
            --loader:.gz=base64 --alias:what-if-module=${page_engine}
            --charset=utf8 --legal-comments=inline --log-level=warning --outfile=${page_script}
    DEPENDS ${page_modules} ${page_engine} ${page_dir}/package-lock.json
    COMMENT "Bundling the charts of the report"
    VERBATIM)
else()
  message(STATUS "lockin: reports have tables and no charts: ${page_missing}")
endif()

add_custom_command(
  OUTPUT ${page_source}
  COMMAND ${CMAKE_COMMAND} "-DSTYLES=${page_dir}/page.css|${page_dir}/what_if/what_if.css" -DSCRIPT=${page_script}
          -DENGINE=${page_has_engine} -DOUTPUT=${page_source}
          -P ${page_dir}/bundle_page.cmake
  DEPENDS ${page_dir}/page.css ${page_dir}/what_if/what_if.css ${page_script} ${page_dir}/bundle_page.cmake
  COMMENT "Embedding the page of the report"
  VERBATIM)
