// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "memory.h"
#include "print.h"

/* The kernel fills messages of up to 32 KiB if the buffer it was last read with was that large. */
#define RECEIVE_SIZE 65536

#define NO_PERMISSION \
	"No permission: this needs root, or CAP_NET_ADMIN over this network namespace (try sudo); " \
	"in a user namespace also the module's parameter userns=1."

struct nl {
	struct nl_sock *sock;
	struct nl_msg *msg;
	uint32_t nest;		/* offset of the one that is open; 0: none is */
	enum jool_cmd cmd;
	int family;
	char instance[JOOL_NAME_MAX + 1];
	void (*about)(uint32_t offset, void *arg);
	void *arg;
};

static void nl_end(struct nl *nl)
{
	nlmsg_free(nl->msg);
	nl_socket_free(nl->sock);
	free(nl);
}

/* `quiet`: no error sentence. */
static bool connect_kernel(struct nl *nl, bool quiet)
{
	const int on = 1;
	int fd;

	nl->sock = memory_must(nl_socket_alloc());
	if (genl_connect(nl->sock) < 0) {
		if (!quiet)
			print_error("Cannot open a netlink socket: %s.", strerror(errno));
		return false;
	}
	/* Kernels without these options send shorter errors, that is all. */
	fd = nl_socket_get_fd(nl->sock);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));

	/* libnl says that it is not found whatever went wrong. */
	errno = 0;
	nl->family = genl_ctrl_resolve(nl->sock, JOOL_GENL_NAME);
	if (nl->family >= 0)
		return true;
	if (quiet)
		return false;
	if (errno)
		print_error("Cannot find the kernel module jool: %s.", strerror(errno));
	else
		print_error("The kernel module jool is not loaded; load it with `modprobe jool` "
			    "(on the host, if this is a container).");
	return false;
}

static struct nl *begin(enum jool_cmd cmd, const char *instance, bool quiet)
{
	struct nl *nl = memory_must(calloc(1, sizeof(*nl)));

	nl->cmd = cmd;
	if (!connect_kernel(nl, quiet)) {
		nl_end(nl);
		return NULL;
	}
	nl->msg = memory_must(nlmsg_alloc());
	memory_must(genlmsg_put(nl->msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0, 0, cmd,
				JOOL_GENL_VERSION));
	if (instance) {
		strncpy(nl->instance, instance, JOOL_NAME_MAX);
		nl_put(nl, JOOL_A_INSTANCE, nl->instance, strlen(nl->instance) + 1);
	}
	return nl;
}

struct nl *nl_begin(enum jool_cmd cmd, const char *instance)
{
	return begin(cmd, instance, false);
}

const char *nl_why_not(void)
{
	struct nl *nl = begin(JOOL_CMD_INSTANCE_GET, NULL, true);

	if (!nl)
		return "the kernel module jool is not loaded";
	return nl_probe(nl) == EPERM ? "that needs root, or CAP_NET_ADMIN over this network "
				       "namespace" : NULL;
}

uint32_t nl_length(const struct nl *nl)
{
	return nlmsg_hdr(nl->msg)->nlmsg_len;
}

/* Room for one more attribute. A whole configuration may take some MiB. */
static bool make_room_for_attr(struct nl *nl, size_t len)
{
	size_t need = nl_length(nl) + NLMSG_ALIGN(NLA_HDRLEN + len);

	return need <= nlmsg_get_max_size(nl->msg) || nlmsg_expand(nl->msg, 2 * need) >= 0;
}

void nl_put(struct nl *nl, int attr, const void *value, size_t len)
{
	if (!make_room_for_attr(nl, len) || nla_put(nl->msg, attr, len, value) < 0)
		memory_fail();
}

void nl_put_u8(struct nl *nl, int attr, uint8_t value)
{
	nl_put(nl, attr, &value, sizeof(value));
}

void nl_put_u16(struct nl *nl, int attr, uint16_t value)
{
	nl_put(nl, attr, &value, sizeof(value));
}

void nl_put_u32(struct nl *nl, int attr, uint32_t value)
{
	nl_put(nl, attr, &value, sizeof(value));
}

void nl_nest(struct nl *nl, int attr)
{
	nl->nest = nl_length(nl);
	nl_put(nl, attr | NLA_F_NESTED, NULL, 0);
}

