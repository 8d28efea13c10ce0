/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `file`: whole configurations. */
#ifndef JOOL_USR_FILE_H
#define JOOL_USR_FILE_H

#include "command.h"

extern const struct mode file_mode;

#endif
