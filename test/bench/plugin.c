// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plugin of qemu's emulator: counts how often each block of the guest's kernel is executed. Each
 * time a process of the guest executes the instruction MARK, what was counted since the last time
 * goes to the file that PROFILE_OUT names: a line "mark", then lines of address, instructions,
 * locked ones among them, and executions.
 *
 * Debian has no qemu-plugin.h: what is declared here is version 1 of the interface, that of Debian
 * 12's qemu 7.2.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* nopl 0x4c4f4f4a(%rax,%rax): does nothing, and no compiler makes it. */
#define MARK "\x0f\x1f\x84\x00JOOL"

/* Of an instruction. */
#define PREFIXES "\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3"

#define EXPORT __attribute__((visibility("default")))
typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
					   void (*cb)(plugin_id id, struct qemu_plugin_tb *tb));
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int add, void *counter,
					      uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int cpu, void *data),
					    int no_registers, void *data);

EXPORT int qemu_plugin_version = 1;

/* Open addressing; a block is translated anew now and then, and keeps its counter. */
static struct block {
	uint64_t address, instructions, locked, executed;
} blocks[1 << 22];
#define SIZE (sizeof(blocks) / sizeof(*blocks))

static FILE *out;

static struct block *find(uint64_t address, uint64_t instructions)
{
	size_t i = (address * 0x9e3779b97f4a7c15 + instructions * 31) >> 42;

	while (blocks[i].address &&
	       (blocks[i].address != address || blocks[i].instructions != instructions))
		i = (i + 1) % SIZE;
	blocks[i].address = address;
	blocks[i].instructions = instructions;
	return &blocks[i];
}

/* Whether an instruction locks the bus: by its prefix, or as xchg with memory always does. */
static bool locks(struct qemu_plugin_insn *insn)
{
	const uint8_t *byte = qemu_plugin_insn_data(insn);
	const uint8_t *end = byte + qemu_plugin_insn_size(insn);

	for (; byte < end && memchr(PREFIXES, *byte, sizeof(PREFIXES) - 1); byte++)
		if (*byte == 0xf0)
			return true;
	if (byte < end && *byte >> 4 == 4) /* REX */
		byte++;
	return byte + 1 < end && (*byte | 1) == 0x87 && byte[1] >> 6 != 3;
}

static void mark(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	fputs("mark\n", out);
	for (struct block *b = blocks; b < blocks + SIZE; b++) {
		if (!b->executed)
			continue;
		fprintf(out, "%" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", b->address,
			b->instructions, b->locked, b->executed);
		b->executed = 0;
	}
	fflush(out);
}

static void translate_kernel(struct qemu_plugin_tb *tb, uint64_t address, size_t n)
{
	struct block *block = find(address, n);

	block->locked = 0;
	for (size_t i = 0; i < n; i++)
		block->locked += locks(qemu_plugin_tb_get_insn(tb, i));
	qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &block->executed, 1);
}

static void translate_process(struct qemu_plugin_tb *tb, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_size(insn) == sizeof(MARK) - 1 &&
		    !memcmp(qemu_plugin_insn_data(insn), MARK, sizeof(MARK) - 1))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark, 0, NULL);
	}
}

static void translate(plugin_id id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (address >> 63)
		translate_kernel(tb, address, n);
	else
		translate_process(tb, n);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	out = fopen(getenv("PROFILE_OUT"), "w");
	if (!out)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
