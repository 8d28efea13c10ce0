/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What may stand in a name: UTF-8 (RFC 3629) without control characters, which terminals obey. */
#ifndef _JOOL_TEXT_H
#define _JOOL_TEXT_H

/*
 * Bytes of the character that @text, which ends with a zero, begins with. 0: there is none, it is
 * no UTF-8, or a control character (C0, DEL, C1).
 */
static inline unsigned int jool_text_character(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	unsigned int len, i, code;

	if (*at < 0x80)
		return *at >= ' ' && *at != 0x7f;
	len = *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
	if (*at < 0xc2 || *at > 0xf4)
		return 0;
	code = *at & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	/* What is longer than need be, surrogates, and what is beyond Unicode. */
	if (code < (len == 2 ? 0xa0 : len == 3 ? 0x800 : 0x10000) || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

/* Whether all of @text is such characters. */
static inline int jool_text_is_clean(const char *text)
{
	unsigned int len;

	while ((len = jool_text_character(text)))
		text += len;
	return !*text;
}

#endif
