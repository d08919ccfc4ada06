# The CMake files of Debian's netCDF-C name the development files of all that it is made of: finds the library alone and defines
# NetCDF::netcdf.
find_path(NETCDF_INCLUDE_DIR netcdf.h)
find_library(NETCDF_LIBRARY netcdf)
mark_as_advanced(NETCDF_INCLUDE_DIR NETCDF_LIBRARY)
# Without the format of NetCDF 4 there are no text variables and no compression.
set(NETCDF_HAS_FORMAT_4 FALSE)
if(NETCDF_INCLUDE_DIR AND EXISTS ${NETCDF_INCLUDE_DIR}/netcdf_meta.h)
  file(STRINGS ${NETCDF_INCLUDE_DIR}/netcdf_meta.h has_hdf5 REGEX "define NC_HAS_(HDF5|NC4) +1")
  if(has_hdf5)
    set(NETCDF_HAS_FORMAT_4 TRUE)
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(NetCDF REQUIRED_VARS NETCDF_LIBRARY NETCDF_INCLUDE_DIR NETCDF_HAS_FORMAT_4)
if(NetCDF_FOUND AND NOT TARGET NetCDF::netcdf)
  add_library(NetCDF::netcdf UNKNOWN IMPORTED)
  set_target_properties(NetCDF::netcdf PROPERTIES IMPORTED_LOCATION ${NETCDF_LIBRARY}
                                                  INTERFACE_INCLUDE_DIRECTORIES ${NETCDF_INCLUDE_DIR})
endif()
