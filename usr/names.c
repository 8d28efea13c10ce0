// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "memory.h"
#include "print.h"

/*
 * Queries under way at the same time. The replies to so many fit into a socket's receive buffer of
 * usual size; more would be lost there, and be asked again after a timeout.
 */
#define PARALLEL 256

/* Names that are kept from round to round. */
#define KEEP_MAX 65536

/*
 * Until a server has answered for the first time, one query is under way at a time, but no longer
 * than these milliseconds: if no server can be reached that is known at once, whereas of several
 * queries some would miss the error message and wait for an answer.
 */
#define PROBE 100

/* When so many queries have failed at once and no server has answered any, they are given up. */
#define GIVE_UP 64

/* Sockets of c-ares that are looked at: as a rule it has one for each server. */
#define SOCKETS_MAX 16

#define HOSTS_PATH "/etc/hosts"
#define NAME_MAX_LEN 253

enum state {
	FREE,		/* slot without entry */
	WANTED,
	ASKED,
	KNOWN,		/* has a name */
	NAMELESS,	/* has none */
	FAILED,		/* no one knows */
};

struct entry {
	struct in6_addr addr;	/* IPv4 addresses as ::ffff:a.b.c.d */
	enum state state;
	char *text;
	struct names *names;
};

/* Hash table with open addressing; at most half of it is used. */
struct map {
	struct entry *entries;	/* 2^bits of them */
	unsigned int bits;
	size_t used;
};

struct names {
	struct names_options options;
	struct map map;
	struct map hosts;
	bool started;		/* hosts are read, the channel is there if there is to be one */
	ares_channel channel;	/* NULL: the DNS is not asked */
	int64_t begun;		/* when the first query was sent, of now(); 0: not yet */
	bool late;		/* the time is up */
	unsigned int active;	/* queries under way */
	unsigned int failed;
	unsigned int unreachable;	/* queries that failed at once */
	bool answered;		/* some server has answered something */
	int reason;		/* why a name failed, of c-ares */
	struct pollfd sockets[SOCKETS_MAX];	/* which c-ares has, and what it waits for */
	int sockets_count;
	char **services[2];	/* TCP, UDP; by port in network byte order; NULL: not read yet */
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- the table of names ---- */

static struct in6_addr key_of(int family, const void *addr)
{
	struct in6_addr key = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (family == AF_INET6)
		memcpy(&key, addr, sizeof(key));
	else
		memcpy(&key.s6_addr[12], addr, sizeof(struct in_addr));
	return key;
}

/*
 * Multipliers are drawn by each process: those whose addresses these are shall not be able to
 * have them collide.
 */
static uint64_t multipliers[2];

static void draw_multipliers(void)
{
	if (getrandom(multipliers, sizeof(multipliers), GRND_NONBLOCK) != sizeof(multipliers))
		multipliers[0] = multipliers[1] = UINT64_C(0x9e3779b97f4a7c15);
	multipliers[0] |= 1;
	multipliers[1] |= 1;
}

/* The upper bits are the good ones; as many are taken as the table needs. */
static size_t hash(const struct map *map, const struct in6_addr *key)
{
	uint64_t half[2];

	memcpy(half, key, sizeof(half));
	return (half[0] * multipliers[0] + half[1] * multipliers[1]) >> (64 - map->bits);
}

static size_t size_of(const struct map *map)
{
	return map->entries ? (size_t)1 << map->bits : 0;
}

/* The entry of `key`, or the free slot where it belongs. The table must not be empty. */
static struct entry *slot(const struct map *map, const struct in6_addr *key)
{
	size_t i = hash(map, key);
	struct entry *entry;

	for (;; i++) {
		entry = &map->entries[i & (size_of(map) - 1)];
		if (entry->state == FREE || !memcmp(&entry->addr, key, sizeof(*key)))
			return entry;
	}
}

static void grow_map(struct map *map)
{
	struct map larger = { .bits = map->entries ? map->bits + 1 : 6, .used = map->used };

	larger.entries = memory_must(calloc((size_t)1 << larger.bits, sizeof(*larger.entries)));
	for (size_t i = 0; i < size_of(map); i++) {
		if (map->entries[i].state != FREE)
			*slot(&larger, &map->entries[i].addr) = map->entries[i];
	}
	free(map->entries);
	*map = larger;
}

/* The entry of `key`, a new one if there is none; that one is FREE still. */
static struct entry *entry_of(struct map *map, const struct in6_addr *key)
{
	struct entry *entry;

