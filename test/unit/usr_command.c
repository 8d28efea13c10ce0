// SPDX-License-Identifier: GPL-2.0-only
/* The grammar, with the real modes, and completion. Nothing here gets as far as the kernel. */
#include "usr.h"

#include <netinet/in.h>

#include "bib.h"
#include "command.h"
#include "complete.h"
#include "file.h"
#include "global.h"
#include "instance.h"
#include "pool4.h"
#include "query.h"
#include "session.h"
#include "stats.h"

static const struct mode *const modes[] = {
	&instance_mode, &pool4_mode, &bib_mode, &session_mode, &global_mode, &stats_mode, &query_mode,
	&file_mode, NULL
};

#define WORDS_OF_LINE 20

/* Splits a line at blanks; '' is an empty word. */
static int split(char *line, char *argv[WORDS_OF_LINE])
{
	char *save, *word;
	int argc = 0;

	for (word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(word, "''") ? word : word + 2;
	argv[argc] = NULL;
	return argc;
}

static int parse(const char *text, struct request *request)
{
	static char line[500];
	static char *argv[WORDS_OF_LINE];

	snprintf(line, sizeof(line), "jool %s", text);
	return command_parse(modes, split(line, argv), argv, request);
}

/* The line is understood; what is in the request is as told. */
static struct request good(const char *line, const char *mode, const char *operation)
{
	struct request request;

	catch();
	ck_assert_msg(parse(line, &request) == COMMAND_RUN, "%s", line);
	expect("", "");
	ck_assert_str_eq(request.mode->name, mode);
	ck_assert_str_eq(request.operation->name, operation);
	return request;
}

static void bad(const char *line, const char *sentence)
{
	struct request request;
	char want[1000];

	snprintf(want, sizeof(want), "Error: %s\n", sentence);
	catch();
	ck_assert_int_eq(parse(line, &request), EXIT_USAGE);
	expect("", want);
}

/* Understood, but refused before the kernel is asked. */
static void refused(const char *line, const char *sentence)
{
	struct request request;
	char want[1000];

	snprintf(want, sizeof(want), "Error: %s\n", sentence);
	catch();
	ck_assert_int_eq(parse(line, &request), COMMAND_RUN);
	ck_assert_int_eq(request.operation->run(&request), EXIT_USAGE);
	expect("", want);
}

START_TEST(test_abbreviations)
{
	struct request request;

	request = good("session display", "session", "display");
	ck_assert_str_eq(request.instance, "default");
	ck_assert(!request.named && !request.given && !request.count);
	request = good("se d -u --nu", "session", "display");
	ck_assert(request.given == (OPTION_BIT(UDP) | OPTION_BIT(NUMERIC)));
	good("i a", "instance", "add");
	good("p a", "pool4", "add");
	good("b d", "bib", "display");
	good("g u", "global", "update");
	good("st d", "stats", "display");
	good("i f", "instance", "flush");
	/* What is short for an operation or key of Jool 4 is not taken by one that came later. */
	good("se de", "session", "delete");
	good("se c", "session", "count");
	good("se f", "session", "follow");
	ck_assert_int_eq(global_match("f"), global_match("f-args"));
	ck_assert_int_eq(global_match("max"), global_match("maximum-simultaneous-opens"));
	ck_assert_int_eq(global_match("max-b"), global_match("max-bib-entries"));
	request = good("session display --i", "session", "display");
	ck_assert(request.given == OPTION_BIT(ICMP));
	request = good("session display --no-h --cs --j", "session", "display");
	ck_assert(request.given == OPTIONS_FORMAT);
}
END_TEST

START_TEST(test_order)
{
	struct request request;

	request = good("-i x session -u display --numeric", "session", "display");
	ck_assert_str_eq(request.instance, "x");
	ck_assert(request.named && request.given == (OPTION_BIT(INSTANCE) | OPTION_BIT(UDP) |
						     OPTION_BIT(NUMERIC)));
	request = good("--instance=x pool4 --mark 5 add -t 192.0.2.1 1-2", "pool4", "add");
	ck_assert_str_eq(request.instance, "x");
	ck_assert_str_eq(request.values[OPTION_MARK], "5");
	ck_assert_uint_eq(request.count, 2);
	ck_assert_str_eq(request.words[0], "192.0.2.1");
	ck_assert_str_eq(request.words[1], "1-2");
	request = good("pool4 add 1-2 -tm5 192.0.2.1 --max-iterations=auto", "pool4", "add");
	ck_assert(command_has(&request, TCP));
	ck_assert_str_eq(request.values[OPTION_MARK], "5");
	ck_assert_str_eq(request.values[OPTION_MAX_ITERATIONS], "auto");
	ck_assert_str_eq(request.words[0], "1-2");
	request = good("pool4 -m add add x y", "pool4", "add");
	ck_assert_str_eq(request.values[OPTION_MARK], "add");
	ck_assert_uint_eq(request.count, 2);
	request = good("instance add -6 64:ff9b::/96 name", "instance", "add");
	ck_assert_str_eq(request.values[OPTION_POOL6], "64:ff9b::/96");
	ck_assert_str_eq(request.words[0], "name");
	request = good("instance add -664:ff9b::/96", "instance", "add");
	ck_assert_str_eq(request.values[OPTION_POOL6], "64:ff9b::/96");
	request = good("instance remove -- -x", "instance", "remove");
	ck_assert_str_eq(request.words[0], "-x");
}
END_TEST

/* A mode that does one thing only. */
START_TEST(test_no_operation)
{
	struct request request;

	request = good("-i x query -u 2001:db8::1#1 --mark 3 64:ff9b::1#2", "query", "");
	ck_assert_uint_eq(request.count, 2);
	ck_assert_str_eq(request.words[0], "2001:db8::1#1");
	ck_assert_str_eq(request.words[1], "64:ff9b::1#2");
	ck_assert_str_eq(request.values[OPTION_MARK], "3");
	good("q", "query", "");
	bad("query a b c", "Unexpected argument of 'query': 'c'.");
	bad("query --csv", "Unknown option of 'query': '--csv'. Available: --tcp --udp --icmp --json --mark "
	    "--instance --file --help --usage --version");
	refused("query", "The command is missing the source and the destination (jool query SOURCE#PORT "
		"DESTINATION#PORT).");
	refused("query 192.0.2.1#1",
		"The command is missing the destination (jool query SOURCE#PORT DESTINATION#PORT).");
	refused("query 192.0.2.1#1 64:ff9b::1#2", "'192.0.2.1#1' and '64:ff9b::1#2' are not of the same version "
		"of IP; give both as they stand in the packet.");
	refused("query 192.0.2.1 192.0.2.1#2",
		"'192.0.2.1' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).");
	refused("query 192.0.2.1#1 192.0.2.1#2 --mark -1", "--mark: '-1' is not a number from 0 to 4294967295.");
	refused("query 192.0.2.1#1 192.0.2.1#2 -tu", "Only one protocol is allowed per request.");
}
END_TEST

#define NO_JOOLD "There is no joold: sessions are not copied to other translators. `jool session follow --json` " \
	"reports them as they begin and end."

/* What Jool 4 has, and what to use in its place. */
START_TEST(test_gone)
{
	bad("session proxy", NO_JOOLD);
	bad("session proxy ff08::db8:64:64 --net.dev.in eth0 -p 6400", NO_JOOLD);
	bad("se a", NO_JOOLD);
	refused("global update ss-enabled true", "ss-enabled: sessions are not copied to other translators; "
		"`jool session follow --json` reports them as they begin and end.");
	refused("global update ss-enabled maybe", "ss-enabled: 'maybe' is neither true nor false.");
	refused("global update ss-capacity 5x", "ss-capacity: '5x' is not a number from 0 to 4294967295.");
	refused("global update ss-fl 5", "Ambiguous key: 'ss-fl' may be any of: ss-flush-asap ss-flush-deadline");
}
END_TEST

START_TEST(test_ignored)
{
	static const char *const lines[][2] = {
		{ "ss-enabled", "false" }, { "ss-flush-asap", "true" }, { "ss-flush-deadline", "2000" },
		{ "ss-capacity", "512" }, { "ss-max-payload", "1452" }, { "ss-max-sessions-per-packet", "36" },
	};
	struct request request;
	char line[100], want[200];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(line, sizeof(line), "global update %s %s", lines[i][0], lines[i][1]);
		snprintf(want, sizeof(want), "Warning: %s has no effect: sessions are not copied to other "
			 "translators.\n", lines[i][0]);
		catch();
		ck_assert_int_eq(parse(line, &request), COMMAND_RUN);
		ck_assert_int_eq(request.operation->run(&request), EXIT_DONE);
		expect("", want);
	}
}
END_TEST

