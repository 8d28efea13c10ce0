// SPDX-License-Identifier: GPL-2.0-only
/* Configuration files in both forms: what they mean, every mistake with its place, and back. */
#include "usr.h"

#include <arpa/inet.h>

#include "config.h"
#include "config_print.h"

/* Understands `text` as if it were the file FILE. */
static bool parse_as(const char *text, const struct config_options *options, struct source *source,
		     struct config **config)
{
	*source = (struct source){ .name = "FILE", .text = strdup(text), .len = strlen(text) };
	return config_parse(source, options, config);
}

/* One that must be good. Its places are of no use afterwards. */
static struct config *parse(const char *text)
{
	const struct config_options options = { 0 };
	struct config *config;
	struct source source;

	catch();
	ck_assert(parse_as(text, &options, &source, &config));
	expect("", "");
	source_free(&source);
	return config;
}

static void refused_with(const char *text, const char *instance, bool force, const char *sentences)
{
	const struct config_options options = { .instance = instance, .force = force };
	struct config *config;
	struct source source;

	catch();
	ck_assert(!parse_as(text, &options, &source, &config));
	expect("", sentences);
	ck_assert_ptr_null(config);
	source_free(&source);
}

static void refused(const char *text, const char *sentences)
{
	refused_with(text, NULL, false, sentences);
}

/* The file is good, and printed again it is this. */
static void printed(const char *text, const char *file)
{
	struct config *config = parse(text);

	config_sort(config);
	catch();
	config_print(config);
	expect(file, "");
	config_free(config);
}

START_TEST(test_json)
{
	struct config *config = parse(
		"# a comment before it all\n"
		"{\n"
		"  \"$schema\": \"x\", \"Comment\": { \"]\\\"}\": [ \"{\" ] },\n"
		"  \"INSTANCE\": \"al\\u0070ha\", \"framework\": \"Netfilter\",\n"
		"  \"global\": { \"pool6\": \"64:ff9b::/96\", \"manually-enabled\": false, \"comment\": null,\n"
		"              \"Mtu-Plateaus\": [ 9, 65535 , 9 ], \"udp-timeout\": \"0:03:00\", \"f-args\": 3 },\n"
		"  \"pool4\": [ { \"protocol\": \"udp\", \"prefix\": \"192.0.2.0/28\", \"comment\": 1 },\n"
		"             { \"protocol\": \"ICMP\", \"prefix\": \"192.0.2.1\", \"port range\": \"3-9\",\n"
		"               \"mark\": 4294967295, \"max-iterations\": \"infinity\" } ],\n"
		"  \"bib\": [ { \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::1#80\",\n"
		"             \"ipv4 address\": \"192.0.2.1#81\" } ]\n"
		"}\n");
	const struct pool4_entry *pool4 = &config->pool4[1].entry;

	ck_assert_ptr_null(config->next);
	ck_assert_str_eq(config->instance, "alpha");
	ck_assert(config->has_pool6 && config->pool6.len == 96);
	ck_assert(!config->force && config->has_bib);
	ck_assert_uint_eq(config->pool4_count, 2);
	ck_assert_uint_eq(config->pool4[0].entry.proto, IPPROTO_UDP);
	ck_assert_uint_eq(config->pool4[0].entry.prefix.len, 28);
	ck_assert_uint_eq(config->pool4[0].entry.ports.min, 61001);
	ck_assert_uint_eq(config->pool4[0].entry.ports.max, 65535);
	ck_assert_uint_eq(pool4->ports.min, 3);
	ck_assert_uint_eq(pool4->ports.max, 9);
	ck_assert_uint_eq(pool4->mark, UINT32_MAX);
	ck_assert_uint_eq(pool4->iterations, UINT32_MAX);
	ck_assert_uint_eq(config->bib_count, 1);
	ck_assert_uint_eq(ntohs(config->bib[0].entry.node6.port), 80);
	ck_assert_uint_eq(ntohs(config->bib[0].entry.node4.port), 81);
	for (int key = 0; key < JOOL_GLOBAL_MAX; key++) {
		switch (key + 1) {
		case JOOL_GLOBAL_MANUALLY_ENABLED:
		case JOOL_GLOBAL_PLATEAUS:
		case JOOL_GLOBAL_UDP_TIMEOUT:
		case JOOL_GLOBAL_F_ARGS:
			ck_assert(config->globals[key].given);
			break;
		default:
			ck_assert(!config->globals[key].given);
		}
	}
	ck_assert_uint_eq(config->globals[JOOL_GLOBAL_PLATEAUS - 1].value.len, 4);
	config_free(config);
}
END_TEST