void nl_nest_end(struct nl *nl)
{
	struct nlattr *nest;

	if (!nl->nest)
		return;
	nest = (struct nlattr *)((char *)nlmsg_hdr(nl->msg) + nl->nest);
	nest->nla_len = nl_length(nl) - nl->nest;
	nl->nest = 0;
}

void nl_on_refusal(struct nl *nl, void (*about)(uint32_t offset, void *arg), void *arg)
{
	nl->about = about;
	nl->arg = arg;
}

/* ---- reading ---- */

/* Where in the row each attribute of fixed size goes. */
static const struct {
	uint8_t size;
	uint8_t offset;
} fields[JOOL_A_MAX + 1] = {
#define FIELD(attr, member) \
	[attr] = { sizeof(((struct nl_row *)0)->member), offsetof(struct nl_row, member) }
	FIELD(JOOL_A_FLAGS, flags),
	FIELD(JOOL_A_NETNS, netns),
	FIELD(JOOL_A_POOL6, pool6),
	FIELD(JOOL_A_POOL6_LEN, pool6_len),
	FIELD(JOOL_A_PROTO, proto),
	FIELD(JOOL_A_MARK, mark),
	FIELD(JOOL_A_MAX_ITERATIONS, max_iterations),
	FIELD(JOOL_A_PREFIX4, prefix4),
	FIELD(JOOL_A_PREFIX4_LEN, prefix4_len),
	FIELD(JOOL_A_PORT_MIN, port_min),
	FIELD(JOOL_A_PORT_MAX, port_max),
	FIELD(JOOL_A_SRC6, src6),
	FIELD(JOOL_A_SRC6_PORT, src6_port),
	FIELD(JOOL_A_DST6, dst6),
	FIELD(JOOL_A_DST6_PORT, dst6_port),
	FIELD(JOOL_A_SRC4, src4),
	FIELD(JOOL_A_SRC4_PORT, src4_port),
	FIELD(JOOL_A_DST4, dst4),
	FIELD(JOOL_A_DST4_PORT, dst4_port),
	FIELD(JOOL_A_EXPIRES, expires),
	FIELD(JOOL_A_STATE, state),
	FIELD(JOOL_A_STAT_VALUE, stat_value),
	FIELD(JOOL_A_COUNT, count),
	FIELD(JOOL_A_BIB_COUNT, bib_count),
	FIELD(JOOL_A_PORTS_USED, ports_used),
	FIELD(JOOL_A_ANSWER, answer),
	FIELD(JOOL_A_SEQ, seq),
	FIELD(JOOL_A_TIME, time),
	FIELD(JOOL_A_REASON, reason),
	FIELD(JOOL_A_LOST, lost),
#undef FIELD
};

_Static_assert(offsetof(struct nl_row, instance) < 256, "the offsets above are 8 bits");
_Static_assert(JOOL_A_MAX < 64, "nl_row.present has 64 bits");

static bool is_text(const char *value, size_t len)
{
	return len && value[len - 1] == '\0';
}

/* An attribute whose length varies. False if it is malformed. */
static bool read_variable(struct nl_row *row, int attr, const void *value, size_t len)
{
	switch (attr) {
	case JOOL_A_INSTANCE:
		if (!is_text(value, len) || len > sizeof(row->instance))
			return false;
		memcpy(row->instance, value, len);
		print_tame(row->instance);
		break;
	case JOOL_A_STAT_NAME:
		if (!is_text(value, len))
			return false;
		row->stat_name = value;
		break;
	case JOOL_A_GLOBALS:
		row->globals = value;
		row->globals_len = len;
		break;
	}
	return true;
}

static bool read_attr(int attr, const void *value, size_t len, void *arg)
{
	struct nl_row *row = arg;
	char *to;

	if (attr > JOOL_A_MAX)
		return true; /* of a newer module */
	to = (char *)row + fields[attr].offset;
	row->present |= UINT64_C(1) << attr;
	if (!fields[attr].size)
		return read_variable(row, attr, value, len);
	if (len != fields[attr].size)
		return false;
	switch (len) {
	case 1:
		memcpy(to, value, 1);
		break;
	case 2:
		memcpy(to, value, 2);
		break;
	case 4:
		memcpy(to, value, 4);
		break;
	case 16:
		memcpy(to, value, 16);
		break;
	default:
		memcpy(to, value, len);
	}
	return true;
}

