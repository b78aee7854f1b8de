/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which addresses a source may be fetched from. A name decides nothing: it
 * resolves to what its owner likes, today this and tomorrow the metadata
 * service of our cloud. So the address of the very connection is judged.
 */
#ifndef AFFIANT_SOURCE_ADDRESS_H
#define AFFIANT_SOURCE_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/*
 * What an address is, in one word for a sentence ("loopback", "private",
 * "link-local", "metadata", "multicast", "reserved", ...), or NULL when it is
 * an ordinary address of the internet. IPv4 inside IPv6 (mapped, NAT64, 6to4)
 * is what the IPv4 address is. Neither IPv4 nor IPv6: "unknown".
 */
const char *source_address_special(const struct sockaddr *address);
/* The same of an address as text, without brackets. Not one: "unknown". */
const char *source_address_special_text(const char *address);

#endif