START_TEST(test_json_omitted)
{
	struct config *config = parse("{}");

	ck_assert_str_eq(config->instance, "default");
	ck_assert(!config->has_pool6 && !config->has_bib && !config->pool4_count);
	config_free(config);
	config = parse("{ \"global\": { \"pool6\": null }, \"pool4\": [], \"bib\": [] }");
	ck_assert(!config->has_pool6 && config->has_bib && !config->bib_count);
	config_free(config);
}
END_TEST

START_TEST(test_json_refused)
{
	refused("{\n  \"pool4\": [\n    {,}\n  ]\n}\n",
		"Error: FILE:3:6: This is no JSON: string or '}' expected near ','.\n");
	refused("{ \"bib\": [ ] } x",
		"Error: FILE:1:16: This is no JSON: end of file expected near 'x'.\n");
	refused("{ \"pool\": [] }", "Error: FILE:1:3: Unknown tag: 'pool'. Did you mean 'pool4'?\n");
	refused("{ \"eamt\": [] }", "Error: FILE:1:3: There is no eamt: that is of SIIT, the stateless "
		"translator; this is NAT64, the stateful one.\n");
	refused("{ \"stateless\": [] }", "Error: FILE:1:3: Unknown tag: 'stateless'. "
		"Available: 'instance', 'framework', 'global', 'pool4', 'bib', 'force', '$schema'.\n");
	refused("{ \"bib\": [], \"é\": 1, \"BIB\": [] }",
		"Error: FILE:1:14: Unknown tag: 'é'. Available: 'instance', 'framework', "
		"'global', 'pool4', 'bib', 'force', '$schema'.\n"
		"Error: FILE:1:22: Multiple 'bib' tags found.\n");
	refused("{ \"global\": [] }",
		"Error: FILE:1:13: global: This is an array, and should be like { \"pool6\": ..., ... }.\n");
	refused("{ \"pool4\": {} }", "Error: FILE:1:12: pool4: This is an object, and should be like "
		"[ { \"protocol\": ..., ... } ].\n");
	refused("{ \"bib\": [ null ] }", "Error: FILE:1:12: bib: This is null, and should be like "
		"{ \"protocol\": ..., ... }.\n");
	refused("{ \"framework\": \"iptables\" }", "Error: FILE:1:16: framework: There is no iptables: this "
		"translator needs no iptables rule, it attaches to netfilter's hooks by itself. "
		"Use \"netfilter\".\n");
	refused("{ \"framework\": \"nftables\" }", "Error: FILE:1:16: framework: 'nftables' is not netfilter, "
		"and there is no other framework.\n");
	refused("{ \"instance\": 5 }",
		"Error: FILE:1:15: instance: This is a number, and should be like \"default\".\n");
	refused("{ \"instance\": \"sixteen letters.\" }", "Error: FILE:1:15: instance: 'sixteen letters.' is "
		"no name of an instance (1 to 15 bytes of UTF-8, none of them a control character).\n");
	refused_with("{ \"instance\": \"a\" }", "b", false, "Error: FILE:1:15: instance: The instance is 'a' "
		     "here, but 'b' is the one that was asked for.\n");
}
END_TEST

