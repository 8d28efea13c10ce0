/* SPDX-License-Identifier: GPL-2.0-only */
/* IPv4 addresses within IPv6 addresses (RFC 6052). Pure: runs in user space as well. */
#ifndef _JOOL_RFC6052_H
#define _JOOL_RFC6052_H

#include <linux/types.h>
#include <linux/in6.h>

/* Whether @len (bits) is one of the six prefix lengths of RFC 6052 2.2. */
bool jool_rfc6052_valid_len(u8 len);

/*
 * Checks @prefix of a valid length of @len bits. Returns NULL, or a sentence that says what is
 * wrong with it: host bits set, or, unless @force, bits 64 to 71 not zero (RFC 6052 2.2).
 */
const char *jool_rfc6052_check(const struct in6_addr *prefix, u8 len, bool force);

/* Whether @addr lies in @prefix of a valid length of @len bits. */
bool jool_rfc6052_match(const struct in6_addr *addr, const struct in6_addr *prefix, u8 len);

/* The IPv4 address within @addr, behind a prefix of a valid length of @len bits (RFC 6052 2.3). */
__be32 jool_rfc6052_extract(const struct in6_addr *addr, u8 len);

/*
 * Writes to @addr what @addr4 is called behind @prefix of a valid length of @len bits; bits 64 to
 * 71 and the suffix become zero (RFC 6052 2.3).
 */
void jool_rfc6052_embed(struct in6_addr *addr, const struct in6_addr *prefix, u8 len,
			__be32 addr4);

/*
 * Whether @addr4 is a unicast address that may stand for a remote node: not 0/8, 127/8, 224/3, nor
 * 169.254/16, which no router forwards (RFC 3927 2.7).
 */
bool jool_rfc6052_unicast4(__be32 addr4);

/* Whether @prefix of @len bits is the Well-Known Prefix, 64:ff9b::/96 (RFC 6052 2.1). */
bool jool_rfc6052_is_well_known(const struct in6_addr *prefix, u8 len);

/*
 * Whether the unicast address @addr4 is a global one, which may stand behind the Well-Known Prefix
 * (RFC 6052 3.1), by IANA's registry of special-purpose addresses: not a private or shared one, nor
 * one that is for documentation, benchmarks or protocols.
 */
bool jool_rfc6052_global4(__be32 addr4);

#endif
