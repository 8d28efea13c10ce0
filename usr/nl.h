/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Talking to the module: one request, whose answers come as plain rows. This is the only part of
 * the command that knows netlink's headers.
 */
#ifndef JOOL_USR_NL_H
#define JOOL_USR_NL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi.h"

#define NL_BIT(attr) (UINT64_C(1) << JOOL_A_##attr)

/*
 * What one answer says. `present` has NL_BIT(X) set for each attribute JOOL_A_X that was there; the
 * other fields mean nothing, but flags are 0 and cmd is the message's. Byte order is that of uapi.h.
 * Of the attributes without fixed length there are pointers into the message, which is gone when
 * the callback returns.
 */
struct nl_row {
	uint64_t present;
	enum jool_cmd cmd;
	uint32_t flags;
	struct in6_addr src6, dst6, pool6;
	struct in_addr src4, dst4, prefix4;
	in_port_t src6_port, dst6_port, src4_port, dst4_port;
	uint32_t expires;
	uint32_t netns;
	uint32_t mark;
	uint32_t max_iterations;
	uint64_t stat_value;
	uint64_t count, bib_count;
	uint64_t seq, time, lost;
	uint32_t ports_used;
	uint16_t port_min, port_max;
	uint8_t proto;
	uint8_t state;
	uint8_t answer;
	uint8_t reason;
	uint8_t pool6_len;
	uint8_t prefix4_len;
	char instance[JOOL_NAME_MAX + 1];

	const char *stat_name;
	const void *globals;
	uint16_t globals_len;
};

/* Called for each answer. Returns whether to go on. */
typedef bool (*nl_row_fn)(struct nl_row *row, void *arg);

struct nl;

/*
 * Begins request `cmd` for `instance` (NULL: the request names none). NULL after an error sentence
 * if the module is not there or a system call failed.
 */
struct nl *nl_begin(enum jool_cmd cmd, const char *instance);

/*
 * Why the module cannot be asked to do anything, as the end of a sentence; NULL: it can. Says
 * nothing.
 */
const char *nl_why_not(void);

/* Adds an attribute of that size. In a nest opened by nl_nest(), `attr` is a number of the nest. */
void nl_put(struct nl *nl, int attr, const void *value, size_t len);
void nl_put_u8(struct nl *nl, int attr, uint8_t value);
void nl_put_u16(struct nl *nl, int attr, uint16_t value);
void nl_put_u32(struct nl *nl, int attr, uint32_t value);

/* What is put from now on is put into nest `attr`, until nl_nest_end() or the end of the request. */
void nl_nest(struct nl *nl, int attr);
void nl_nest_end(struct nl *nl);

/* Bytes of the request so far: the offset of what is put next. */
uint32_t nl_length(const struct nl *nl);

/*
 * If the request is refused, `about` is called before the error sentence is printed, with the
 * offset of the attribute that it is about, or 0.
 */
void nl_on_refusal(struct nl *nl, void (*about)(uint32_t offset, void *arg), void *arg);

/*
 * Each sends the request, waits for what there is to wait for and frees `nl`. They return
 * EXIT_DONE, or EXIT_REFUSED after an error sentence.
 *
 * nl_do: a request that is done or refused.
 * nl_get: one that is answered by one message.
 * nl_list: a list. A list that the kernel says may be inconsistent gets a warning.
 *
 * `need` is the set of NL_BIT that every answer must have.
 */
int nl_do(struct nl *nl);
int nl_get(struct nl *nl, uint64_t need, nl_row_fn row, void *arg);
int nl_list(struct nl *nl, uint64_t need, nl_row_fn row, void *arg);

/*
 * A list of which only is wanted whether there is one. Returns 0, or the errno with which the
 * kernel or a system call refused, without a word. Frees `nl`.
 */
int nl_probe(struct nl *nl);

/*
 * Calls `each` with number, value and length of each attribute within `attrs`, as they stand in
 * nl_row.globals. Returns false if they are malformed or `each` returns false.
 */
bool nl_each(const void *attrs, size_t len,
	     bool (*each)(int attr, const void *value, size_t len, void *arg), void *arg);

/* The error sentence about attributes that are malformed. */
void nl_say_malformed(void);

/* The state of reading the answers to one request. */
struct nl_reader {
	nl_row_fn row;		/* who gets the rows; NULL if none are expected */
	void *arg;
	uint64_t need;		/* set of NL_BIT that every row must have */
	uint32_t seq;		/* of the request; answers to others are left out */
	bool events;		/* of no request: nothing is left out */
	uint16_t family;	/* number of the family */
	bool interrupted;	/* the list may be inconsistent */
	bool done;		/* nothing more will come or is wanted */
	int error;		/* what the request ended with, an errno, 0 if it succeeded */
	bool malformed;		/* the answer makes no sense */
	bool unloaded;		/* of events: the module says goodbye */
	char sentence[256];	/* the kernel's reason for the refusal, empty if it gave none */
	uint32_t offset;	/* of the attribute it is about within the request; 0: of none */
};

/* Reads `len` bytes (aligned as netlink is) that were received at once. */
void nl_read(struct nl_reader *reader, const void *bytes, size_t len);

/* ---- events ---- */

/*
 * Asks with request `cmd` for events, with room for `room` bytes of them that were not read yet, or
 * as much as is allowed. `reader` gets what comes, now and from nl_receive(). NULL after an error
 * sentence. Ends with nl_unsubscribe().
 */
struct nl *nl_subscribe(enum jool_cmd cmd, int room, struct nl_reader *reader);
void nl_unsubscribe(struct nl *nl);

/* Can be read when there are events. */
int nl_fd(const struct nl *nl);

/*
 * Asks again, after NL_NEWS_LOST: if the module has ended meanwhile, and there was no room to say so,
 * nl_receive() will. False after an error sentence.
 */
bool nl_resubscribe(struct nl *nl);

enum nl_news {
	NL_NEWS,	/* there were some */
	NL_NEWS_NONE,	/* nothing has come */
	NL_NEWS_LOST,	/* there was no room for some */
	NL_NEWS_FAILED,	/* an error sentence was printed */
};

/* Reads what has come, without waiting for it. */
enum nl_news nl_receive(struct nl *nl, struct nl_reader *reader);

#endif
