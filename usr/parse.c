// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "print.h"
#include "uapi.h"

/* Longest address, for copies without what follows it. */
#define ADDRESS_MAX INET6_ADDRSTRLEN

/*
 * Digits at `*at` into a number and `*at` behind them. False if there is none or it exceeds `max`
 * (2^32 at most, so that nothing overflows).
 */
static bool digits(const char **at, uint64_t max, uint64_t *value)
{
	const char *start = *at;

	for (*value = 0; isdigit((unsigned char)**at); ++*at) {
		*value = *value * 10 + (**at - '0');
		if (*value > max)
			return false;
	}
	return *at != start;
}

bool parse_number(const char *word, uint32_t max, uint32_t *value)
{
	uint64_t wide;

	if (!digits(&word, max, &wide) || *word)
		return false;
	*value = wide;
	return true;
}

bool parse_u32(const char *what, const char *word, uint32_t min, uint32_t max, uint32_t *value)
{
	if (parse_number(word, max, value) && *value >= min)
		return true;
	print_error("%s: '%s' is not a number from %u to %u.", what, word, min, max);
	return false;
}

bool parse_bool(const char *what, const char *word, bool *value)
{
	static const struct {
		const char *word;
		bool value;
	} known[] = {
		{ "true", true }, { "false", false }, { "yes", true }, { "no", false },
		{ "on", true }, { "off", false }, { "1", true }, { "0", false },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(word, known[i].word))
			continue;
		*value = known[i].value;
		return true;
	}
	print_error("%s: '%s' is neither true nor false.", what, word);
	return false;
}

/* .mmm, one to three decimals, and the end of the word. */
static bool decimals(const char *at, uint32_t *ms)
{
	uint32_t unit = 100;

	*ms = 0;
	if (!*at)
		return true;
	if (*at++ != '.' || !*at)
		return false;
	for (; isdigit((unsigned char)*at) && unit; at++, unit /= 10)
		*ms += (*at - '0') * unit;
	return !*at;
}

/* Adds `seconds` and `fraction` up, if they fit. */
static bool milliseconds(uint64_t seconds, uint32_t fraction, uint32_t *ms)
{
	uint64_t all = seconds * 1000 + fraction;

	if (all > UINT32_MAX)
		return false;
	*ms = all;
	return true;
}

static bool time_of_day(const char *word, uint32_t *ms)
{
	uint64_t seconds, part;
	uint32_t fraction;
	int colons = 0;

	if (!digits(&word, UINT32_MAX, &seconds))
		return false;
	for (; *word == ':' && colons < 2; colons++) {
		word++;
		if (!digits(&word, 59, &part))
			return false;
		seconds = seconds * 60 + part;
	}
	return decimals(word, &fraction) && milliseconds(seconds, fraction, ms);
}

bool parse_time(const char *what, const char *word, uint32_t *ms)
{
	if (time_of_day(word, ms))
		return true;
	print_error("%s: '%s' is not a time ([[HH:]MM:]SS[.mmm], %u:%02u:%02u.%03u at most).", what,
		    word, UINT32_MAX / 3600000, UINT32_MAX / 60000 % 60, UINT32_MAX / 1000 % 60,
		    UINT32_MAX % 1000);
	return false;
}

bool parse_seconds(const char *what, const char *word, uint32_t *ms)
{
	const char *at = word;
	uint64_t seconds = 0;
	uint32_t fraction;

	if ((*at == '.' || digits(&at, 86400, &seconds)) && decimals(at, &fraction) &&
	    milliseconds(seconds, fraction, ms))
		return true;
	print_error("%s: '%s' is not a number of seconds (0 to 86400, three decimals at most).",
		    what, word);
	return false;
}

/*
 * Splits ADDRESS and what follows `separator`; `rest` is NULL without separator. False if the
 * address is longer than any address.
 */
static bool split_at(const char *word, char separator, char address[ADDRESS_MAX], const char **rest)
{
	const char *end = strchrnul(word, separator);
	size_t len = end - word;

	*rest = *end ? end + 1 : NULL;
	if (len >= ADDRESS_MAX)
		return false;
	memcpy(address, word, len);
	address[len] = '\0';
	return true;
}

/* Clears the bits behind the first `len`. Returns whether there were any. */
static bool clear_bits(uint8_t *bytes, unsigned int size, unsigned int len)
{
	bool found = false;
	uint8_t keep;

	for (unsigned int i = 0; i < size; i++) {
		if (len >= 8 * (i + 1))
			continue;
		keep = len <= 8 * i ? 0 : 0xff << (8 - len % 8);
		found |= bytes[i] & ~keep;
		bytes[i] &= keep;
	}
	return found;
}

static bool has_suffix(const char *word, int family, const void *cut_addr, unsigned int len)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family, cut_addr, text, sizeof(text));
	print_error("'%s' seems to have a suffix; please fix (did you mean %s/%u?).", word, text,
		    len);
	return false;
}

