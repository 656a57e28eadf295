# SPDX-License-Identifier: Apache-2.0
# embed_file(OUT FILE [COMMAND …]): the text of FILE as a C++ literal in the variable OUT; with
# commands, what they print (as execute_process() has them). Read again when FILE changes.
function(embed_file out file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  if(ARGN)
    execute_process(${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  else()
    file(READ ${file} text)
  endif()
  set(${out} "R\"embedded(${text})embedded\"" PARENT_SCOPE)
endfunction()
