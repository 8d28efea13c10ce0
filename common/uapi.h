/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The contract between the module and the command (and anyone else who speaks Generic Netlink).
 *
 * Family "jool", version 1, per network namespace. A request carries the attributes listed under
 * its command; "?" marks an optional one, "*" one that may repeat. Ports and addresses are in
 * network byte order, everything else in host byte order. A refusal carries an extended ack: a
 * sentence, and the offending attribute where there is one.
 *
 *   JOOL_CMD_INSTANCE_ADD      INSTANCE, POOL6, POOL6_LEN, FLAGS?(FORCE)
 *   JOOL_CMD_INSTANCE_REMOVE   INSTANCE
 *   JOOL_CMD_INSTANCE_FLUSH    -
 *   JOOL_CMD_INSTANCE_GET      dump; every instance of the namespace, or of all namespaces for
 *                              one who holds CAP_NET_ADMIN in the initial user namespace.
 *        answers               NETNS, INSTANCE, POOL6, POOL6_LEN
 *   JOOL_CMD_POOL4_ADD         INSTANCE, PROTO, PREFIX4, PREFIX4_LEN, PORT_MIN, PORT_MAX, MARK?,
 *                              MAX_ITERATIONS?, FLAGS?(FORCE)
 *   JOOL_CMD_POOL4_REMOVE      INSTANCE, PROTO, PREFIX4, PREFIX4_LEN, PORT_MIN?, PORT_MAX?, MARK?,
 *                              FLAGS?(QUICK)
 *   JOOL_CMD_POOL4_FLUSH       INSTANCE, FLAGS?(QUICK)
 *   JOOL_CMD_POOL4_GET         dump; INSTANCE, PROTO?, FLAGS?(USAGE); by protocol, falling mark,
 *                              address, port. With USAGE the default pool4 is listed, too.
 *        answers               PROTO, MARK, PREFIX4 (one address), PORT_MIN, PORT_MAX,
 *                              MAX_ITERATIONS, FLAGS?(AUTO, DEFAULT); with USAGE: PORTS_USED
 *   JOOL_CMD_BIB_ADD           INSTANCE, PROTO, SRC6, SRC6_PORT, SRC4, SRC4_PORT
 *   JOOL_CMD_BIB_REMOVE        INSTANCE, PROTO, SRC6 and SRC6_PORT, or SRC4 and SRC4_PORT, or all
 *   JOOL_CMD_BIB_FLUSH         INSTANCE, PROTO?; removes static entries and all sessions, too
 *        answers               COUNT of entries that were removed
 *   JOOL_CMD_BIB_GET           dump; INSTANCE, PROTO?, filter?; TCP, UDP, ICMP; SRC4, SRC4_PORT
 *        answers               PROTO, SRC6, SRC6_PORT, SRC4, SRC4_PORT, FLAGS?(STATIC)
 *   JOOL_CMD_SESSION_GET       dump; INSTANCE, PROTO?, filter?; TCP, UDP, ICMP; SRC4, SRC4_PORT,
 *                              DST4, DST4_PORT
 *        answers               PROTO, SRC6, SRC6_PORT, DST6, DST6_PORT, SRC4, SRC4_PORT, DST4,
 *                              DST4_PORT, EXPIRES, STATE (TCP only)
 *   JOOL_CMD_SESSION_COUNT     INSTANCE, PROTO?, filter?; without filter it walks no table
 *        answers               COUNT; without filter BIB_COUNT, too
 *   JOOL_CMD_SESSION_DELETE    INSTANCE, PROTO?, filter?; static BIB entries stay
 *        answers               COUNT of sessions that were removed
 *   JOOL_CMD_GLOBAL_GET        INSTANCE
 *        answers               GLOBALS { one attribute per row of globals.def, numbered from 1 }
 *   JOOL_CMD_GLOBAL_SET        INSTANCE, GLOBALS { those to change, all or nothing }, FLAGS?(FORCE)
 *   JOOL_CMD_STATS_GET         dump; INSTANCE; needs no privilege
 *        answers               STAT_NAME, STAT_VALUE, one message per row of stats.def
 *   JOOL_CMD_CONFIG_SET        INSTANCE, POOL6?, POOL6_LEN?, GLOBALS? { }, POOL4_ENTRY* { as of
 *                              POOL4_ADD }, BIB_ENTRY* { as of BIB_ADD }, FLAGS?(FORCE,
 *                              REPLACE_BIB)
 *                              All or nothing: makes the instance if there is none (then POOL6 is
 *                              needed) and gives it this configuration. Options that are not there
 *                              get their default, pool4 has just these entries; with REPLACE_BIB
 *                              the static BIB entries are just these (others become dynamic, or go
 *                              if they are in the way of these), without it they stay as they are,
 *                              and those listed are added. Sessions and dynamic entries stay, but
 *                              for those whose IPv4 address left pool4.
 *   JOOL_CMD_CONFIG_CHECK      what CONFIG_SET takes, and it is refused for the same reasons; but
 *                              nothing changes
 *   JOOL_CMD_QUERY             INSTANCE, PROTO, MARK?, and of a packet from IPv6: SRC6, SRC6_PORT,
 *                              DST6, DST6_PORT; from IPv4: DST4, DST4_PORT (the sender), SRC4,
 *                              SRC4_PORT. What would happen to it (TCP: a SYN)? Nothing changes.
 *        answers               ANSWER, STAT_NAME? (why), FLAGS?(SESSION, BIB, STATIC, HAIRPIN:
 *                              what there is already), as far as known of the session SRC6,
 *                              SRC6_PORT, DST6, DST6_PORT, SRC4, SRC4_PORT, DST4, DST4_PORT; of
 *                              one that there is EXPIRES, STATE
 *
 * The filter of BIB and sessions: SRC6 and SRC6_LEN, DST6 and DST6_LEN, SRC4 and SRC4_LEN, DST4 and
 * DST4_LEN (prefixes), PORT_MIN and PORT_MAX (one of the ports lies there), STATE. BIB entries have
 * no DST6, DST4, STATE. An entry must satisfy all that is given.
 *
 *   JOOL_CMD_FOLLOW            -; until it is closed, the socket that asks is sent what sessions of
 *                              the namespace begin and end (and nobody else is: there is no group)
 *     JOOL_CMD_SESSION_NEW     INSTANCE, SEQ, TIME, REASON, LOST?, and what SESSION_GET answers
 *     JOOL_CMD_SESSION_END     the same
 *
 * SEQ grows by one with every event of the namespace while somebody follows. The events of one BIB
 * entry come in this order; others that happened at once, on several processors, may not. LOST is
 * how many events before this one had no room; that the socket begins to lose is told by ENOBUFS.
 *
 * Lists are NLM_F_DUMP dumps. They hold no lock between messages: an entry that lives through the
 * dump is listed once, one that comes or goes meanwhile is listed once or not at all. A dump during
 * which the table was flushed or the instance replaced is marked NLM_F_DUMP_INTR.
 *
 * All but STATS_GET need CAP_NET_ADMIN in the initial user namespace; with the module's parameter
 * userns, in the user namespace that owns the network namespace.
 */