	if (2 * map->used >= size_of(map))
		grow_map(map);
	entry = slot(map, key);
	if (entry->state == FREE) {
		entry->addr = *key;
		map->used++;
	}
	return entry;
}

static const struct entry *lookup(const struct map *map, const struct in6_addr *key)
{
	const struct entry *entry;

	if (!map->entries)
		return NULL;
	entry = slot(map, key);
	return entry->state == FREE ? NULL : entry;
}

static void map_clear(struct map *map)
{
	for (size_t i = 0; i < size_of(map); i++)
		free(map->entries[i].text);
	free(map->entries);
	*map = (struct map){ 0 };
}

/*
 * What may be shown as name: not too long, no address in disguise, and without anything that a
 * terminal or a reader of CSV would trip over. NULL: nothing.
 */
static char *presentable(const char *name)
{
	struct in6_addr ignored;
	size_t len = strlen(name);
	char *text;

	if (!len || len > NAME_MAX_LEN || inet_pton(AF_INET, name, &ignored) == 1 ||
	    inet_pton(AF_INET6, name, &ignored) == 1)
		return NULL;
	text = memory_must(strdup(name));
	for (char *c = text; *c; c++) {
		if (*c <= ' ' || *c > '~')
			*c = '?';
	}
	return text;
}

/* ---- /etc/hosts ---- */

static void read_host(struct names *names, char *line)
{
	char *save, *addr, *name;
	struct entry *entry;
	uint8_t bytes[16];
	struct in6_addr key;

	line[strcspn(line, "#")] = '\0';
	addr = strtok_r(line, " \t\r\n", &save);
	name = addr ? strtok_r(NULL, " \t\r\n", &save) : NULL;
	if (!name)
		return;
	if (inet_pton(AF_INET6, addr, bytes) == 1)
		key = key_of(AF_INET6, bytes);
	else if (inet_pton(AF_INET, addr, bytes) == 1)
		key = key_of(AF_INET, bytes);
	else
		return;

	entry = entry_of(&names->hosts, &key);
	if (entry->state != FREE)
		return;
	entry->text = presentable(name);
	entry->state = entry->text ? KNOWN : NAMELESS;
}

static void read_hosts(struct names *names, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return;
	while (getline(&line, &size, file) >= 0)
		read_host(names, line);
	free(line);
	fclose(file);
}

/* ---- the DNS ---- */

/*
 * How long to wait for the first answer before the next server, or the same one, is asked; c-ares
 * doubles it from round to round. Three rounds shall fit into the whole time.
 */
static int first_wait(uint32_t timeout)
{
	int wait = timeout / 8;

	if (wait < 100)
		return 100;
	return wait > 2000 ? 2000 : wait;
}

/* What c-ares wants to know of a socket of its own from now on; nothing: the socket is gone. */
static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct names *names = arg;
	struct pollfd *sockets = names->sockets;
	short events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
	int i = 0;

	while (i < names->sockets_count && sockets[i].fd != fd)
		i++;
	if (i == SOCKETS_MAX)
		return;
	if (i == names->sockets_count)
		names->sockets_count++;
	sockets[i] = (struct pollfd){ .fd = fd, .events = events };
	if (!events)
		sockets[i] = sockets[--names->sockets_count];
}

