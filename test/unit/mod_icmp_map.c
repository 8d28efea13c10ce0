// SPDX-License-Identifier: GPL-2.0-only
#include "mod.h"

#include "icmp_map.h"

#define DROP -1
#define ANY_POINTER 40

/* An error, its translation if @found, and what that should be: @to_type and @to_pointer may be DROP. */
static void expect(unsigned int type, unsigned int code, unsigned int pointer, bool found,
		   const struct jool_icmp_map *map, int to_type, int to_code, int to_pointer)
{
	ck_assert_msg(found == (to_type != DROP), "type %u code %u pointer %u: %s", type, code,
		      pointer, found ? "translated" : "dropped");
	if (!found)
		return;
	ck_assert_msg(map->type == to_type && map->code == to_code, "type %u code %u: %u %u", type,
		      code, map->type, map->code);
	ck_assert_int_eq(map->rest == JOOL_ICMP_MAP_POINTER, to_pointer != DROP);
	if (to_pointer != DROP)
		ck_assert_msg(map->pointer == to_pointer, "pointer %u: %u", pointer, map->pointer);
}

static void from4(unsigned int type, unsigned int code, unsigned int pointer, int to_type,
		  int to_code, int to_pointer)
{
	struct jool_icmp_map map;
	bool found = jool_icmp_map_4to6(type, code, pointer, &map);

	expect(type, code, pointer, found, &map, to_type, to_code, to_pointer);
}

static void from6(unsigned int type, unsigned int code, unsigned int pointer, int to_type,
		  int to_code, int to_pointer)
{
	struct jool_icmp_map map;
	bool found = jool_icmp_map_6to4(type, code, pointer, &map);

	expect(type, code, pointer, found, &map, to_type, to_code, to_pointer);
}

/* RFC 7915 4.2, Destination Unreachable, code by code */
START_TEST(test_unreachable4)
{
	static const int codes[16] = { 0, 0, DROP, 4, DROP, 0, 0, 0, 0, 1, 1, 0, 0, 1, DROP, 1 };

	for (unsigned int code = 0; code < 256; code++) {
		if (code == 2)
			from4(3, 2, 0, 4, 1, 6);
		else if (code == 4)
			from4(3, 4, 0, 2, 0, DROP);
		else if (code > 15 || codes[code] == DROP)
			from4(3, code, 0, DROP, 0, DROP);
		else
			from4(3, code, 0, 1, codes[code], DROP);
	}
}
END_TEST

/* RFC 7915 figure 3; codes 0 and 2 only */
START_TEST(test_pointer4)
{
	static const int pointers[20] = { 0,  1,	4,  4,	DROP, DROP, DROP, DROP, 7,  6,
					  DROP, DROP, 8,  8,	8,    8,    24,	  24,	24, 24 };

	for (unsigned int pointer = 0; pointer < 256; pointer++) {
		int to = pointer < 20 ? pointers[pointer] : DROP;

		from4(12, 0, pointer, to == DROP ? DROP : 4, 0, to);
		from4(12, 2, pointer, to == DROP ? DROP : 4, 0, to);
		from4(12, 1, pointer, DROP, 0, DROP);
		from4(12, 3, pointer, DROP, 0, DROP);
	}
}
END_TEST

/* RFC 7915 4.2: time exceeded keeps its code, everything else is dropped */
START_TEST(test_others4)
{
	from4(11, 0, 0, 3, 0, DROP);
	from4(11, 1, 0, 3, 1, DROP);
	for (unsigned int type = 0; type < 256; type++)
		if (type != 3 && type != 11 && type != 12)
			from4(type, 0, 0, DROP, 0, DROP);
}
END_TEST

/* RFC 7915 5.2, Destination Unreachable, code by code */
START_TEST(test_unreachable6)
{
	static const int codes[5] = { 1, 10, 1, 1, 3 };

	for (unsigned int code = 0; code < 256; code++)
		from6(1, code, 0, code < 5 ? 3 : DROP, code < 5 ? codes[code] : 0, DROP);
}
END_TEST