START_TEST(test_json_global_refused)
{
	refused("{ \"global\": {\n\t\"tos\": 256,\n\t\"f-arg\": 1,\n\t\"tos\": 1\n} }",
		"Error: FILE:2:9: tos: '256' is not a number from 0 to 255.\n"
		"Error: FILE:3:2: Unknown tag: 'f-arg'. Did you mean 'f-args'?\n"
		"Error: FILE:4:2: Multiple 'tos' tags found.\n");
	refused("{ \"global\": { \"tos\": 1.5 } }",
		"Error: FILE:1:22: tos: '1.5' is not a number from 0 to 255.\n");
	refused("{ \"global\": { \"tos\": \"1\" } }",
		"Error: FILE:1:22: tos: This is a string, and should be like 11.\n");
	refused("{ \"global\": { \"max-sessions\": true } }",
		"Error: FILE:1:31: max-sessions: This is a boolean, and should be like 100000.\n");
	refused("{ \"global\": { \"manually-enabled\": 1 } }",
		"Error: FILE:1:35: manually-enabled: This is a number, and should be like true or false.\n");
	refused("{ \"global\": { \"udp-timeout\": 300 } }",
		"Error: FILE:1:30: udp-timeout: This is a number, and should be like \"2:00:00\".\n");
	refused("{ \"global\": { \"udp-timeout\": \"0:01:00\" } }",
		"Error: FILE:1:30: udp-timeout: '0:01:00' is out of range; "
		"it is from 0:02:00 to 596:31:23.647 (with --force from 0:00:01).\n");
	refused_with("{ \"global\": { \"udp-timeout\": \"0:00:00\" } }", NULL, true,
		     "Error: FILE:1:30: udp-timeout: '0:00:00' is out of range; "
		     "it is from 0:00:01 to 596:31:23.647.\n");
	refused("{ \"global\": { \"mtu-plateaus\": \"1,2\" } }", "Error: FILE:1:31: mtu-plateaus: This is a "
		"string, and should be like [ 65535, 1500, 1280 ].\n");
	refused("{ \"global\": { \"mtu-plateaus\": [ 1, -2 ] } }", "Error: FILE:1:31: mtu-plateaus: '1,-2' is not a list of "
		"at most 64 numbers (0 to 65535) separated by commas.\n");
	refused("{ \"global\": { \"pool6\": \"64:ff9b::\" } }",
		"Error: FILE:1:24: pool6: '64:ff9b::' needs a prefix length (64:ff9b::/96?).\n");
	refused("{ \"global\": { \"pool6\": \"64:ff9b::/95\" } }", "Error: FILE:1:24: pool6: '64:ff9b::/95': the "
		"length of pool6 is none of 32, 40, 48, 56, 64, 96.\n");
	refused("{ \"global\": { \"pool6\": false } }",
		"Error: FILE:1:24: pool6: This is a boolean, and should be like \"64:ff9b::/96\".\n");
}
END_TEST

#define POOL4(members) "{ \"pool4\": [ { " members " } ] }"
#define BIB(members) "{ \"bib\": [ { " members " } ] }"

START_TEST(test_json_entries_refused)
{
	refused(POOL4(""), "Error: FILE:1:14: The tag 'protocol' is missing.\n"
			   "Error: FILE:1:14: The tag 'prefix' is missing.\n");
	refused(POOL4("\"protocol\": \"SCTP\", \"prefix\": \"192.0.2.1/24\""),
		"Error: FILE:1:28: protocol: 'SCTP' is none of: TCP, UDP, ICMP.\n"
		"Error: FILE:1:46: prefix: '192.0.2.1/24' seems to have a suffix; please fix "
		"(did you mean 192.0.2.0/24?).\n");
	refused(POOL4("\"protocol\": \"TCP\", \"prefix\": \"10.0.0.0/16\", \"port range\": \"1-x\""),
		"Error: FILE:1:45: prefix: You're adding lots of addresses (a /16 has 65536); use --force "
		"if that is what you want.\n"
		"Error: FILE:1:74: port range: '1-x' is not a port range (N or N-M, 0 to 65535).\n");
	refused(POOL4("\"protocol\": \"TCP\", \"prefix\": \"10.0.0.1\", \"mark\": -1, \"max-iterations\": 0"),
		"Error: FILE:1:65: mark: '-1' is not a number from 0 to 4294967295.\n"
		"Error: FILE:1:87: max-iterations: '0' is not a number from 1 to 4294967294.\n");
	refused(BIB(""), "Error: FILE:1:12: The tag 'protocol' is missing.\n"
			 "Error: FILE:1:12: The tag 'ipv6 address' is missing.\n"
			 "Error: FILE:1:12: The tag 'ipv4 address' is missing.\n");
	refused(BIB("\"protocol\": 6, \"ipv6 address\": \"192.0.2.1#1\", \"ipv4 address\": \"1.2.3.4\""),
		"Error: FILE:1:26: protocol: This is a number, and should be like \"TCP\".\n"
		"Error: FILE:1:45: ipv6 address: '192.0.2.1#1' is an IPv4 transport address, and should be "
		"like \"2001:db8::1#80\".\n"
		"Error: FILE:1:76: ipv4 address: '1.2.3.4' is not a transport address (ADDRESS#PORT, as in "
		"192.0.2.1#80).\n");
}
END_TEST

