// SPDX-License-Identifier: GPL-2.0-only
/* OpenMetrics and the text format: the form, line by line, and some lines to the letter. */
#include "usr.h"

#include <ctype.h>
#include <regex.h>

#include "metrics.h"

static void add_entry(struct metrics *metrics, uint8_t proto, uint32_t mark, uint16_t min, uint16_t max,
		      uint32_t used)
{
	struct nl_row row = {
		.proto = proto, .mark = mark, .port_min = min, .port_max = max, .ports_used = used,
	};

	ck_assert(metrics_add_entry(&row, metrics));
}

/* Of two instances, in `out`. */
static void print_two(enum metrics_format format, char **out)
{
	struct metrics other = {
		.instance = "a\"\\\xff", .counters[METRIC_SUCCESS] = UINT64_MAX, .sessions = { 4, 5, 6 },
	};
	struct metrics first = {
		.instance = "default", .counters[METRIC_SUCCESS] = 35, .sessions = { 1, 2, 3 },
		.bib = { 7, 8, 9 }, .next = &other,
	};
	char *err;

	add_entry(&first, IPPROTO_TCP, 7, 0, 65535, 65536);
	add_entry(&first, IPPROTO_UDP, UINT32_MAX, 80, 80, 1);
	add_entry(&first, IPPROTO_UDP, 7, 1, 65535, 5);
	/* As many as make more than 32 bits. */
	for (int i = 0; i < 65537; i++)
		add_entry(&first, IPPROTO_UDP, 0, 0, 65535, i == 5 ? 3 : 0);
	for (int i = 100; i > 0; i--)
		add_entry(&first, IPPROTO_ICMP, i, 5, 6, 1);
	catch();
	metrics_print(&first, format);
	caught(out, &err);
	ck_assert_str_eq(err, "");
	free(err);
	free(first.pools);
}

static void has_lines(const char *out, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(strstr(out, lines[i]), "%s in %s", lines[i], out);
}

/* What both formats have. */
static const char *const gauges[] = {
	"# TYPE jool_sessions gauge\n# HELP jool_sessions Sessions present now.\n"
	"jool_sessions{nat64=\"default\",protocol=\"TCP\"} 1\n"
	"jool_sessions{nat64=\"default\",protocol=\"UDP\"} 2\n"
	"jool_sessions{nat64=\"default\",protocol=\"ICMP\"} 3\n"
	"jool_sessions{nat64=\"a\\\"\\\\?\",protocol=\"TCP\"} 4\n",
	"jool_bib_entries{nat64=\"default\",protocol=\"ICMP\"} 9\n",
	"# TYPE jool_pool4_ports_used gauge\n# HELP jool_pool4_ports_used Ports of pool4 that are in use.\n"
	"jool_pool4_ports_used{nat64=\"default\",protocol=\"TCP\",mark=\"7\"} 65536\n"
	"jool_pool4_ports_used{nat64=\"default\",protocol=\"UDP\",mark=\"4294967295\"} 1\n"
	"jool_pool4_ports_used{nat64=\"default\",protocol=\"UDP\",mark=\"7\"} 5\n"
	"jool_pool4_ports_used{nat64=\"default\",protocol=\"UDP\",mark=\"0\"} 3\n"
	"jool_pool4_ports_used{nat64=\"default\",protocol=\"ICMP\",mark=\"100\"} 1\n",
	"# TYPE jool_pool4_ports_free gauge\n# HELP jool_pool4_ports_free Ports of pool4 that are free.\n"
	"jool_pool4_ports_free{nat64=\"default\",protocol=\"TCP\",mark=\"7\"} 0\n"
	"jool_pool4_ports_free{nat64=\"default\",protocol=\"UDP\",mark=\"4294967295\"} 0\n"
	"jool_pool4_ports_free{nat64=\"default\",protocol=\"UDP\",mark=\"7\"} 65530\n"
	"jool_pool4_ports_free{nat64=\"default\",protocol=\"UDP\",mark=\"0\"} 4295032829\n",
	"jool_pool4_ports_free{nat64=\"default\",protocol=\"ICMP\",mark=\"1\"} 1\n",
};