/* -f is the file before the mode, and --force where there is that. */
START_TEST(test_letter_f)
{
	struct request request;

	request = good("-f a global update -f tos 1", "global", "update");
	ck_assert_str_eq(request.values[OPTION_FILE], "a");
	ck_assert(command_has(&request, FORCE));
	request = good("session display -f a", "session", "display");
	ck_assert_str_eq(request.values[OPTION_FILE], "a");
	request = good("pool4 add -f a --file b", "pool4", "add");
	ck_assert_str_eq(request.values[OPTION_FILE], "b");
	ck_assert(command_has(&request, FORCE));
	bad("pool4 flush -f x", "Unknown option of 'pool4': '-f'. See `jool pool4 --help`.");
}
END_TEST

/* The instance is that of the file with `text`; NULL: it is refused with this sentence. */
static void file(const char *line, const char *text, const char *instance, const char *sentence)
{
	char path[] = "/tmp/jool-file-XXXXXX", whole[200], want[300];
	struct request request;
	int fd = mkstemp(path);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	snprintf(whole, sizeof(whole), "-f %s %s", path, line);
	snprintf(want, sizeof(want), "Error: %s\n", sentence);
	for (char *at; (at = strstr(want, "FILE"));) {
		memmove(at + strlen(path), at + 4, strlen(at + 4) + 1);
		memcpy(at, path, strlen(path));
	}
	ck_assert_int_eq(parse(whole, &request), COMMAND_RUN);
	catch();
	ck_assert_int_eq(instance_take_file(&request), instance ? EXIT_DONE : EXIT_USAGE);
	unlink(path);
	expect("", instance ? "" : want);
	if (instance) {
		ck_assert_str_eq(request.instance, instance);
		ck_assert(request.named);
	}
}