#ifndef _JOOL_UAPI_H
#define _JOOL_UAPI_H

#include <linux/types.h>

#define JOOL_GENL_NAME		"jool"
#define JOOL_GENL_VERSION	1

/* Longest instance name, and what is used when none is named. */
#define JOOL_NAME_MAX		15
#define JOOL_NAME_DEFAULT	"default"

/* Ports of the pool4 that is used while none is configured. */
#define JOOL_POOL4_DEFAULT_MIN	61001
#define JOOL_POOL4_DEFAULT_MAX	65535

/* Most rows (addresses times ranges) of one pool4. */
#define JOOL_POOL4_ROWS_MAX	262144

/* Most MTU plateaus. */
#define JOOL_PLATEAUS_MAX	64

/* Most devices of the fast path, and the bytes of a name. */
#define JOOL_DEVICES_MAX	16
#define JOOL_DEVICE_NAME	16

/* Most sockets of a namespace that follow its sessions. */
#define JOOL_FOLLOWERS_MAX	64

/* RFC 1191 7.1 */
#define JOOL_PLATEAUS_DEFAULT	\
	{ 65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68 }

enum jool_cmd {
	JOOL_CMD_UNSPEC,
	JOOL_CMD_INSTANCE_ADD,
	JOOL_CMD_INSTANCE_REMOVE,
	JOOL_CMD_INSTANCE_FLUSH,
	JOOL_CMD_INSTANCE_GET,
	JOOL_CMD_POOL4_ADD,
	JOOL_CMD_POOL4_REMOVE,
	JOOL_CMD_POOL4_FLUSH,
	JOOL_CMD_POOL4_GET,
	JOOL_CMD_BIB_ADD,
	JOOL_CMD_BIB_REMOVE,
	JOOL_CMD_BIB_GET,
	JOOL_CMD_SESSION_GET,
	JOOL_CMD_GLOBAL_GET,
	JOOL_CMD_GLOBAL_SET,
	JOOL_CMD_STATS_GET,
	JOOL_CMD_BIB_FLUSH,
	JOOL_CMD_SESSION_COUNT,
	JOOL_CMD_SESSION_DELETE,
	JOOL_CMD_CONFIG_SET,
	JOOL_CMD_QUERY,
	JOOL_CMD_SESSION_NEW,
	JOOL_CMD_SESSION_END,
	JOOL_CMD_CONFIG_CHECK,
	JOOL_CMD_FOLLOW,
	__JOOL_CMD_END
};