bool parse_prefix4(const char *word, struct prefix4 *prefix)
{
	char address[ADDRESS_MAX];
	uint32_t len = 32;
	const char *rest;

	if (!split_at(word, '/', address, &rest) ||
	    inet_pton(AF_INET, address, &prefix->addr) != 1 ||
	    (rest && !parse_number(rest, 32, &len))) {
		print_error("'%s' is not an IPv4 address or prefix (ADDRESS[/LENGTH]).", word);
		return false;
	}
	prefix->len = len;
	if (clear_bits((uint8_t *)&prefix->addr, sizeof(prefix->addr), len))
		return has_suffix(word, AF_INET, &prefix->addr, len);
	return true;
}

bool parse_prefix6(const char *word, struct prefix6 *prefix)
{
	char address[ADDRESS_MAX];
	const char *rest;

	if (!split_at(word, '/', address, &rest) ||
	    inet_pton(AF_INET6, address, &prefix->addr) != 1) {
		print_error("'%s' is not an IPv6 prefix (ADDRESS/LENGTH).", word);
		return false;
	}
	if (!rest) {
		print_error("'%s' needs a prefix length (%s/96?).", word, address);
		return false;
	}
	return parse_network6(word, prefix);
}

bool parse_network6(const char *word, struct prefix6 *prefix)
{
	char address[ADDRESS_MAX];
	uint32_t len = 128;
	const char *rest;

	if (!split_at(word, '/', address, &rest) ||
	    inet_pton(AF_INET6, address, &prefix->addr) != 1 ||
	    (rest && !parse_number(rest, 128, &len))) {
		print_error("'%s' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).", word);
		return false;
	}
	prefix->len = len;
	if (clear_bits((uint8_t *)&prefix->addr, sizeof(prefix->addr), len))
		return has_suffix(word, AF_INET6, &prefix->addr, len);
	return true;
}

bool parse_pool6(const char *word, struct prefix6 *prefix)
{
	if (!parse_prefix6(word, prefix))
		return false;
	if (prefix->len == 96 || (prefix->len >= 32 && prefix->len <= 64 && prefix->len % 8 == 0))
		return true;
	print_error("'%s': the length of pool6 is none of 32, 40, 48, 56, 64, 96.", word);
	return false;
}

bool parse_ports(const char *word, struct port_range *ports)
{
	const char *at = word;
	uint64_t first, last;

	if (!digits(&at, UINT16_MAX, &first))
		goto bad;
	last = first;
	if (*at == '-') {
		at++;
		if (!digits(&at, UINT16_MAX, &last))
			goto bad;
	}
	if (*at)
		goto bad;
	ports->min = first < last ? first : last;
	ports->max = first < last ? last : first;
	ports->reversed = last < first;
	return true;
bad:
	print_error("'%s' is not a port range (N or N-M, 0 to 65535).", word);
	return false;
}

bool parse_transport(const char *word, struct transport *transport)
{
	char address[ADDRESS_MAX];
	const char *rest;
	uint32_t port;

	memset(transport, 0, sizeof(*transport));
	if (!split_at(word, '#', address, &rest))
		goto bad;
	if (inet_pton(AF_INET6, address, &transport->addr6) == 1)
		transport->family = AF_INET6;
	else if (inet_pton(AF_INET, address, &transport->addr4) == 1)
		transport->family = AF_INET;
	else
		goto bad;
	if (!rest || !parse_number(rest, UINT16_MAX, &port))
		goto bad;
	transport->port = htons(port);
	return true;
bad:
	print_error("'%s' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).", word);
	return false;
}

static int descending(const void *a, const void *b)
{
	return (int)*(const uint16_t *)b - (int)*(const uint16_t *)a;
}

bool parse_plateaus(const char *what, const char *word, uint16_t *plateaus, size_t max,
		    size_t *count)
{
	const char *at = word;
	uint64_t value;
	size_t n = 0;

	do {
		at += strspn(at, " "); /* as in Jool 4 */
		if (!digits(&at, UINT16_MAX, &value) || (*at && *at != ',') || n == max) {
			print_error("%s: '%s' is not a list of at most %zu numbers (0 to 65535) "
				    "separated by commas.", what, word, max);
			return false;
		}
		plateaus[n++] = value;
	} while (*at++ == ',');

	qsort(plateaus, n, sizeof(*plateaus), descending);
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (plateaus[i] && (!*count || plateaus[*count - 1] != plateaus[i]))
			plateaus[(*count)++] = plateaus[i];
	}
	if (!*count)
		print_error("%s: there is no number above 0 in '%s'.", what, word);
	return *count;
}

bool parse_devices(const char *what, const char *word, char *names, size_t max, size_t *count)
{
	const char *at = word;
	size_t len;

	*count = 0;
	/* As an empty list is shown. */
	if (!strcmp(word, "none"))
		return true;
	while (*at) {
		len = strcspn(at, ",");
		if (!len || len >= JOOL_DEVICE_NAME || memchr(at, '/', len) ||
		    memchr(at, ' ', len) || *count == max || !strcmp(at + len, ",")) {
			print_error("%s: '%s' is not a list of at most %zu names of devices (up to "
				    "%d characters) separated by commas.", what, word, max,
				    JOOL_DEVICE_NAME - 1);
			return false;
		}
		memset(names, 0, JOOL_DEVICE_NAME);
		memcpy(names, at, len);
		names += JOOL_DEVICE_NAME;
		(*count)++;
		at += len + (at[len] == ',');
	}
	return true;
}
