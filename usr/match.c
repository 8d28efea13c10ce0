// SPDX-License-Identifier: GPL-2.0-only
#include "match.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

/* The state's name, in capitals or not, and cut short as words may be. */
static bool parse_state(const char *word, uint8_t *state)
{
	const char *names[JOOL_TCP_STATES + 1] = { NULL };
	char upper[32];
	int found;

	for (int i = 0; i < JOOL_TCP_STATES; i++)
		names[i] = words_states[i];
	snprintf(upper, sizeof(upper), "%s", word);
	for (char *c = upper; *c; c++)
		*c = toupper((unsigned char)*c);
	found = command_match("state", upper, names, 0);
	*state = found;
	return found >= 0;
}

bool match_parse(const struct request *request, struct match *match)
{
	const char *const *values = request->values;

	memset(match, 0, sizeof(*match));
	match->given = request->given & OPTIONS_SESSION_FILTER;
#define GOOD(option, parse) (!command_has(request, option) || (parse))
	return GOOD(SRC6, parse_network6(values[OPTION_SRC6], &match->src6)) &&
	       GOOD(DST6, parse_network6(values[OPTION_DST6], &match->dst6)) &&
	       GOOD(SRC4, parse_prefix4(values[OPTION_SRC4], &match->src4)) &&
	       GOOD(DST4, parse_prefix4(values[OPTION_DST4], &match->dst4)) &&
	       GOOD(PORT, parse_ports(values[OPTION_PORT], &match->port)) &&
	       GOOD(STATE, parse_state(values[OPTION_STATE], &match->state));
#undef GOOD
}

static void put_prefix6(struct nl *nl, int addr, int len, const struct prefix6 *prefix)
{
	nl_put(nl, addr, &prefix->addr, sizeof(prefix->addr));
	nl_put_u8(nl, len, prefix->len);
}

static void put_prefix4(struct nl *nl, int addr, int len, const struct prefix4 *prefix)
{
	nl_put(nl, addr, &prefix->addr, sizeof(prefix->addr));
	nl_put_u8(nl, len, prefix->len);
}

void match_put(struct nl *nl, const struct match *match)
{
	if (match->given & OPTION_BIT(SRC6))
		put_prefix6(nl, JOOL_A_SRC6, JOOL_A_SRC6_LEN, &match->src6);
	if (match->given & OPTION_BIT(DST6))
		put_prefix6(nl, JOOL_A_DST6, JOOL_A_DST6_LEN, &match->dst6);
	if (match->given & OPTION_BIT(SRC4))
		put_prefix4(nl, JOOL_A_SRC4, JOOL_A_SRC4_LEN, &match->src4);
	if (match->given & OPTION_BIT(DST4))
		put_prefix4(nl, JOOL_A_DST4, JOOL_A_DST4_LEN, &match->dst4);
	if (match->given & OPTION_BIT(PORT)) {
		nl_put_u16(nl, JOOL_A_PORT_MIN, match->port.min);
		nl_put_u16(nl, JOOL_A_PORT_MAX, match->port.max);
	}
	if (match->given & OPTION_BIT(STATE))
		nl_put_u8(nl, JOOL_A_STATE, match->state);
}

/* Do the first `len` bits of both agree? */
static bool in_prefix(const void *addr, const void *prefix, unsigned int len)
{
	const uint8_t *a = addr, *b = prefix;

	if (memcmp(a, b, len / 8))
		return false;
	return !(len % 8) || !((a[len / 8] ^ b[len / 8]) >> (8 - len % 8));
}

static bool port_in_range(const struct match *match, in_port_t port)
{
	return ntohs(port) >= match->port.min && ntohs(port) <= match->port.max;
}

bool match_row(const struct match *match, const struct nl_row *row)
{
#define GOOD(option, test) (!(match->given & OPTION_BIT(option)) || (test))
	return GOOD(SRC6, in_prefix(&row->src6, &match->src6.addr, match->src6.len)) &&
	       GOOD(DST6, in_prefix(&row->dst6, &match->dst6.addr, match->dst6.len)) &&
	       GOOD(SRC4, in_prefix(&row->src4, &match->src4.addr, match->src4.len)) &&
	       GOOD(DST4, in_prefix(&row->dst4, &match->dst4.addr, match->dst4.len)) &&
	       GOOD(PORT, port_in_range(match, row->src6_port) ||
			  port_in_range(match, row->dst6_port) ||
			  port_in_range(match, row->src4_port) ||
			  port_in_range(match, row->dst4_port)) &&
	       GOOD(STATE, row->present & NL_BIT(STATE) && row->state == match->state);
#undef GOOD
}
