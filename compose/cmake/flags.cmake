# SPDX-License-Identifier: Apache-2.0
# Compiler flags, one per line, each probed. Everything that we compile links
# the interface target affiant_flags.
add_library(affiant_flags INTERFACE)
target_include_directories(affiant_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(affiant_flags INTERFACE
	_GNU_SOURCE
	AFFIANT_VERSION="${PROJECT_VERSION}")

function(affiant_flag flag)
	string(MAKE_C_IDENTIFIER "HAVE${flag}" name)
	check_c_compiler_flag("${flag}" ${name})
	if(${name})
		target_compile_options(affiant_flags INTERFACE "${flag}")
	endif()
endfunction()

affiant_flag(-Wall)
affiant_flag(-Wextra)
affiant_flag(-Wpedantic)
affiant_flag(-Wshadow)
affiant_flag(-Wconversion)
affiant_flag(-Wswitch-enum)
affiant_flag(-Wstrict-prototypes)
affiant_flag(-Wmissing-prototypes)
affiant_flag(-Wvla)
affiant_flag(-Wformat=2)
affiant_flag(-Wundef)
affiant_flag(-Wwrite-strings)
affiant_flag(-fno-common)
affiant_flag(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
if(AFFIANT_WERROR)
	affiant_flag(-Werror)
endif()

if(AFFIANT_SANITIZE)
	target_compile_options(affiant_flags INTERFACE
		-fsanitize=address,undefined
		-fno-sanitize-recover=all
		-fno-omit-frame-pointer)
	target_link_options(affiant_flags INTERFACE
		-fsanitize=address,undefined)
	target_compile_definitions(affiant_flags INTERFACE
		AFFIANT_POISON_SECRETS)
endif()

if(AFFIANT_TSAN)
	target_compile_options(affiant_flags INTERFACE -fsanitize=thread)
	target_link_options(affiant_flags INTERFACE -fsanitize=thread)
endif()

if(AFFIANT_FUZZ)
	target_compile_options(affiant_flags INTERFACE
		-fsanitize=fuzzer-no-link)
endif()

if(AFFIANT_COVERAGE)
	target_compile_options(affiant_flags INTERFACE --coverage)
	target_link_options(affiant_flags INTERFACE --coverage)
endif()

# A static program is position independent only if it is said in this way.
set(pie -pie)
if(AFFIANT_STATIC)
	set(pie -static-pie)
	target_link_options(affiant_flags INTERFACE
		$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-static-pie>)
endif()

if(AFFIANT_HARDEN)
	affiant_flag(-fstack-protector-strong)
	affiant_flag(-fstack-clash-protection)
	affiant_flag(-fcf-protection=full)
	affiant_flag(-ftrivial-auto-var-init=zero)
	target_compile_options(affiant_flags INTERFACE
		$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
		$<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
	target_link_options(affiant_flags INTERFACE
		-Wl,-z,relro
		-Wl,-z,now
		-Wl,-z,noexecstack
		$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${pie}>)
endif()