#define JOOL_CMD_MAX (__JOOL_CMD_END - 1)

enum jool_attr {
	JOOL_A_UNSPEC,
	JOOL_A_PAD,
	JOOL_A_INSTANCE,	/* string, 1 to 15 bytes of UTF-8, no control characters */
	JOOL_A_FLAGS,		/* u32, enum jool_flag */
	JOOL_A_NETNS,		/* u32, inode of the namespace's nsfs file */
	JOOL_A_POOL6,		/* struct in6_addr */
	JOOL_A_POOL6_LEN,	/* u8, 32 40 48 56 64 96 */
	JOOL_A_PROTO,		/* u8, IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP */
	JOOL_A_MARK,		/* u32 */
	JOOL_A_MAX_ITERATIONS,	/* u32, 0xffffffff infinite; kept and shown, has no effect */
	JOOL_A_PREFIX4,		/* struct in_addr */
	JOOL_A_PREFIX4_LEN,	/* u8, 0 to 32 */
	JOOL_A_PORT_MIN,	/* u16, host order */
	JOOL_A_PORT_MAX,	/* u16, host order, inclusive */
	JOOL_A_SRC6,		/* struct in6_addr, the IPv6 node */
	JOOL_A_SRC6_PORT,	/* be16, port or ICMP identifier */
	JOOL_A_DST6,		/* struct in6_addr, the IPv4 node as IPv6 sees it */
	JOOL_A_DST6_PORT,	/* be16 */
	JOOL_A_SRC4,		/* struct in_addr, the IPv6 node as IPv4 sees it */
	JOOL_A_SRC4_PORT,	/* be16 */
	JOOL_A_DST4,		/* struct in_addr, the IPv4 node */
	JOOL_A_DST4_PORT,	/* be16 */
	JOOL_A_EXPIRES,		/* u32, milliseconds from now */
	JOOL_A_STATE,		/* u8, enum jool_tcp_state */
	JOOL_A_GLOBALS,		/* nest of globals.def */
	JOOL_A_STAT_NAME,	/* string */
	JOOL_A_STAT_VALUE,	/* u64 */
	JOOL_A_SRC6_LEN,	/* u8, 0 to 128 */
	JOOL_A_DST6_LEN,	/* u8, 0 to 128 */
	JOOL_A_SRC4_LEN,	/* u8, 0 to 32 */
	JOOL_A_DST4_LEN,	/* u8, 0 to 32 */
	JOOL_A_COUNT,		/* u64 */
	JOOL_A_BIB_COUNT,	/* u64 */
	JOOL_A_PORTS_USED,	/* u32, of the range; whoever uses them, with whatever mark */
	JOOL_A_POOL4_ENTRY,	/* nest */
	JOOL_A_BIB_ENTRY,	/* nest */
	JOOL_A_ANSWER,		/* u8, enum jool_answer */
	JOOL_A_SEQ,		/* u64 */
	JOOL_A_TIME,		/* u64, nanoseconds since 1970 */
	JOOL_A_REASON,		/* u8, reasons.def */
	JOOL_A_LOST,		/* u64 */
	__JOOL_A_END
};

