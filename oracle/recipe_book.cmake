# SPDX-License-Identifier: Apache-2.0
# The recipes as a table in C, each file's bytes as they are, in the order in
# which they are listed.
set(AFFIANT_RECIPES
	btc-usd
	eth-usd
	btc-usdt
	btc-usd-coinbase
	btc-usd-coingecko
	btc-usd-blockchain
	btc-usd-mempool
	eth-usd-defillama
	eur-usd
	eur-usd-ecb
	eur-usd-ecb-xml
	eur-usd-frankfurter
	eur-usd-er-api
	eur-usd-currency-api
	usd-cad
	eur-pln
	eur-czk
	weather-berlin
	weather-new-york
	unix-time
	eth-base-fee
	eth-gas-price
	btc-fee
	btc-height
	btc-tip
	earthquake
	us-bill-rate
	apple-assets
	openssl-release
	f1-points)

function(affiant_recipe_book out)
	set(texts "")
	set(rows "")
	set(files "")
	set(n 0)
	foreach(name IN LISTS AFFIANT_RECIPES)
		set(file ${PROJECT_SOURCE_DIR}/sources/recipes/${name}.json)
		list(APPEND files ${file})
		set_property(DIRECTORY APPEND PROPERTY
			CMAKE_CONFIGURE_DEPENDS ${file})
		file(READ ${file} hex HEX)
		string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
		string(APPEND texts
			"static const uint8_t text_${n}[] = {${bytes}};\n")
		string(APPEND rows
			"\t{ \"${name}\", { text_${n}, sizeof(text_${n}) } },\n")
		math(EXPR n "${n} + 1")
	endforeach()
	file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
"#include \"oracle/recipe_book.h\"

@texts@
const struct recipe recipe_book[] = {
@rows@};
const size_t recipe_book_n = COUNT(recipe_book);
")
	install(FILES ${files} ${PROJECT_SOURCE_DIR}/sources/recipes/README.md
		DESTINATION ${CMAKE_INSTALL_DATADIR}/affiant/recipes)
endfunction()
