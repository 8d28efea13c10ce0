/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of the command line into values. Every function reads its word to the end (`80abc` is an
 * error), returns true and fills its result, or says what is wrong, naming the word, and returns
 * false. `what` is what the word is called in that sentence: "mark", "--dns-timeout".
 */
#ifndef JOOL_USR_PARSE_H
#define JOOL_USR_PARSE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prefix4 {
	struct in_addr addr;
	uint8_t len;
};

struct prefix6 {
	struct in6_addr addr;
	uint8_t len;
};

/* A port or ICMP identifier, inclusive, in host byte order. */
struct port_range {
	uint16_t min, max;
	bool reversed;	/* it was written M-N */
};

/* An IPv4 or IPv6 address (the other one is zero) with a port in network byte order. */
struct transport {
	int family;
	struct in_addr addr4;
	struct in6_addr addr6;
	in_port_t port;
};

/* Decimal number up to `max`; without an error sentence. */
bool parse_number(const char *word, uint32_t max, uint32_t *value);

/* Decimal number from `min` to `max`. */
bool parse_u32(const char *what, const char *word, uint32_t min, uint32_t max, uint32_t *value);

/* true, false, yes, no, on, off, 1, 0 in any case. */
bool parse_bool(const char *what, const char *word, bool *value);

/* [[HH:]MM:]SS[.mmm] into milliseconds. */
bool parse_time(const char *what, const char *word, uint32_t *ms);

/* Seconds with at most three decimals, a day at most, into milliseconds. */
bool parse_seconds(const char *what, const char *word, uint32_t *ms);

/* ADDRESS[/LENGTH]; without length it is 32. */
bool parse_prefix4(const char *word, struct prefix4 *prefix);

/* ADDRESS/LENGTH. */
bool parse_prefix6(const char *word, struct prefix6 *prefix);

/* ADDRESS[/LENGTH]; without length it is 128. */
bool parse_network6(const char *word, struct prefix6 *prefix);

/* The same, of a length that pool6 may have (RFC 6052 2.2). */
bool parse_pool6(const char *word, struct prefix6 *prefix);

/* N or N-M, either way round. */
bool parse_ports(const char *word, struct port_range *ports);

/* ADDRESS#PORT of either family. */
bool parse_transport(const char *word, struct transport *transport);

/*
 * At most `max` names of devices separated by commas, each into JOOL_DEVICE_NAME bytes padded with
 * zeros; their number goes to `count`. An empty word, or `none`, is no name at all.
 */
bool parse_devices(const char *what, const char *word, char *names, size_t max, size_t *count);

/*
 * At most `max` numbers of 16 bits separated by commas, into descending order without zeros and
 * repetitions; their number goes to `count`.
 */
bool parse_plateaus(const char *what, const char *word, uint16_t *plateaus, size_t max,
		    size_t *count);

#endif