/* What Jool 4 has and has no meaning here is taken, but not in silence; nor if something asks for it. */
START_TEST(test_json_joold)
{
	const struct config_options options = { 0 };
	struct config *config;
	struct source source;

	catch();
	ck_assert(parse_as("{ \"global\": {\n\"ss-enabled\": false, \"SS-capacity\": 512 } }", &options,
			   &source, &config));
	expect("", "Warning: FILE:2:15: ss-enabled has no effect: sessions are not copied to other "
		   "translators.\n"
		   "Warning: FILE:2:37: ss-capacity has no effect: sessions are not copied to other "
		   "translators.\n");
	config_free(config);
	source_free(&source);
	refused("{ \"global\": { \"ss-enabled\": true, \"ss-max-payload\": null, \"ss-capacity\": true } }",
		"Error: FILE:1:29: ss-enabled: sessions are not copied to other translators; `jool "
		"session follow --json` reports them as they begin and end.\n"
		"Error: FILE:1:53: ss-max-payload: This is null, and should be like 512.\n"
		"Error: FILE:1:74: ss-capacity: This is a boolean, and should be like 512.\n");
	refused("{ \"global\": { \"ss-enabled\": false,\n\"ss-enabled\": false } }",
		"Warning: FILE:1:29: ss-enabled has no effect: sessions are not copied to other "
		"translators.\n"
		"Error: FILE:2:1: Multiple 'ss-enabled' tags found.\n");
}
END_TEST

/* What --force does, wherever it stands. */
START_TEST(test_json_force)
{
	struct config *config = parse(
		"{ \"global\": { \"udp-timeout\": \"1\" }, \"pool4\": [ { \"protocol\": \"TCP\", \"prefix\": \"10.0.0.0/16\" } ], "
		"\"Force\": true }");

	ck_assert(config->force && config->pool4[0].entry.force);
	config_free(config);
	printed("{ \"force\": true }", "{\n\t\"instance\": \"default\",\n\t\"framework\": \"netfilter\",\n"
		"\t\"force\": true,\n\t\"global\": {\n\t},\n\t\"pool4\": [\n\t],\n\t\"bib\": [\n\t]\n}\n");
	refused("{ \"force\": 1 }", "Error: FILE:1:12: force: This is a number, and should be like true or false.\n");
	refused("{ \"force\": false, \"global\": { \"udp-timeout\": \"1\" } }",
		"Error: FILE:1:46: udp-timeout: '1' is out of range; it is from 0:02:00 to 596:31:23.647 "
		"(with --force from 0:00:01).\n");
}
END_TEST

