# Writes the source that holds the page's style sheets and program.
#   cmake -DSTYLES=page.css|what_if.css -DSCRIPT=page.js -DOUTPUT=page_bundle.cpp -P bundle_page.cmake    (no SCRIPT: no program; -DENGINE=true if it holds the engine)
# Each becomes an array of escaped bytes, so that neither its length nor its content can break the source.
function(array result)
  set(all "")
  foreach(file IN LISTS ARGN)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND all "${bytes}")
  endforeach()
  set(${result} "${all}" PARENT_SCOPE)
endfunction()

string(REPLACE "|" ";" styles "${STYLES}")
array(style ${styles})
array(script ${SCRIPT})
file(WRITE ${OUTPUT}
     "// Written by bundle_page.cmake from src/report/web.\n"
     "#include \"report/detail/page_bundle.hpp\"\n\n"
     "namespace lockin::detail {\nnamespace {\n\nconstexpr char style[] = {${style}'\\0'};\n"
     "constexpr char script[] = {${script}'\\0'};\n\n}  // namespace\n\n"
     "std::string_view page_style() { return {style, sizeof(style) - 1}; }\n"
     "std::string_view page_script() { return {script, sizeof(script) - 1}; }\n"
     "bool page_has_engine() { return ${ENGINE}; }\n\n}  // namespace lockin::detail\n")
