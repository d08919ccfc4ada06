# Writes the source that holds the page's style sheet and program.
#   cmake -DSTYLE=page.css -DSCRIPT=page.js -DOUTPUT=page_bundle.cpp -P bundle_page.cmake    (no SCRIPT: no program)
# Each becomes an array of escaped bytes, so that neither its length nor its content can break the source.
function(array result file)
  set(bytes "")
  if(file)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  endif()
  set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

array(style "${STYLE}")
array(script "${SCRIPT}")
file(WRITE ${OUTPUT}
     "// Written by bundle_page.cmake from src/report/web.\n"
     "#include \"report/detail/page_bundle.hpp\"\n\n"
     "namespace lockin::detail {\nnamespace {\n\nconstexpr char style[] = {${style}'\\0'};\n"
     "constexpr char script[] = {${script}'\\0'};\n\n}  // namespace\n\n"
     "std::string_view page_style() { return {style, sizeof(style) - 1}; }\n"
     "std::string_view page_script() { return {script, sizeof(script) - 1}; }\n\n}  // namespace lockin::detail\n")