START_TEST(test_lines)
{
	struct config *config = parse(
		"# comment\n\n"
		"instance add --pool6 64:ff9b::/96 # another\r\n"
		"\tjool pool4 add 192.0.2.1 80 --tcp --force\n"
		"bib add 2001:DB8::80#80 192.0.2.1#80\n"
		"jool global update pool6 64:ff9b:0::/96\n"
		"instance add two -6 2001:db8:64::/96\n"
		"-i two global update pool 2001:db8:64::/96\n"
		"-i two global update udp-timeout 0:01:00 --force\n"
		"-i two pool4 add 192.0.2.2 1-9 -i"); /* no newline at its end */
	struct config *two = config->next;

	ck_assert_str_eq(config->instance, "default");
	ck_assert(config->has_pool6 && config->has_bib && !config->force);
	ck_assert_uint_eq(config->pool4_count, 1);
	ck_assert(config->pool4[0].entry.force);
	ck_assert_uint_eq(config->bib_count, 1);
	ck_assert_str_eq(two->instance, "two");
	ck_assert(two->force && two->globals[JOOL_GLOBAL_UDP_TIMEOUT - 1].given);
	ck_assert_uint_eq(two->pool4_count, 1);
	ck_assert_uint_eq(two->pool4[0].entry.proto, IPPROTO_ICMP);
	ck_assert(!two->pool4[0].entry.force);
	ck_assert_ptr_null(two->next);
	config_free(config);
	refused("", "Error: FILE:1: There is no `instance add --pool6 PREFIX`.\n");
	refused(" # only a comment\njool\n", "Error: FILE:1: There is no `instance add --pool6 PREFIX`.\n");
}
END_TEST

START_TEST(test_lines_refused)
{
	refused("pool4 add 192.0.2.1 80 --tcp\n"
		"instance add -6 64:ff9b::/96\n"
		"session display\n"
		"global display\n"
		"instance add default -6 64:ff9b::/96\n"
		"global update tos\n"
		"pool4 add 192.0.2.1 80\n"
		"bib add 2001:db8::1#80\n"
		"pool4 add --help\n"
		"instance add three -6 64:ff9b::/96 --iptables\n"
		"global update pool6 64:ff9b::/64\n"
		"global update pool6 64:ff9b::1\n",
		"Error: FILE:1: Instance 'default' is not added above this line.\n"
		"Error: FILE:3: Unknown mode: 'session'. Available: instance pool4 bib global\n"
		"Error: FILE:4: 'global display' is none of: instance add, pool4 add, bib add, global update.\n"
		"Error: FILE:5: Instance 'default' was added before.\n"
		"Error: FILE:6: The command is missing the value (jool global update KEY VALUE).\n"
		"Error: FILE:7: The command is missing a protocol (--tcp, --udp or --icmp).\n"
		"Error: FILE:8: The command is missing an IPv4 transport address (192.0.2.1#80).\n"
		"Error: FILE:9: Help is not what a configuration file is for.\n"
		"Error: FILE:10: There is no --iptables: this translator needs no iptables rule, it attaches "
		"to netfilter's hooks by itself. Use --netfilter, or neither.\n"
		"Error: FILE:11: pool6 cannot be changed; it is set by `jool instance add`.\n"
		"Error: FILE:12: '64:ff9b::1' needs a prefix length (64:ff9b::1/96?).\n");
	refused_with("instance add one -6 64:ff9b::/96", "two", false, "Error: FILE:1: The instance is 'one' "
		     "here, but 'two' is the one that was asked for.\n");
	refused_with("", "two", false, "Error: FILE:1: There is no `instance add --pool6 PREFIX`.\n");
}
END_TEST

/* Instances have their IPv4 transport addresses of one namespace, those of IPv6 nodes each for itself. */
START_TEST(test_lines_clash)
{
	const char *two =
		"instance add -6 64:ff9b::/96\n"
		"instance add two -6 2001:db8:64::/96\n"
		"-i two bib add 2001:db8::1#80 192.0.2.1#80\n"
		"bib add 2001:db8::1#80 192.0.2.1#81\n"
		"bib add 2001:db8::1#80 192.0.2.1#80 --udp\n";
	char text[500];

	config_free(parse(two));
	snprintf(text, sizeof(text), "%sbib add 2001:db8::1#80 192.0.2.1#80\n", two);
	refused(text, "Error: FILE:6: TCP 192.0.2.1#80 has another mapping above.\n");
}
END_TEST