#define JOOL_A_MAX (__JOOL_A_END - 1)

enum jool_flag {
	JOOL_FLAG_FORCE = 1 << 0,	/* do it although it is unwise */
	JOOL_FLAG_QUICK = 1 << 1,	/* leave BIB entries that lost their pool4 address */
	JOOL_FLAG_STATIC = 1 << 2,	/* a BIB entry that was configured */
	JOOL_FLAG_AUTO = 1 << 3,	/* max-iterations was not given */
	JOOL_FLAG_USAGE = 1 << 4,	/* count the ports in use */
	JOOL_FLAG_REPLACE_BIB = 1 << 5,	/* the static BIB entries, too */
	JOOL_FLAG_SESSION = 1 << 6,	/* there is a session */
	JOOL_FLAG_HAIRPIN = 1 << 7,	/* it goes to another IPv6 node */
	JOOL_FLAG_DEFAULT = 1 << 8,	/* of the pool4 that is used while none is configured */
	JOOL_FLAG_BIB = 1 << 9,		/* there is a BIB entry */
};

/* What becomes of a packet. */
enum jool_answer {
	JOOL_ANSWER_TRANSLATE,
	JOOL_ANSWER_DROP,
	/* left to the kernel; without STAT_NAME: it is none of the instance's */
	JOOL_ANSWER_KERNEL,
	JOOL_ANSWER_STORE,		/* a SYN from IPv4 that is kept for a while */
};

/* Why a session began or ended. */
enum jool_reason {
#define JOOL_REASON(id, word, help) JOOL_REASON_##id,
#include "reasons.def"
#undef JOOL_REASON
	JOOL_REASONS
};

/* RFC 6146 3.5.2.2. A session that is CLOSED does not exist. */
enum jool_tcp_state {
	JOOL_TCP_ESTABLISHED,
	JOOL_TCP_V4_INIT,
	JOOL_TCP_V6_INIT,
	JOOL_TCP_V4_FIN_RCV,
	JOOL_TCP_V6_FIN_RCV,
	JOOL_TCP_V4_FIN_V6_FIN_RCV,
	JOOL_TCP_TRANS,
	JOOL_TCP_STATES,
	JOOL_TCP_CLOSED = JOOL_TCP_STATES
};

/* Kinds of value in globals.def, and how they travel. */
enum jool_global_type {
	JOOL_G_BOOL,		/* u8, 0 or 1 */
	JOOL_G_U8,		/* u8 */
	JOOL_G_U32,		/* u32 */
	JOOL_G_MS,		/* u32, milliseconds */
	JOOL_G_PLATEAUS,	/* binary, u16 each, descending */
	JOOL_G_DEVICES,		/* binary, JOOL_DEVICE_NAME bytes each, padded with zeros */
	JOOL_G_PREFIX6,		/* struct in6_addr and a u8 of length: 17 bytes */
	/*
	 * u32, JOOL_LIMIT_AUTO: what the memory of the machine makes it. An answer has two: what it
	 * is, and what was set.
	 */
	JOOL_G_LIMIT,
	/* u32, milliseconds; JOOL_LIMIT_AUTO: tcp-trans-timeout. An answer has two, as above. */
	JOOL_G_MS_AUTO,
};

#define JOOL_LIMIT_AUTO		0xffffffff

/* Attributes within JOOL_A_GLOBALS. */
enum jool_global {
	JOOL_GLOBAL_UNSPEC,
#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help) JOOL_GLOBAL_##id,
#include "globals.def"
#undef JOOL_GLOBAL
	__JOOL_GLOBAL_END
};

#define JOOL_GLOBAL_MAX (__JOOL_GLOBAL_END - 1)

#endif