START_TEST(test_openmetrics)
{
	static const char *const lines[] = {
		"# TYPE jool_success counter\n# HELP jool_success Packets translated and sent.\n"
		"jool_success_total{nat64=\"default\"} 35\n"
		"jool_success_total{nat64=\"a\\\"\\\\?\"} 18446744073709551615\n",
	};
	char *out;

	print_two(METRICS_OPENMETRICS, &out);
	has_lines(out, lines, ARRAY_SIZE(lines));
	has_lines(out, gauges, ARRAY_SIZE(gauges));
	free(out);
}
END_TEST

/* The family of a counter has the name of its samples, and there is no end mark. */
START_TEST(test_prometheus)
{
	static const char *const lines[] = {
		"# TYPE jool_success_total counter\n# HELP jool_success_total Packets translated and sent.\n"
		"jool_success_total{nat64=\"default\"} 35\n"
		"jool_success_total{nat64=\"a\\\"\\\\?\"} 18446744073709551615\n",
	};
	char *out;

	print_two(METRICS_PROMETHEUS, &out);
	has_lines(out, lines, ARRAY_SIZE(lines));
	has_lines(out, gauges, ARRAY_SIZE(gauges));
	ck_assert_ptr_null(strstr(out, "EOF"));
	ck_assert_ptr_null(strstr(out, "jool_success counter"));
	free(out);
}
END_TEST

/*
 * The rules of OpenMetrics 1.0 that concern us: the lines of a metric stand together, TYPE first; a
 * counter ends in _total, a gauge does not; labels and help are escaped; it all ends with # EOF.
 */
START_TEST(test_rules)
{
	const char *const type = "^# TYPE ([a-z][a-z0-9_]*) (counter|gauge)$";
	const char *const sample = "^([a-z][a-z0-9_]*)\\{[a-z0-9]+=\"([^\"\\\\]|\\\\[\"\\\\n])*\""
				   "(,[a-z0-9]+=\"[^\"\\\\]*\")*\\} [0-9]+$";
	char *out, *save, *line, name[64] = "", want[80] = "", seen[8000] = " ";
	regex_t type_regex, sample_regex;
	regmatch_t match[3];
	bool ended = false;

	ck_assert_int_eq(regcomp(&type_regex, type, REG_EXTENDED), 0);
	ck_assert_int_eq(regcomp(&sample_regex, sample, REG_EXTENDED), 0);
	print_two(METRICS_OPENMETRICS, &out);
	for (line = strtok_r(out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		ck_assert(!ended);
		if (!strcmp(line, "# EOF")) {
			ended = true;
		} else if (!regexec(&type_regex, line, 3, match, 0)) {
			snprintf(name, sizeof(name), " %.*s ", (int)(match[1].rm_eo - match[1].rm_so),
				 line + match[1].rm_so);
			ck_assert_msg(!strstr(seen, name), "%s", line);
			strcat(seen, name);
			snprintf(want, sizeof(want), "%.*s%s", (int)strlen(name) - 2, name + 1,
				 line[match[2].rm_so] == 'c' ? "_total" : "");
		} else if (!strncmp(line, "# HELP ", 7)) {
			ck_assert_msg(!strncmp(line + 6, name, strlen(name)), "%s", line);
			for (const char *c = line; *c; c++) {
				ck_assert_msg(*c != '"', "%s", line);
				if (*c == '\\')
					ck_assert(*++c == '"' || *c == '\\' || *c == 'n');
			}
		} else {
			ck_assert_msg(!regexec(&sample_regex, line, 3, match, 0), "%s", line);
			ck_assert_msg(!strncmp(line, want, strlen(want)) && line[strlen(want)] == '{', "%s",
				      line);
		}
	}
	ck_assert(ended);
	regfree(&type_regex);
	regfree(&sample_regex);
	free(out);
}
END_TEST

/* Nothing to tell is valid, too. */
START_TEST(test_none)
{
	char *out, *err;

	catch();
	metrics_print(NULL, METRICS_OPENMETRICS);
	caught(&out, &err);
	ck_assert_str_eq(out + strlen(out) - strlen("# EOF\n"), "# EOF\n");
	ck_assert_ptr_null(strchr(out, '{'));
	free(out);
	free(err);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_openmetrics, test_prometheus, test_rules, test_none };

	return run_tests("metrics", tests, ARRAY_SIZE(tests));
}
