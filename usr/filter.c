// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"

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

bool filter_parse(const struct request *request, struct filter *filter)
{
	const char *const *values = request->values;

	memset(filter, 0, sizeof(*filter));
	filter->given = request->given & OPTIONS_SESSION_FILTER;
#define GOOD(option, parse) (!command_has(request, option) || (parse))
	return GOOD(SRC6, parse_network6(values[OPTION_SRC6], &filter->src6)) &&
	       GOOD(DST6, parse_network6(values[OPTION_DST6], &filter->dst6)) &&
	       GOOD(SRC4, parse_prefix4(values[OPTION_SRC4], &filter->src4)) &&
	       GOOD(DST4, parse_prefix4(values[OPTION_DST4], &filter->dst4)) &&
	       GOOD(PORT, parse_ports(values[OPTION_PORT], &filter->port)) &&
	       GOOD(STATE, parse_state(values[OPTION_STATE], &filter->state));
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

void filter_put(struct nl *nl, const struct filter *filter)
{
	if (filter->given & OPTION_BIT(SRC6))
		put_prefix6(nl, JOOL_A_SRC6, JOOL_A_SRC6_LEN, &filter->src6);
	if (filter->given & OPTION_BIT(DST6))
		put_prefix6(nl, JOOL_A_DST6, JOOL_A_DST6_LEN, &filter->dst6);
	if (filter->given & OPTION_BIT(SRC4))
		put_prefix4(nl, JOOL_A_SRC4, JOOL_A_SRC4_LEN, &filter->src4);
	if (filter->given & OPTION_BIT(DST4))
		put_prefix4(nl, JOOL_A_DST4, JOOL_A_DST4_LEN, &filter->dst4);
	if (filter->given & OPTION_BIT(PORT)) {
		nl_put_u16(nl, JOOL_A_PORT_MIN, filter->port.min);
		nl_put_u16(nl, JOOL_A_PORT_MAX, filter->port.max);
	}
	if (filter->given & OPTION_BIT(STATE))
		nl_put_u8(nl, JOOL_A_STATE, filter->state);
}

/* Do the first `len` bits of both agree? */
static bool in_prefix(const void *addr, const void *prefix, unsigned int len)
{
	const uint8_t *a = addr, *b = prefix;

	if (memcmp(a, b, len / 8))
		return false;
	return !(len % 8) || !((a[len / 8] ^ b[len / 8]) >> (8 - len % 8));
}

static bool in_range(const struct filter *filter, in_port_t port)
{
	return ntohs(port) >= filter->port.min && ntohs(port) <= filter->port.max;
}

bool filter_match(const struct filter *filter, const struct nl_row *row)
{
#define GOOD(option, test) (!(filter->given & OPTION_BIT(option)) || (test))
	return GOOD(SRC6, in_prefix(&row->src6, &filter->src6.addr, filter->src6.len)) &&
	       GOOD(DST6, in_prefix(&row->dst6, &filter->dst6.addr, filter->dst6.len)) &&
	       GOOD(SRC4, in_prefix(&row->src4, &filter->src4.addr, filter->src4.len)) &&
	       GOOD(DST4, in_prefix(&row->dst4, &filter->dst4.addr, filter->dst4.len)) &&
	       GOOD(PORT, in_range(filter, row->src6_port) || in_range(filter, row->dst6_port) ||
			  in_range(filter, row->src4_port) || in_range(filter, row->dst4_port)) &&
	       GOOD(STATE, row->present & NL_BIT(STATE) && row->state == filter->state);
#undef GOOD
}