/* The name given beside the file is the one that lines mean that name none. */
START_TEST(test_lines_named)
{
	const struct config_options options = { .instance = "two", .force = true };
	struct config *config;
	struct source source;

	catch();
	ck_assert(parse_as("instance add -6 64:ff9b::/96\npool4 add 10.0.0.0/16 1-2 --tcp", &options, &source,
			   &config));
	expect("", "");
	ck_assert_str_eq(config->instance, "two");
	ck_assert(config->force && config->pool4[0].entry.force);
	config_free(config);
	source_free(&source);
}
END_TEST

START_TEST(test_zero)
{
	const struct config_options options = { 0 };
	struct source source = { .name = "FILE", .text = calloc(1, 20), .len = 10 };
	struct config *config;

	strcpy(source.text, "# a\n#");
	catch();
	ck_assert(!config_parse(&source, &options, &config));
	expect("", "Error: FILE:2: There is a zero byte; is this a text?\n");
	source_free(&source);
}
END_TEST

#define SAVED \
	"{\n\t\"instance\": \"a \\\"b\\\"\",\n\t\"framework\": \"netfilter\",\n\t\"global\": {\n" \
	"\t\t\"manually-enabled\": true,\n\t\t\"lowest-ipv6-mtu\": 1500,\n\t\t\"tos\": 7,\n" \
	"\t\t\"mtu-plateaus\": [1500,1280],\n\t\t\"udp-timeout\": \"0:05:00.001\",\n" \
	"\t\t\"fast-path\": \"a\\\"b,c\\\\d\"\n\t},\n" \
	"\t\"pool4\": [\n" \
	"\t\t{ \"protocol\": \"TCP\", \"prefix\": \"192.0.2.3/32\", \"port range\": \"1-2\" },\n" \
	"\t\t{ \"protocol\": \"TCP\", \"prefix\": \"192.0.2.4/31\", \"port range\": \"1-2\" },\n" \
	"\t\t{ \"protocol\": \"TCP\", \"prefix\": \"192.0.2.6/32\", \"port range\": \"1-2\" },\n" \
	"\t\t{ \"protocol\": \"TCP\", \"prefix\": \"192.0.2.5/32\", \"port range\": \"5-5\", \"mark\": 4, " \
	"\"max-iterations\": \"infinity\" },\n" \
	"\t\t{ \"protocol\": \"UDP\", \"prefix\": \"192.0.2.5/32\", \"port range\": \"5-5\", \"mark\": 4, " \
	"\"max-iterations\": 9 }\n" \
	"\t],\n\t\"bib\": [\n" \
	"\t\t{ \"protocol\": \"ICMP\", \"ipv6 address\": \"2001:db8::1#0\", \"ipv4 address\": \"192.0.2.1#7\" },\n" \
	"\t\t{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::1#80\", \"ipv4 address\": \"192.0.2.1#80\" }\n" \
	"\t]\n}\n"

#define ENTRY(address, ports) \
	"{ \"protocol\": \"TCP\", \"prefix\": \"" address "\", \"port range\": \"" ports "\"}"

START_TEST(test_save)
{
	printed("{ \"instance\": \"a \\\"b\\\"\", \"global\": { \"udp-timeout\": \"5:00.001\", \"tos\": 7, "
		"\"lowest-ipv6-mtu\": 1500, \"manually-enabled\": true, \"mtu-plateaus\": [ 1280, 1500 ],\n"
		"\"fast-path\": \"a\\\"b,c\\\\d\" },\n"
		"\"pool4\": [ " ENTRY("192.0.2.5", "1-2") "," ENTRY("192.0.2.4", "1-2") ","
		ENTRY("192.0.2.3", "1-2") "," ENTRY("192.0.2.6", "1-2") ",\n"
		"{ \"protocol\": \"UDP\", \"prefix\": \"192.0.2.5\", \"port range\": 5, \"mark\": 4, "
		"\"max-iterations\": 9 },\n"
		"{ \"protocol\": \"TCP\", \"prefix\": \"192.0.2.5\", \"port range\": \"5\", \"mark\": 4, "
		"\"max-iterations\": \"infinity\" } ],\n"
		"\"bib\": [ { \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::1#80\", "
		"\"ipv4 address\": \"192.0.2.1#80\" },\n"
		"{ \"protocol\": \"ICMP\", \"ipv6 address\": \"2001:db8::1#0\", "
		"\"ipv4 address\": \"192.0.2.1#7\" } ] }", SAVED);
	printed("{}", "{\n\t\"instance\": \"default\",\n\t\"framework\": \"netfilter\",\n\t\"global\": {\n\t},\n"
		"\t\"pool4\": [\n\t],\n\t\"bib\": [\n\t]\n}\n");
}
END_TEST