/* Inlined into read_row(), where it runs for each attribute of a million rows. */
static inline __attribute__((always_inline)) bool
walk(const char *at, size_t len, bool (*each)(int, const void *, size_t, void *), void *arg)
{
	const struct nlattr *attr;
	size_t step;

	while (len >= NLA_HDRLEN) {
		attr = (const struct nlattr *)at;
		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return false;
		if (!each(attr->nla_type & NLA_TYPE_MASK, at + NLA_HDRLEN,
			  attr->nla_len - NLA_HDRLEN, arg))
			return false;
		step = NLA_ALIGN(attr->nla_len);
		if (step >= len)
			return true;
		at += step;
		len -= step;
	}
	return !len;
}

bool nl_each(const void *attrs, size_t len,
	     bool (*each)(int attr, const void *value, size_t len, void *arg), void *arg)
{
	return walk(attrs, len, each, arg);
}

static void read_row(struct nl_reader *reader, const char *payload, size_t len)
{
	struct nl_row row;

	row.present = 0;
	row.flags = 0;
	row.cmd = len < GENL_HDRLEN ? JOOL_CMD_UNSPEC : *payload;
	if (!reader->row || len < GENL_HDRLEN ||
	    !walk(payload + GENL_HDRLEN, len - GENL_HDRLEN, read_attr, &row) ||
	    (row.present & reader->need) != reader->need) {
		reader->malformed = true;
		reader->done = true;
		return;
	}
	if (!reader->row(&row, reader->arg))
		reader->done = true;
}

static bool read_reason(int attr, const void *value, size_t len, void *arg)
{
	struct nl_reader *reader = arg;

	if (attr == NLMSGERR_ATTR_MSG && is_text(value, len))
		strncpy(reader->sentence, value, sizeof(reader->sentence) - 1);
	if (attr == NLMSGERR_ATTR_OFFS && len == sizeof(reader->offset))
		memcpy(&reader->offset, value, len);
	return true;
}

