# SPDX-License-Identifier: GPL-2.0-only
# match.awk -v mode=text|sessions -v age=SECONDS EXPECTED ACTUAL: compares what jool printed with what it should have.
# Every character must agree but for these, in EXPECTED:
#	{LOW..HIGH}       a whole number within the range
#	{odd LOW..HIGH}   and odd; {even LOW..HIGH}
#	{NAME=LOW..HIGH}  the same, and from then on within the entry {NAME} is that number
#	{time HIGH}       a duration of HIGH seconds, less at most the age of the test; in words or as H:MM:SS.mmm
# mode=sessions: EXPECTED has entries of three lines, in any order; ACTUAL must have the same ones,
# between rules, ascending by their local IPv4 address and port.

BEGIN { RULE = "---------------------------------"; wants = haves = 0 }
FILENAME == ARGV[1] { want[++wants] = $0; next }
{ have[++haves] = $0 }

END {
	if (mode == "sessions")
		sessions()
	else
		lines()
	exit bad
}

function complain(what) {
	print what
	bad = 1
}

function lines(	i) {
	if (wants != haves)
		complain("expected " wants " lines, got " haves)
	for (i = 1; i <= wants && i <= haves; i++)
		if (!agree(want[i], have[i]))
			complain("line " i ": " have[i])
}

function sessions(	i, k, last, used, found) {
	if (have[1] != RULE)
		complain("the table does not begin with its rule")
	if ((haves - 1) % 4 || (haves - 1) / 4 != wants / 3)
		complain("expected " wants / 3 " sessions, got " (haves - 1) / 4)
	for (i = 2; i + 3 <= haves; i += 4) {
		if (have[i + 3] != RULE)
			complain("no rule after line " i + 2)
		if (where(have[i + 2]) < last)
			complain("out of order: " have[i + 2])
		last = where(have[i + 2])
		found = 0
		for (k = 1; k + 2 <= wants && !found; k += 3)
			if (!(k in used) && entry(k, i))
				found = used[k] = 1
		if (!found)
			complain("unexpected: " have[i] " / " have[i + 1] " / " have[i + 2])
	}
}

function entry(k, i) {
	split("", bound)
	return agree(want[k], have[i]) && agree(want[k + 1], have[i + 1]) && agree(want[k + 2], have[i + 2])
}

# The place of a session in the table: its local IPv4 address and port as one number.
function where(line,	f) {
	split(line, f, /[ .#\t]+/)
	return (((f[2] * 256 + f[3]) * 256 + f[4]) * 256 + f[5]) * 65536 + f[6]
}

function agree(w, h,	token, before, after, at) {
	while (match(w, /\{[^}]*\}/)) {
		token = substr(w, RSTART + 1, RLENGTH - 2)
		before = substr(w, 1, RSTART - 1)
		w = substr(w, RSTART + RLENGTH)
		if (substr(h, 1, length(before)) != before)
			return 0
		h = substr(h, length(before) + 1)
		after = match(w, /\{/) ? substr(w, 1, RSTART - 1) : w
		at = after == "" ? length(h) + 1 : index(h, after)
		if (!at || !fits(token, substr(h, 1, at - 1)))
			return 0
		h = substr(h, at)
	}
	return w == h
}

function fits(token, value,	name, range) {
	if (token in bound)
		return value == bound[token]
	if (token ~ /^time /) {
		range = substr(token, 6)
		return within(range - age ".." range, seconds(value))
	}
	if (value !~ /^(0|[1-9][0-9]*)$/)
		return 0
	if (token ~ /^odd /)
		return value % 2 == 1 && within(substr(token, 5), value)
	if (token ~ /^even /)
		return value % 2 == 0 && within(substr(token, 6), value)
	range = token
	if (match(token, /=/)) {
		name = substr(token, 1, RSTART - 1)
		range = substr(token, RSTART + 1)
		bound[name] = value
	}
	return within(range, value)
}

function within(range, value,	r) {
	split(range, r, /\.\./)
	return value + 0 >= r[1] + 0 && value + 0 <= r[2] + 0
}

# What no range contains stands for what is not written as it should be.
function seconds(s,	f, n, i, sum, unit, last) {
	if (s ~ /^[0-9]+:[0-5][0-9]:[0-5][0-9](\.[0-9][0-9][0-9])?$/) {
		split(s, f, ":")
		return f[1] * 3600 + f[2] * 60 + f[3]
	}
	if (s == "0 milliseconds")
		return 0
	if (match(s, /^[1-9][0-9]?[0-9]? milliseconds?$/))
		return (s + 0 == 1) == (s ~ /d$/) ? s / 1000 : -1
	n = split(s, f, ", ")
	last = 1e9
	for (i = 1; i <= n; i++) {
		if (f[i] !~ /^[1-9][0-9]* (hour|minute|second)s?$/ || (f[i] + 0 == 1) == (f[i] ~ /s$/))
			return -1
		unit = f[i] ~ /hour/ ? 3600 : f[i] ~ /minute/ ? 60 : 1
		if (unit >= last || (unit < 3600 && f[i] + 0 >= 60))
			return -1
		sum += f[i] * unit
		last = unit
	}
	return sum
}
