# SPDX-License-Identifier: Apache-2.0
# The fixed packages. Each is linked by the one box that may use it.
if(AFFIANT_STATIC)
	set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
	set(OPENSSL_USE_STATIC_LIBS ON)
	set(PKG_CONFIG_ARGN --static)
endif()
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.88)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3>=3.37)

# Debian's civetweb has no pkg-config file.
find_path(CIVETWEB_INCLUDE civetweb.h REQUIRED)
find_library(CIVETWEB_LIBRARY civetweb REQUIRED)
add_library(civetweb INTERFACE)
target_include_directories(civetweb SYSTEM INTERFACE ${CIVETWEB_INCLUDE})
target_link_libraries(civetweb INTERFACE ${CIVETWEB_LIBRARY} Threads::Threads)

# One box of the module map: a static library with the house's flags.
function(affiant_box name)
	cmake_parse_arguments(BOX "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
	add_library(${name} STATIC ${BOX_SOURCES})
	target_link_libraries(${name}
		PUBLIC affiant_flags ${BOX_PUBLIC}
		PRIVATE ${BOX_PRIVATE})
endfunction()
