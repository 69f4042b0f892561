# cmake -DDIRECTORY=DIR [-DLOCK=FILE] -P list_plugins.cmake: writes DIR/MANIFEST, the SHA-256 of every plugin in DIR as
# sha256sum writes it. Builds of several plugins at once take turns; the last one to finish lists them all.
if(DEFINED LOCK)
  file(LOCK ${LOCK} GUARD PROCESS TIMEOUT 600)
endif()
file(GLOB libraries RELATIVE ${DIRECTORY} ${DIRECTORY}/*.so)
set(list "")
foreach(library IN LISTS libraries)
  if(NOT EXISTS ${DIRECTORY}/${library})
    continue()  # is being linked anew at this moment, and lists itself afterwards
  endif()
  file(SHA256 ${DIRECTORY}/${library} hash)
  string(APPEND list "${hash}  ${library}\n")
endforeach()
file(WRITE ${DIRECTORY}/MANIFEST "${list}")