static int open_channel(struct names *names)
{
	struct ares_options options = {
		.timeout = first_wait(names->options.timeout),
		.tries = 3,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = names,
	};
	int status;

	status = ares_library_init(ARES_LIB_INIT_ALL);
	if (status != ARES_SUCCESS)
		return status;
	status = ares_init_options(&names->channel, &options,
				   ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	if (status != ARES_SUCCESS) {
		names->channel = NULL;
		return status;
	}
	if (!names->options.servers)
		return ARES_SUCCESS;
	return ares_set_servers_ports_csv(names->channel, names->options.servers);
}

static void close_channel(struct names *names)
{
	if (names->channel)
		ares_destroy(names->channel);
	names->channel = NULL;
}

/* Which of hosts file (`f`) and DNS (`b`) the system wants asked, as c-ares has understood it. */
static bool system_wants(struct names *names, char source)
{
	struct ares_options options;
	int mask;
	bool wanted = true;

	if (!names->channel || ares_save_options(names->channel, &options, &mask) != ARES_SUCCESS)
		return true;
	if (options.lookups)
		wanted = strchr(options.lookups, source);
	ares_destroy_options(&options);
	return wanted;
}

static void start(struct names *names)
{
	names->started = true;
	names->reason = open_channel(names);
	if (names->reason != ARES_SUCCESS)
		close_channel(names);
	if (names->options.hosts)
		read_hosts(names, names->options.hosts);
	else if (system_wants(names, 'f'))
		read_hosts(names, HOSTS_PATH);
	if (!names->options.timeout)
		close_channel(names);
	else if (!names->options.servers && !system_wants(names, 'b')) {
		names->options.timeout = 0;
		close_channel(names);
	}
}

static void fail(struct names *names, struct entry *entry, int reason)
{
	entry->state = FAILED;
	names->failed++;
	/* That no answer came says more than any other reason. */
	if (names->reason != ARES_ETIMEOUT)
		names->reason = reason;
}

/* What came of a query: `status` of c-ares, and of an answer the name that it gives, or NULL. */
static void end_query(struct entry *entry, int status, const char *name)
{
	struct names *names = entry->names;

	names->active--;
	switch (status) {
	case ARES_SUCCESS:
	case ARES_ENODATA:
	case ARES_ENOTFOUND:
	case ARES_EBADRESP:
		entry->text = name ? presentable(name) : NULL;
		entry->state = entry->text ? KNOWN : NAMELESS;
		break;
	case ARES_ENOMEM:
		memory_fail();
		return;
	case ARES_ETIMEOUT:
		fail(names, entry, status);
		return;
	case ARES_ECANCELLED:
		fail(names, entry, names->late ? ARES_ETIMEOUT : names->reason);
		return;
	/* What every server has answered; versions of c-ares before 1.28 call all of it the first. */
	case ARES_ECONNREFUSED:
	case ARES_ESERVFAIL:
	case ARES_EREFUSED:
		status = ARES_ECONNREFUSED;
		names->unreachable++;
		fail(names, entry, status);
		return;
	default:
		fail(names, entry, status);
	}
	names->answered = true;
}

#if ARES_VERSION >= 0x011c00 /* 1.28 */
static const char *pointer_in(const ares_dns_record_t *record)
{
	for (size_t i = 0; i < ares_dns_record_rr_cnt(record, ARES_SECTION_ANSWER); i++) {
		const ares_dns_rr_t *rr = ares_dns_record_rr_get_const(record, ARES_SECTION_ANSWER, i);

		if (ares_dns_rr_get_type(rr) == ARES_REC_TYPE_PTR)
			return ares_dns_rr_get_str(rr, ARES_RR_PTR_DNAME);
	}
	return NULL;
}

static void on_answer(void *arg, ares_status_t status, size_t timeouts,
		      const ares_dns_record_t *record)
{
	(void)timeouts;
	end_query(arg, status, status == ARES_SUCCESS ? pointer_in(record) : NULL);
}

static void query(ares_channel channel, const char *name, struct entry *entry)
{
	ares_query_dnsrec(channel, name, ARES_CLASS_IN, ARES_REC_TYPE_PTR, on_answer, entry, NULL);
}
#else
static void on_answer(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
	struct in6_addr any = IN6ADDR_ANY_INIT;	/* does not matter to a PTR record */
	struct hostent *host = NULL;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		status = ares_parse_ptr_reply(bytes, len, &any, sizeof(any), AF_INET6, &host);
	end_query(arg, status, host ? host->h_name : NULL);
	if (host)
		ares_free_hostent(host);
}

static void query(ares_channel channel, const char *name, struct entry *entry)
{
	ares_query(channel, name, ns_c_in, ns_t_ptr, on_answer, entry);
}
#endif

/* Is there no use in asking (any more)? */
static bool hopeless(const struct names *names)
{
	return names->late || !names->channel ||
	       (!names->answered && names->unreachable >= GIVE_UP);
}

/* d.c.b.a.in-addr.arpa, or 32 nibbles and ip6.arpa */
static void question(const struct in6_addr *addr, char text[80])
{
	const uint8_t *byte = addr->s6_addr;
	char *at = text;

	if (IN6_IS_ADDR_V4MAPPED(addr)) {
		snprintf(text, 80, "%u.%u.%u.%u.in-addr.arpa", byte[15], byte[14], byte[13],
			 byte[12]);
		return;
	}
	for (int i = 15; i >= 0; i--)
		at += sprintf(at, "%x.%x.", byte[i] & 15, byte[i] >> 4);
	strcpy(at, "ip6.arpa");
}

static void ask_resolver(struct names *names, struct entry *entry)
{
	char text[80];

	question(&entry->addr, text);
	entry->state = ASKED;
	entry->names = names;
	names->active++;
	query(names->channel, text, entry);
}

static bool is_probing(const struct names *names)
{
	return !names->answered && now() - names->begun < PROBE;
}

/* Waits until something comes in or the time is up, for c-ares or for us. */
static void await(struct names *names)
{
	struct pollfd fds[SOCKETS_MAX];
	int64_t spent = now() - names->begun;
	int64_t left = names->options.timeout - spent;
	struct timeval most, tv, *next;
	int count = names->sockets_count;

	names->late |= left <= 0;
	if (hopeless(names)) {
		ares_cancel(names->channel);
		return;
	}
	if (left > PROBE - spent && is_probing(names))
		left = PROBE - spent;
	/* What comes in opens and closes others. */
	memcpy(fds, names->sockets, sizeof(fds));
	most.tv_sec = left / 1000;
	most.tv_usec = left % 1000 * 1000;
	next = ares_timeout(names->channel, &most, &tv);
	if (poll(fds, count, next->tv_sec * 1000 + (next->tv_usec + 999) / 1000) < 0)
		count = 0;
	for (int i = 0; i < count; i++) {
		ares_process_fd(names->channel,
				fds[i].revents & (POLLIN | POLLERR | POLLHUP) ? fds[i].fd
									      : ARES_SOCKET_BAD,
				fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
	}
	if (!count)
		ares_process_fd(names->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* Asks, or decides without asking. */
static void settle(struct names *names, struct entry *entry)
{
	const struct entry *host = lookup(&names->hosts, &entry->addr);

	if (host) {
		entry->text = host->text ? memory_must(strdup(host->text)) : NULL;
		entry->state = entry->text ? KNOWN : NAMELESS;
		return;
	}
	if (!names->options.timeout) {
		entry->state = NAMELESS;
		return;
	}
	if (!names->begun)
		names->begun = now();
	while (names->active >= (is_probing(names) ? 1 : PARALLEL))
		await(names);
	if (hopeless(names))
		fail(names, entry, names->late ? ARES_ETIMEOUT : names->reason);
	else
		ask_resolver(names, entry);
}

void names_resolve(struct names *names)
{
	if (!names->started)
		start(names);
	for (size_t i = 0; i < size_of(&names->map); i++) {
		if (names->map.entries[i].state == WANTED)
			settle(names, &names->map.entries[i]);
	}
	while (names->active)
		await(names);
}

/* ---- the rest ---- */

struct names *names_new(const struct names_options *options)
{
	struct names *names = memory_must(calloc(1, sizeof(*names)));

	names->options = *options;
	draw_multipliers();
	return names;
}

static void free_services(char **services)
{
	for (size_t i = 0; services && i <= UINT16_MAX; i++)
		free(services[i]);
	free(services);
}

void names_free(struct names *names)
{
	if (!names)
		return;
	close_channel(names);
	if (names->started)
		ares_library_cleanup();
	map_clear(&names->map);
	map_clear(&names->hosts);
	free_services(names->services[0]);
	free_services(names->services[1]);
	free(names);
}

void names_start(struct names *names)
{
	if (names->map.used > KEEP_MAX)
		map_clear(&names->map);
}

void names_want(struct names *names, int family, const void *addr)
{
	struct in6_addr key = key_of(family, addr);
	struct entry *entry = entry_of(&names->map, &key);

	if (entry->state == FREE)
		entry->state = WANTED;
}

const char *names_find(const struct names *names, int family, const void *addr)
{
	struct in6_addr key = key_of(family, addr);
	const struct entry *entry = lookup(&names->map, &key);

	return entry ? entry->text : NULL;
}

static char **services_of(struct names *names, const char *proto)
{
	if (!strcmp(proto, "tcp"))
		return names->services[0];
	return strcmp(proto, "udp") ? NULL : names->services[1];
}

/*
 * All of them at once: getservbyport() would read the file again for each port, and a table has
 * tens of thousands of different ones. As there, the first name of a port counts.
 */
static void read_services(struct names *names)
{
	struct servent *entry;
	char **services;

	for (int i = 0; i < 2; i++)
		names->services[i] = memory_must(calloc(UINT16_MAX + 1, sizeof(char *)));
	setservent(1);
	while ((entry = getservent())) {
		services = services_of(names, entry->s_proto);
		if (services && !services[(in_port_t)entry->s_port])
			services[(in_port_t)entry->s_port] = presentable(entry->s_name);
	}
	endservent();
}

const char *names_service(struct names *names, uint8_t proto, in_port_t port)
{
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return NULL;
	if (!names->services[0])
		read_services(names);
	return names->services[proto == IPPROTO_UDP][port];
}

unsigned int names_failed(const struct names *names)
{
	return names->failed;
}

void names_warn(const struct names *names)
{
	const char *plural = names->failed == 1 ? "" : "s";

	if (!names->failed)
		return;
	if (names->reason == ARES_ETIMEOUT)
		print_warning("%u name%s could not be resolved: no answer from the name servers "
			      "within %g s (--dns-timeout; --numeric does not ask them).",
			      names->failed, plural, names->options.timeout / 1000.0);
	else if (names->reason == ARES_ECONNREFUSED)
		print_warning("%u name%s could not be resolved: the name servers cannot be "
			      "reached, or fail (--numeric does not ask them).",
			      names->failed, plural);
	else
		print_warning("%u name%s could not be resolved: %s (--numeric does not ask name "
			      "servers).", names->failed, plural, ares_strerror(names->reason));
}
