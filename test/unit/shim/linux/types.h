/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module's pure files need of the kernel, for user space. */
#ifndef _SHIM_TYPES_H
#define _SHIM_TYPES_H
#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
#ifndef __force
#define __force
#endif
#define __packed __attribute__((packed))
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#endif
