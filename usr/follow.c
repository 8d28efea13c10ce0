// SPDX-License-Identifier: GPL-2.0-only
#include "follow.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "nl.h"
#include "print.h"
#include "words.h"

#define LINE_MAX_SIZE 512

/* Room for events while the reader is slow: some 50 000 of them. */
#define ROOM (64 << 20)

static void print_event(const struct table *table, const struct table_row *row)
{
	char *at = print_reserve(LINE_MAX_SIZE);

	(void)table;
	at = print_put_date(at, row->nl.time);
	*at++ = ' ';
	at = print_put_text(at, row->text);
	*at++ = ' ';
	at = print_put_text(at, words_proto(row->nl.proto));
	*at++ = ' ';
	at = print_put_node6(at, &row->nl.src6, row->nl.src6_port);
	at = print_put_text(at, " > ");
	at = print_put_node6(at, &row->nl.dst6, row->nl.dst6_port);
	at = print_put_text(at, ", ");
	at = print_put_node4(at, &row->nl.src4, row->nl.src4_port);
	at = print_put_text(at, " > ");
	at = print_put_node4(at, &row->nl.dst4, row->nl.dst4_port);
	if (row->nl.present & NL_BIT(STATE)) {
		at = print_put_text(at, ", ");
		at = print_put_text(at, words_state(row->nl.state));
	}
	at = print_put_text(at, " (");
	at = print_put_text(at, words_reason(row->nl.reason));
	at = print_put_text(at, ")\n");
	print_commit(at);
}

/* The columns of `session display`, with some more around. */
static const struct column columns[] = {
	COLUMN("Time", "time", COLUMN_TIME, time),
	COLUMN_OWN("Event", "event", COLUMN_TEXT, text),
	COLUMN("Reason", "reason", COLUMN_REASON, reason),
	COLUMN("Protocol", "protocol", COLUMN_PROTO, proto),
	COLUMN("IPv6 Remote Address", "src6.address", COLUMN_IN6, src6),
	COLUMN("IPv6 Remote L4-ID", "src6.port", COLUMN_PORT, src6_port),
	COLUMN("IPv6 Local Address", "dst6.address", COLUMN_IN6, dst6),
	COLUMN("IPv6 Local L4-ID", "dst6.port", COLUMN_PORT, dst6_port),
	COLUMN("IPv4 Local Address", "src4.address", COLUMN_IN4, src4),
	COLUMN("IPv4 Local L4-ID", "src4.port", COLUMN_PORT, src4_port),
	COLUMN("IPv4 Remote Address", "dst4.address", COLUMN_IN4, dst4),
	COLUMN("IPv4 Remote L4-ID", "dst4.port", COLUMN_PORT, dst4_port),
	COLUMN("Expires in", "expires_ms", COLUMN_MS, expires),
	COLUMN("State", "state", COLUMN_STATE, state),
	COLUMN("Instance", "instance", COLUMN_CHARS, instance),
};

const struct table_kind follow_table = {
	.need = NL_BIT(INSTANCE) | NL_BIT(TIME) | NL_BIT(REASON) | NL_BIT(PROTO) |
		NL_BIT(SRC6) | NL_BIT(SRC6_PORT) | NL_BIT(DST6) | NL_BIT(DST6_PORT) | NL_BIT(SRC4) |
		NL_BIT(SRC4_PORT) | NL_BIT(DST4) | NL_BIT(DST4_PORT) | NL_BIT(EXPIRES),
	.stream = true,
	.columns = columns,
	.count = sizeof(columns) / sizeof(columns[0]),
	.row = print_event,
};

static void report(struct follow *follow, uint64_t count)
{
	if (follow->table.format == TABLE_JSON)
		print_format("{\"version\":1,\"lost\":%" PRIu64 "}\n", count);
	else
		print_warning("%" PRIu64 " %s lost, because the reader was too slow.", count,
			      count == 1 ? "event was" : "events were");
}

bool follow_take(struct nl_row *row, void *arg)
{
	struct table_row line = { .nl = *row };
	struct follow *follow = arg;

	if (row->present & NL_BIT(LOST)) {
		report(follow, row->lost);
		follow->overrun = false;
	}
	if ((follow->proto && row->proto != follow->proto) ||
	    (follow->instance && strcmp(row->instance, follow->instance)) ||
	    !match_row(&follow->match, row))
		return true;
	line.text = row->cmd == JOOL_CMD_SESSION_NEW ? "new" : "end";
	return table_add_row(&line, &follow->table);
}

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = true;
	print_hurry();
}

/*
 * SIGINT and SIGTERM end it, a second one at once. They are let in while writing and, by means of
 * the mask, while waiting, so that none is missed in between.
 */
static void catch_signals(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = end, .sa_flags = SA_RESETHAND };

	sigprocmask(SIG_BLOCK, NULL, waiting);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void let_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(how, &set, NULL);
}

/* Waits for events, a signal, or the reader to go away. False if it is over. */
static bool wait_for_events(const struct nl *nl, const sigset_t *waiting)
{
	struct pollfd fds[] = {
		{ .fd = nl_fd(nl), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	bool over;

	print_flush();
	let_signals(SIG_BLOCK);
	if (!ended)
		ppoll(fds, 2, NULL, waiting);
	let_signals(SIG_UNBLOCK);
	over = ended || print_failed() || fds[1].revents & (POLLERR | POLLHUP);
	return !over;
}

static int follow_events(struct follow *follow, struct nl *nl, struct nl_reader *reader)
{
	bool deaf = false;	/* the end of the module may be among what was lost */
	sigset_t waiting;

	catch_signals(&waiting);
	while (!ended && !print_failed()) {
		switch (nl_receive(nl, reader)) {
		case NL_NEWS:
			break;
		case NL_NEWS_NONE:
			if (deaf && !nl_resubscribe(nl))
				return EXIT_REFUSED;
			if (!deaf && !wait_for_events(nl, &waiting))
				return EXIT_DONE;
			deaf = false;
			break;
		case NL_NEWS_LOST:
			follow->overrun = deaf = true;
			break;
		case NL_NEWS_FAILED:
			print_flush();
			return EXIT_REFUSED;
		}
	}
	return EXIT_DONE;
}

int follow_run(const struct request *request)
{
	struct follow follow = { .instance = request->named ? request->instance : NULL };
	struct nl_reader reader = {
		.row = follow_take, .arg = &follow, .need = follow_table.need,
	};
	struct nl *nl;
	int status;

	if (!command_proto(request, 0, &follow.proto) || !match_parse(request, &follow.match))
		return EXIT_USAGE;
	status = table_begin(&follow.table, &follow_table, request, NULL);
	if (status != EXIT_DONE)
		return status;
	nl = nl_subscribe(JOOL_CMD_FOLLOW, ROOM, &reader);
	if (!nl)
		return table_end(&follow.table, EXIT_REFUSED);
	status = follow_events(&follow, nl, &reader);
	nl_unsubscribe(nl);
	if (follow.overrun)
		print_warning("The last events were lost, because the reader was too slow.");
	return table_end(&follow.table, status);
}