START_TEST(test_file)
{
	struct request request = good("session display", "session", "display");

	ck_assert_int_eq(instance_take_file(&request), EXIT_DONE);
	ck_assert(!request.named);
	file("session display", "{ \"global\": {}, \"instance\": \"x\" }", "x", "");
	file("-i x session display", "{ \"Instance\": \"x\" }", "x", "");
	file("-i y session display", "{\"instance\":\"x\"}", NULL,
	     "Two instances are named: 'y' and, in 'FILE', 'x'.");
	file("session display", "{}", NULL,
	     "'FILE' does not say which instance it is about: there is no \"instance\" that is a string.");
	file("session display", "{\"instance\":1}", NULL,
	     "'FILE' does not say which instance it is about: there is no \"instance\" that is a string.");
	file("session display", "{\"instance\":\"1234567890123456\"}", NULL, "'1234567890123456' is no name of an "
	     "instance (1 to 15 bytes of UTF-8, none of them a control character).");
	file("session display", "{\n\"instance\"", NULL, "FILE:2: ':' expected near end of file.");
	request.values[OPTION_FILE] = "/nonexistent";
	catch();
	ck_assert_int_eq(instance_take_file(&request), EXIT_REFUSED);
	expect("", "Error: Cannot read /nonexistent: No such file or directory.\n");
}
END_TEST