/* RFC 7915 figure 6 */
START_TEST(test_pointer6)
{
	static const int pointers[8] = { 0, 1, DROP, DROP, 2, 2, 9, 8 };

	for (unsigned int pointer = 0; pointer < ANY_POINTER + 300; pointer++) {
		int to = pointer < 8 ? pointers[pointer] : pointer < 24 ? 12 : pointer < 40 ? 16 : DROP;

		from6(4, 0, pointer, to == DROP ? DROP : 12, 0, to);
		from6(4, 1, pointer, 3, 2, DROP);
		from6(4, 2, pointer, DROP, 0, DROP);
	}
	from6(4, 0, UINT32_MAX, DROP, 0, DROP);
}
END_TEST

START_TEST(test_others6)
{
	from6(2, 0, 1280, 3, 4, DROP);
	from6(3, 0, 0, 11, 0, DROP);
	from6(3, 1, 0, 11, 1, DROP);
	for (unsigned int type = 5; type < 256; type++)
		from6(type, 0, 0, DROP, 0, DROP);
	from6(0, 0, 0, DROP, 0, DROP);
}
END_TEST

/* RFC 4884 4: which messages have the length field */
START_TEST(test_length)
{
	for (unsigned int type = 0; type < 256; type++) {
		ck_assert_int_eq(jool_icmp_map_has_length4(type), type == 3 || type == 11 || type == 12);
		ck_assert_int_eq(jool_icmp_map_has_length6(type), type == 1 || type == 3);
	}
}
END_TEST

/* RFC 7915 4.2: maximum(1280, minimum(MTU + 20, MTU of the IPv6 next hop, that of IPv4 + 20)) */
START_TEST(test_mtu_4to6)
{
	static const uint16_t plateaus[] = { 65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68 };

#define MTU(mtu, len, mtu6, mtu4) jool_icmp_map_mtu_4to6(mtu, len, mtu6, mtu4, plateaus, ARRAY_SIZE(plateaus))
	ck_assert_uint_eq(MTU(1400, 1500, 9000, 9000), 1420);
	ck_assert_uint_eq(MTU(1400, 1500, 1410, 9000), 1410);
	ck_assert_uint_eq(MTU(1400, 1500, 9000, 1380), 1400);
	ck_assert_uint_eq(MTU(576, 1500, 9000, 9000), 1280);
	ck_assert_uint_eq(MTU(1260, 1500, 9000, 9000), 1280);
	ck_assert_uint_eq(MTU(1261, 1500, 9000, 9000), 1281);
	/* a router that does not know RFC 1191 */
	ck_assert_uint_eq(MTU(0, 1500, 9000, 9000), 1512);
	ck_assert_uint_eq(MTU(0, 1492, 9000, 9000), 1280);
	ck_assert_uint_eq(MTU(0, 9000, 9000, 9000), 8186);
	ck_assert_uint_eq(MTU(0, 9000, 1500, 9000), 1500);
	ck_assert_uint_eq(MTU(0, 100, 9000, 9000), 1280);
#undef MTU
	ck_assert_uint_eq(jool_icmp_map_mtu_4to6(0, 1500, 9000, 9000, plateaus, 0), 1280);
}
END_TEST

/* RFC 7915 5.2: minimum(MTU - 20, MTU of the IPv4 next hop, that of IPv6 - 20), less the fragment header */
START_TEST(test_mtu_6to4)
{
	ck_assert_uint_eq(jool_icmp_map_mtu_6to4(1400, 9000, 9000, false), 1380);
	ck_assert_uint_eq(jool_icmp_map_mtu_6to4(1400, 1300, 9000, false), 1280);
	ck_assert_uint_eq(jool_icmp_map_mtu_6to4(1400, 9000, 1000, false), 1000);
	ck_assert_uint_eq(jool_icmp_map_mtu_6to4(1400, 9000, 9000, true), 1372);
	/* what no link has */
	ck_assert_uint_eq(jool_icmp_map_mtu_6to4(0, 9000, 9000, false), 68);
	ck_assert_uint_eq(jool_icmp_map_mtu_6to4(90, 9000, 9000, true), 68);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_unreachable4, test_pointer4, test_others4, test_unreachable6, test_pointer6,
		test_others6, test_length, test_mtu_4to6, test_mtu_6to4,
	};

	return run_tests("icmp_map", tests, ARRAY_SIZE(tests));
}