/* NLMSG_ERROR, and NLMSG_DONE, which begins in the same way: the end of the answers. */
static void read_end(struct nl_reader *reader, const struct nlmsghdr *head, const char *payload,
		     size_t len)
{
	size_t skip = sizeof(int);
	int error = 0;

	reader->done = true;
	if (len >= sizeof(error))
		memcpy(&error, payload, sizeof(error));
	reader->error = -error;

	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (head->nlmsg_type == NLMSG_ERROR) {
		struct nlmsgerr start;

		if (len < sizeof(start))
			return;
		memcpy(&start, payload, sizeof(start));
		skip = sizeof(start);
		/* Uncapped, the error quotes the whole request. */
		if (!(head->nlmsg_flags & NLM_F_CAPPED) && start.msg.nlmsg_len > NLMSG_HDRLEN)
			skip += NLMSG_ALIGN(start.msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (skip < len)
		nl_each(payload + skip, len - skip, read_reason, reader);
}

static bool read_family(int attr, const void *value, size_t len, void *is_ours)
{
	if (attr == CTRL_ATTR_FAMILY_NAME && is_text(value, len))
		*(bool *)is_ours = !strcmp(value, JOOL_GENL_NAME);
	return true;
}

/* News of families that come and go: the one that the events are of does not come back. */
static void read_control(struct nl_reader *reader, const char *payload, size_t len)
{
	bool is_ours = false;

	if (len < GENL_HDRLEN || *payload != CTRL_CMD_DELFAMILY)
		return;
	nl_each(payload + GENL_HDRLEN, len - GENL_HDRLEN, read_family, &is_ours);
	if (is_ours)
		reader->unloaded = reader->done = true;
}

void nl_read(struct nl_reader *reader, const void *bytes, size_t len)
{
	const struct nlmsghdr *head;
	const char *at = bytes;
	size_t step;

	for (; len && !reader->done; at += step, len -= step) {
		head = (const struct nlmsghdr *)at;
		if (len < NLMSG_HDRLEN || head->nlmsg_len < NLMSG_HDRLEN || head->nlmsg_len > len) {
			reader->malformed = true;
			reader->done = true;
			return;
		}
		step = NLMSG_ALIGN(head->nlmsg_len);
		if (step > len)
			step = len;
		if (!reader->events && head->nlmsg_seq != reader->seq)
			continue;
		if (head->nlmsg_flags & NLM_F_DUMP_INTR)
			reader->interrupted = true;
		if (head->nlmsg_type == reader->family)
			read_row(reader, at + NLMSG_HDRLEN, head->nlmsg_len - NLMSG_HDRLEN);
		else if (reader->events && head->nlmsg_type == GENL_ID_CTRL)
			read_control(reader, at + NLMSG_HDRLEN, head->nlmsg_len - NLMSG_HDRLEN);
		else if (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE)
			read_end(reader, head, at + NLMSG_HDRLEN, head->nlmsg_len - NLMSG_HDRLEN);
	}
}

/* Receives and reads once. False if receiving failed, then errno says why. */
static bool receive_once(int fd, struct nl_reader *reader, int flags)
{
	static char buffer[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct sockaddr_nl from;
	struct iovec iov = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t len = recvmsg(fd, &msg, flags);

	if (len < 0)
		return errno == EINTR;
	if (msg.msg_flags & MSG_TRUNC) {
		errno = EMSGSIZE;
		return false;
	}
	if (from.nl_pid == 0) /* it is the kernel that speaks */
		nl_read(reader, buffer, len);
	return true;
}

/* Reads until the end of the answers. False if receiving failed, then errno says why. */
static bool receive(int fd, struct nl_reader *reader)
{
	while (!reader->done) {
		if (!receive_once(fd, reader, 0))
			return false;
	}
	return true;
}

/* Does the refusal point to the instance's name in the request? */
static bool is_about_instance(const struct nl *nl, const struct nl_reader *reader)
{
	const struct nlmsghdr *head = nlmsg_hdr(nl->msg);
	const struct nlattr *attr = (const struct nlattr *)((const char *)head + reader->offset);

	return reader->offset && reader->offset + sizeof(*attr) <= head->nlmsg_len &&
	       attr->nla_type == JOOL_A_INSTANCE;
}

static void say_refusal(const struct nl *nl, const struct nl_reader *reader)
{
	bool no_instance = reader->error == ENOENT && nl->instance[0];
	const char *sentence = reader->sentence;

	if (nl->about)
		nl->about(reader->offset, nl->arg);

	/* Older kernels (6.1) refuse a list without passing the sentence on. */
	if (!sentence[0] && no_instance)
		sentence = "this namespace has no instance of that name";

	if (sentence != reader->sentence || (sentence[0] && is_about_instance(nl, reader)))
		print_error("%s: '%s'%s", sentence, nl->instance,
			    no_instance ? " (`jool instance add` makes one)" : "");
	else if (sentence[0])
		print_error("%s", sentence);
	else if (reader->error == EPERM)
		print_error(NO_PERMISSION);
	else if (reader->error == EOPNOTSUPP)
		print_error("The loaded module jool does not know this request; it is of another "
			    "version than this command.");
	else
		print_error("The kernel refused: %s.", strerror(reader->error));
}

/* The kernel takes a message that fits into the send buffer. */
static void make_way(const struct nl *nl)
{
	int fd = nl_socket_get_fd(nl->sock);
	int size = nl_length(nl);

	if (size < 32768)
		return;
	/* The first needs CAP_NET_ADMIN in the initial user namespace, the other goes so far. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

void nl_say_malformed(void)
{
	print_error("The kernel's answer makes no sense; is the loaded module jool of another "
		    "version than this command?");
}

/* Sends the request, whose answers `reader` is going to read. Returns what libnl does. */
static int send_request(struct nl *nl, int flags, struct nl_reader *reader)
{
	struct nlmsghdr *head = nlmsg_hdr(nl->msg);
	int err;

	head->nlmsg_flags |= flags;
	err = nl_send_auto(nl->sock, nl->msg);
	reader->seq = head->nlmsg_seq;
	reader->family = nl->family;
	return err;
}

/* Sends the request and reads its answers. */
static int run_request(struct nl *nl, int flags, struct nl_reader *reader)
{
	nl_nest_end(nl);
	make_way(nl);
	if (send_request(nl, flags, reader) < 0) {
		print_error("Cannot send to the kernel: %s.", strerror(errno));
		return EXIT_REFUSED;
	}
	if (!receive(nl_socket_get_fd(nl->sock), reader)) {
		print_error("Cannot receive from the kernel: %s.", strerror(errno));
		return EXIT_REFUSED;
	}
	if (reader->malformed) {
		nl_say_malformed();
		return EXIT_REFUSED;
	}
	if (reader->error) {
		say_refusal(nl, reader);
		return EXIT_REFUSED;
	}
	if (reader->sentence[0])
		print_warning("%s.", reader->sentence);
	return EXIT_DONE;
}

int nl_do(struct nl *nl)
{
	struct nl_reader reader = { 0 };
	int status = run_request(nl, NLM_F_ACK, &reader);

	nl_end(nl);
	return status;
}

int nl_get(struct nl *nl, uint64_t need, nl_row_fn row, void *arg)
{
	struct nl_reader reader = { .row = row, .arg = arg, .need = need };
	int status = run_request(nl, NLM_F_ACK, &reader);

	nl_end(nl);
	return status;
}

int nl_list(struct nl *nl, uint64_t need, nl_row_fn row, void *arg)
{
	struct nl_reader reader = { .row = row, .arg = arg, .need = need };
	int status = run_request(nl, NLM_F_DUMP, &reader);

	nl_end(nl);
	if (status == EXIT_DONE && reader.interrupted)
		print_warning("The table was changed while it was listed; entries may be missing "
			      "or listed twice.");
	return status;
}

static bool stop(struct nl_row *row, void *arg)
{
	(void)row;
	(void)arg;
	return false;
}

int nl_probe(struct nl *nl)
{
	struct nl_reader reader = { .row = stop };
	int error = EIO;

	if (send_request(nl, NLM_F_DUMP, &reader) >= 0)
		error = receive(nl_fd(nl), &reader) ? reader.error : errno;
	nl_end(nl);
	return error;
}

/* ---- events ---- */

/* Otherwise nobody would tell that the module is unloaded. False after an error sentence. */
static bool join_control(struct nl *nl)
{
	int control;

	errno = 0;
	control = genl_ctrl_resolve_grp(nl->sock, "nlctrl", "notify");
	if (control >= 0)
		control = nl_socket_add_membership(nl->sock, control);
	if (control < 0)
		print_error("Cannot subscribe to the module's events: %s.",
			    errno ? strerror(errno) : nl_geterror(control));
	return control >= 0;
}

struct nl *nl_subscribe(enum jool_cmd cmd, int room, struct nl_reader *reader)
{
	struct nl *nl = nl_begin(cmd, NULL);
	int fd;

	if (!nl)
		return NULL;
	/* Beyond net.core.rmem_max only with CAP_NET_ADMIN. */
	fd = nl_fd(nl);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	/* Events may come before the answer. */
	reader->events = true;
	if (!join_control(nl) || run_request(nl, NLM_F_ACK, reader) != EXIT_DONE) {
		nl_end(nl);
		return NULL;
	}
	reader->done = false;
	return nl;
}

void nl_unsubscribe(struct nl *nl)
{
	nl_end(nl);
}

int nl_fd(const struct nl *nl)
{
	return nl_socket_get_fd(nl->sock);
}

bool nl_resubscribe(struct nl *nl)
{
	if (nl_send_auto(nl->sock, nl->msg) >= 0)
		return true;
	print_error("Cannot send to the kernel: %s.", strerror(errno));
	return false;
}

enum nl_news nl_receive(struct nl *nl, struct nl_reader *reader)
{
	if (!receive_once(nl_fd(nl), reader, MSG_DONTWAIT)) {
		if (errno == EAGAIN)
			return NL_NEWS_NONE;
		if (errno == ENOBUFS)
			return NL_NEWS_LOST;
		print_error("Cannot receive from the kernel: %s.", strerror(errno));
		return NL_NEWS_FAILED;
	}
	/* There is no such family any more. */
	if (reader->unloaded || reader->error == ENOENT) {
		print_error("The kernel module jool was unloaded.");
		return NL_NEWS_FAILED;
	}
	if (reader->malformed) {
		nl_say_malformed();
		return NL_NEWS_FAILED;
	}
	if (reader->error) {
		say_refusal(nl, reader);
		return NL_NEWS_FAILED;
	}
	reader->done = false;
	return NL_NEWS;
}