/* -i is the instance before the mode, and where there is no --icmp. */
START_TEST(test_letter_i)
{
	struct request request;

	request = good("-i a session display -i", "session", "display");
	ck_assert_str_eq(request.instance, "a");
	ck_assert(command_has(&request, ICMP));
	request = good("-ia session display --instance a", "session", "display");
	ck_assert_str_eq(request.instance, "a");
	request = good("global display -i a", "global", "display");
	ck_assert_str_eq(request.instance, "a");
	request = good("instance remove -i a", "instance", "remove");
	ck_assert_str_eq(request.instance, "a");
	bad("pool4 flush -i", "Unknown option of 'pool4': '-i'. See `jool pool4 --help`.");
	bad("-i a session display --instance b", "Two instances are named: 'a' and 'b'.");
	bad("-i '' session display",
	    "'' is no name of an instance (1 to 15 bytes of UTF-8, none of them a control character).");
	bad("-i 1234567890123456 session display", "'1234567890123456' is no name of an instance (1 to 15 "
	    "bytes of UTF-8, none of them a control character).");
	bad("-i a\tb session display",
	    "'a?b' is no name of an instance (1 to 15 bytes of UTF-8, none of them a control character).");
	/* C1, DEL, and what is no UTF-8. */
	bad("-i a\xc2\x9b\x32J session display",
	    "'a??2J' is no name of an instance (1 to 15 bytes of UTF-8, none of them a control character).");
	bad("-i a\x7f session display",
	    "'a?' is no name of an instance (1 to 15 bytes of UTF-8, none of them a control character).");
	bad("-i a\xff session display",
	    "'a?' is no name of an instance (1 to 15 bytes of UTF-8, none of them a control character).");
	request = good("-i \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 session display", "session", "display");
	ck_assert_str_eq(request.instance, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(test_words)
{
	bad("s d", "Ambiguous mode: 's' may be any of: session stats");
	bad("sesion display", "Unknown mode: 'sesion'. Did you mean 'session'?");
	bad("xyzzy", "Unknown mode: 'xyzzy'. Available: instance pool4 bib session global stats query file");
	bad("''", "Unknown mode: ''. Available: instance pool4 bib session global stats query file");
	bad("session", "'session' needs an operation: display follow count delete");
	bad("pool4 --tcp", "'pool4' needs an operation: display add remove flush");
	bad("session dsplay", "Unknown operation of 'session': 'dsplay'. Did you mean 'display'?");
	bad("session xyzzy", "Unknown operation of 'session': 'xyzzy'. Available: display follow count delete");
	bad("session display tcp", "Unexpected argument of 'session display': 'tcp'.");
	bad("bib add a b c", "Unexpected argument of 'bib add': 'c'.");
	bad("-i a", "A mode is missing; see `jool --help`.");
	bad("-i", "Option '--instance' needs a value (NAME).");
	bad("pool4 add x --mark", "Option '--mark' needs a value (N).");
	bad("session display --csv=yes", "Option '--csv' takes no value.");
	bad("session display --n", "Ambiguous option of 'session': '--n' may be any of: --numeric --no-headers");
	bad("session display --numbers", "Unknown option of 'session': '--numbers'. Did you mean '--numeric'?");
	bad("session display -x", "Unknown option of 'session': '-x'. See `jool session --help`.");
	bad("session display --mark 5", "Unknown option of 'session': '--mark'. Available: --tcp --udp --icmp "
	    "--all --numeric --dns-timeout --csv --no-headers --json --src6 --dst6 --src4 --dst4 --port "
	    "--state --instance --file --help --usage --version");
	bad("--numeric session display", "Unknown option before the mode: '--numeric'. Available: --instance --file --help "
	    "--usage --version");
}
END_TEST

START_TEST(test_proto)
{
	static const struct {
		const char *line;
		uint8_t proto;
	} cases[] = {
		{ "session display", IPPROTO_TCP }, { "session display --tcp", IPPROTO_TCP },
		{ "session display -u", IPPROTO_UDP }, { "session display --icmp", IPPROTO_ICMP },
		{ "session display -tt --tcp", IPPROTO_TCP },
	};
	struct request request;
	uint8_t proto;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		request = good(cases[i].line, "session", "display");
		ck_assert(command_proto(&request, IPPROTO_TCP, &proto));
		ck_assert_uint_eq(proto, cases[i].proto);
	}
	refused("session display -tu", "Only one protocol is allowed per request.");
	refused("bib display --icmp --udp", "Only one protocol is allowed per request.");
	refused("session count --all --udp", "Only one protocol is allowed per request, or --all.");
	request = good("session delete -a", "session", "delete");
	ck_assert(command_proto(&request, IPPROTO_TCP, &proto));
	ck_assert_uint_eq(proto, 0);
	refused("pool4 add 192.0.2.1 1-2 -tui", "Only one protocol is allowed per request.");
}
END_TEST

/* What the modes refuse by themselves. */
START_TEST(test_refused)
{
	refused("session display --csv --json", "Only one of --csv and --json is allowed.");
	refused("global display --csv --json", "Only one of --csv and --json is allowed.");
	refused("session follow --csv --json", "Only one of --csv and --json is allowed.");
	refused("stats display --openmetrics --json", "--openmetrics has no other format, and always headers.");
	refused("stats display --prometheus --csv", "--prometheus has no other format, and always headers.");
	refused("stats display --prometheus --no-headers", "--prometheus has no other format, and always headers.");
	refused("stats display --prometheus --openmetrics",
		"--openmetrics has no other format, and always headers.");
	refused("session delete", "The command is missing which sessions: a protocol, --all, or a filter (--src6, "
		"--dst6, --src4, --dst4, --port, --state).");
	refused("session delete --src6 2001:db8::/129",
		"'2001:db8::/129' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
	refused("session display --dst6 192.0.2.1",
		"'192.0.2.1' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
	refused("session count --src4 192.0.2.1/24",
		"'192.0.2.1/24' seems to have a suffix; please fix (did you mean 192.0.2.0/24?).");
	refused("session follow --dst4 x", "'x' is not an IPv4 address or prefix (ADDRESS[/LENGTH]).");
	refused("session display --port 80-x", "'80-x' is not a port range (N or N-M, 0 to 65535).");
	refused("session display --state ESTABLISHT", "Unknown state: 'ESTABLISHT'. Did you mean 'ESTABLISHED'?");
	refused("session display --state v4_f",
		"Ambiguous state: 'V4_F' may be any of: V4_FIN_RCV V4_FIN_V6_FIN_RCV");
	refused("bib display --src6 x", "'x' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
	refused("session display --dns-timeout soon",
		"--dns-timeout: 'soon' is not a number of seconds (0 to 86400, three decimals at most).");
	refused("instance add", "The command is missing the IPv6 prefix (--pool6 64:ff9b::/96).");
	refused("instance add --iptables -6 64:ff9b::/96", "There is no --iptables: this translator needs no "
		"iptables rule, it attaches to netfilter's hooks by itself. Use --netfilter, or neither.");
	refused("-i a instance add b -6 64:ff9b::/96", "Two instances are named: 'a' and 'b'.");
	refused("instance add -6 64:ff9b::1/96",
		"'64:ff9b::1/96' seems to have a suffix; please fix (did you mean 64:ff9b::/96?).");
	refused("-i a instance flush", "'instance flush' removes every instance of this namespace; use "
		"`jool instance remove a` to remove one.");
	refused("pool4 add", "The command is missing an IPv4 prefix or address (192.0.2.1), a port (or ICMP id) "
		"range (61001-65535), a protocol (--tcp, --udp or --icmp).");
	refused("pool4 add 192.0.2.1 -t",
		"The command is missing a port (or ICMP id) range (61001-65535).");
	refused("pool4 add 192.0.2.1 192.0.2.2 -t", "'192.0.2.2' is the second IPv4 prefix or address.");
	refused("pool4 add 192.0.0.0/23 1-2 -t",
		"You're adding lots of addresses (a /23 has 512); use --force if that is what you want.");
	refused("pool4 add 192.0.2.1 1-2 -t --mark x", "--mark: 'x' is not a number from 0 to 4294967295.");
	refused("pool4 add 192.0.2.1 1-2 -t --max-iterations 0",
		"--max-iterations: '0' is not a number from 1 to 4294967294.");
	refused("pool4 remove 1-2", "The command is missing an IPv4 prefix or address (192.0.2.1).");
	refused("bib add 2001:db8::1#80", "The command is missing an IPv4 transport address (192.0.2.1#80).");
	refused("bib add 192.0.2.1#80", "The command is missing an IPv6 transport address (2001:db8::1#80).");
	refused("bib add 192.0.2.1#80 192.0.2.1#81", "'192.0.2.1#81' is the second IPv4 transport address.");
	refused("bib remove", "The command is missing an IPv6 or IPv4 transport address (2001:db8::1#80 or "
		"192.0.2.1#80).");
	refused("global update", "The command is missing the key and its value (jool global update KEY VALUE).");
	refused("global update tos", "The command is missing the value (jool global update KEY VALUE).");
	refused("global update tcp 1",
		"Ambiguous key: 'tcp' may be any of: tcp-est-timeout tcp-trans-timeout tcp-opening-timeout tcp-closing-timeout");
	refused("global update udp-timout 1", "Unknown key: 'udp-timout'. Did you mean 'udp-timeout'?");
	refused("global update pool6 64:ff9b::", "'64:ff9b::' needs a prefix length (64:ff9b::/96?).");
}
END_TEST

/* On standard output, successfully, and also without an operation. */
START_TEST(test_help)
{
	static const char *const lines[] = {
		"--help", "-?", "-h", "--usage", "session --help", "pool4 -h", "pool4 add --usage", "g u --help",
	};
	struct request request;
	char *out, *err;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		catch();
		ck_assert_int_eq(parse(lines[i], &request), EXIT_DONE);
		caught(&out, &err);
		ck_assert_ptr_nonnull(strstr(out, "Usage: jool "));
		ck_assert_str_eq(err, "");
		free(out);
		free(err);
	}
	catch();
	ck_assert_int_eq(parse("--version", &request), EXIT_DONE);
	expect(JOOL_VERSION "\n", "");
	catch();
	ck_assert_int_eq(parse("", &request), EXIT_USAGE);
	caught(&out, &err);
	ck_assert_str_eq(out, "");
	ck_assert(!strncmp(err, "Usage: jool ", 12));
	free(out);
	free(err);
	catch();
	ck_assert_int_eq(parse("pool4 remove --usage", &request), EXIT_DONE);
	expect("Usage: jool [-i NAME] pool4 remove PREFIX [PORTS] [--tcp | --udp | --icmp]\n"
	       "            [--mark N] [--quick]\n", "");
}
END_TEST

/* Everything has a line of help, and fits. */
START_TEST(test_tables)
{
	for (size_t i = 0; modes[i]; i++) {
		ck_assert_ptr_nonnull(modes[i]->help);
		for (size_t k = 0; k < modes[i]->count; k++) {
			const struct operation *operation = &modes[i]->operations[k];

			ck_assert_ptr_nonnull(operation->help);
			ck_assert_ptr_nonnull(operation->words);
			ck_assert_ptr_nonnull(operation->run);
			ck_assert_uint_le(operation->most, WORDS_MAX);
			ck_assert_uint_le(strlen(operation->help), 80);
		}
	}
	for (int i = 0; i < OPTIONS; i++) {
		ck_assert_ptr_nonnull(command_options[i].name);
		ck_assert_ptr_nonnull(command_options[i].help);
	}
}
END_TEST

static void complete_with(int status, const char *text, const char *candidates)
{
	char line[500], *argv[WORDS_OF_LINE];

	snprintf(line, sizeof(line), "%s", text);
	split(line, argv);
	catch();
	ck_assert_int_eq(complete_words(modes, argv), status);
	expect(candidates, "");
}

static void complete(const char *text, const char *candidates)
{
	complete_with(EXIT_DONE, text, candidates);
}

START_TEST(test_completion)
{
	complete("1 jool", "instance\npool4\nbib\nsession\nglobal\nstats\nquery\nfile\nhelp\n");
	complete("1 jool ''", "instance\npool4\nbib\nsession\nglobal\nstats\nquery\nfile\nhelp\n");
	complete("1 jool s", "session\nstats\n");
	complete("1 jool --", "--instance\n--file\n--help\n--usage\n--version\n");
	complete("1 jool x", "");
	complete("3 jool session display --state=V4", "--state=V4_INIT\n--state=V4_FIN_RCV\n"
		 "--state=V4_FIN_V6_FIN_RCV\n");
	complete("3 jool session display --st=EST more", "--st=ESTABLISHED\n");
	complete("3 jool session display --csv=", "");
	complete("4 jool session display -- --state=", "");
	complete("1 jool --nonsense=", "");
	complete("2 jool pool4 ''", "display\nadd\nremove\nflush\n");
	complete("2 jool p r", "remove\n");
	complete("3 jool session display --n", "--numeric\n--no-headers\n");
	complete("4 jool session display -t --", "--numeric\n--dns-timeout\n--csv\n--no-headers\n--json\n"
		 "--src6\n--dst6\n--src4\n--dst4\n--port\n--state\n--instance\n--file\n--help\n--usage\n");
	complete("3 jool instance add --", "--force\n--netfilter\n--pool6\n--instance\n--file\n--help\n--usage\n");
	complete("4 jool instance add --pool6 ''", "64:ff9b::/96\n");
	complete("4 jool pool4 add --max-iterations i", "infinity\n");
	complete("4 jool pool4 add --mark ''", "");
	complete("4 jool session display --state V4", "V4_INIT\nV4_FIN_RCV\nV4_FIN_V6_FIN_RCV\n");
	complete("2 jool query --i", "--icmp\n--instance\n");
	complete("2 jool query ''", "");
	complete("3 jool global update tcp",
		 "tcp-est-timeout\ntcp-trans-timeout\ntcp-opening-timeout\ntcp-closing-timeout\n");
	complete("4 jool global update manually ''", "true\nfalse\n");
	complete("4 jool global update tos ''", "");
	complete("3 jool session display ''", "");
	complete("5 jool -i x session d --u", "--udp\n--usage\n");
	complete("2 jool file ''", "handle\ncheck\nsave\n");
	complete_with(COMPLETE_FILE, "3 jool file handle ''", "");
	complete_with(COMPLETE_FILE, "2 jool -f x", "");
	complete("4 jool file check /x ''", "");
	complete("3 jool file save ''", "");
	complete("2 jool help ''", "instance\npool4\nbib\nsession\nglobal\nstats\nquery\nfile\n");
	complete("3 jool help session d", "display\ndelete\n");
	complete("4 jool help global update ''", "");
	complete("4 jool help global update --", "");
	complete("2 jool nonsense ''", "");
	complete("3 jool session nonsense ''", "");
	complete("4 jool session display --nonsense ''", "");
	/* The rest of the line, behind the word, does not matter. */
	complete("1 jool se display --csv", "session\n");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_abbreviations, test_order, test_no_operation, test_gone, test_ignored, test_letter_f, test_file,
		test_letter_i, test_words, test_proto, test_refused, test_help,
		test_tables, test_completion,
	};

	return run_tests("command", tests, ARRAY_SIZE(tests));
}