/* Prefixes as long as one may add without --force. */
START_TEST(test_save_merges)
{
	struct config *config = config_new("x");
	struct config_pool4 pool4 = {
		.entry = { .proto = IPPROTO_TCP, .prefix.len = 32, .ports = { 1, 2 } },
	};
	char *out, *err;

	for (uint32_t i = 0; i < 1025; i++) {
		pool4.entry.prefix.addr.s_addr = htonl(0x0a000000 + i);
		config_add_pool4(config, &pool4);
	}
	config_sort(config);
	catch();
	config_print(config);
	caught(&out, &err);
	ck_assert_ptr_nonnull(strstr(out, "10.0.0.0/24"));
	ck_assert_ptr_nonnull(strstr(out, "10.0.3.0/24"));
	ck_assert_ptr_nonnull(strstr(out, "10.0.4.0/32"));
	ck_assert_ptr_null(strstr(out, "10.0.0.0/23"));
	free(out);
	free(err);
	config_free(config);
}
END_TEST

START_TEST(test_changes)
{
	struct config *before = parse(
		"{ \"global\": { \"tos\": 1, \"udp-timeout\": \"5:00\" }, \"pool4\": [ " ENTRY("192.0.2.4", "1-2") ","
		ENTRY("192.0.2.5", "1-2") "," ENTRY("192.0.2.9", "1-2") " ], \"bib\": [\n"
		"{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::1#80\", \"ipv4 address\": \"192.0.2.1#80\" },\n"
		"{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::1#81\", \"ipv4 address\": \"192.0.2.1#81\" }\n"
		"] }");
	struct config *after = parse(
		"{ \"global\": { \"tos\": 1, \"udp-timeout\": \"4:00\" }, \"pool4\": [ " ENTRY("192.0.2.9", "1-2") ","
		"{ \"protocol\": \"TCP\", \"prefix\": \"192.0.2.9\", \"port range\": \"7\", \"mark\": 3, "
		"\"max-iterations\": 9 } ],\n"
		"\"bib\": [ { \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::2#80\", "
		"\"ipv4 address\": \"192.0.2.1#80\" },\n"
		"{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::1#81\", \"ipv4 address\": \"192.0.2.1#81\" }\n"
		"] }");

	config_sort(before);
	config_sort(after);
	catch();
	config_print_changes(before, after);
	expect("  udp-timeout: 0:05:00 -> 0:04:00\n"
	       "  - pool4 TCP 192.0.2.4/31 1-2\n"
	       "  + pool4 TCP 192.0.2.9/32 7-7 mark 3 max-iterations 9\n"
	       "  - bib TCP 2001:db8::1#80 192.0.2.1#80\n"
	       "  + bib TCP 2001:db8::2#80 192.0.2.1#80\n", "");
	catch();
	config_print_changes(after, after);
	expect("", "");
	config_free(before);
	config_free(after);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_json, test_json_omitted, test_json_refused, test_json_global_refused,
		test_json_entries_refused, test_json_joold, test_json_force, test_lines, test_lines_refused,
		test_lines_clash, test_lines_named,
		test_zero, test_save, test_save_merges, test_changes,
	};

	return run_tests("config", tests, ARRAY_SIZE(tests));
}
