/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of addresses and ports. Addresses are looked up in /etc/hosts and in the DNS, many at the
 * same time, each one once, and for a bounded time in all: say which are wanted, resolve, find.
 *
 * Memory is bounded too: names_start() forgets the names when there are very many of them.
 */
#ifndef JOOL_USR_NAMES_H
#define JOOL_USR_NAMES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct names;

struct names_options {
	/* For how long the name servers are waited for in all, in milliseconds; 0: not asked. */
	uint32_t timeout;
	/* ADDRESS[:PORT],…; NULL: those of the system. */
	const char *servers;
	/* Path of the hosts file; NULL: that of the system, if the system uses it. */
	const char *hosts;
};

/* How long names are waited for unless one says otherwise, in milliseconds. */
#define NAMES_TIMEOUT 3000

/* Never NULL. Free with names_free(). */
struct names *names_new(const struct names_options *options);
void names_free(struct names *names);

/*
 * Begins a round of names_want(), names_resolve(), names_find(). What names_find() returned in
 * earlier rounds is not valid any more.
 */
void names_start(struct names *names);

/* The name of `addr` (struct in_addr or in6_addr, by `family`) will be asked for. */
void names_want(struct names *names, int family, const void *addr);

/* Looks up what is wanted. Waits until all is answered, or the time is up. */
void names_resolve(struct names *names);

/* The name of an address that was wanted in this round; printable ASCII. NULL: it has none. */
const char *names_find(const struct names *names, int family, const void *addr);

/* The service of a TCP or UDP port (network byte order), or NULL. Valid until names_free(). */
const char *names_service(struct names *names, uint8_t proto, in_port_t port);

/* How many addresses could not be looked up, since no answer came. */
unsigned int names_failed(const struct names *names);

/* One warning if there were any. */
void names_warn(const struct names *names);

#endif
