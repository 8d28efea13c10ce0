# SPDX-License-Identifier: GPL-2.0-only
# `make help` lists the targets. ./configure is optional: it writes config.mk, which is read here;
# what stands on the command line wins over both.

VERSION := 5.0.0

-include config.mk

# ---- what is built, and where it goes ------------------------------------------------------------

PARTS      ?= module command

prefix      ?= /usr/local
exec_prefix ?= $(prefix)
# bin, not sbin: `jool stats display` is for everybody.
bindir      ?= $(exec_prefix)/bin
libexecdir  ?= $(exec_prefix)/libexec
includedir  ?= $(prefix)/include
datarootdir ?= $(prefix)/share
mandir      ?= $(datarootdir)/man
docdir      ?= $(datarootdir)/doc/jool
confdir     ?= /etc/jool
unitdir     ?= $(exec_prefix)/lib/systemd/system
completiondir ?= $(datarootdir)/bash-completion/completions
# Where these shells look: below /usr, Debian's zsh where no other does; fish nowhere below /usr/local.
zshdir      ?= $(datarootdir)/zsh/$(if $(and $(filter /usr,$(prefix)),$(wildcard /etc/debian_version)),vendor-completions,site-functions)
fishdir     ?= $(if $(filter /usr/local,$(prefix)),/etc/fish/completions,$(datarootdir)/fish/vendor_completions.d)
dkmsdir      = /usr/src/jool-$(VERSION)

PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g

# pkg-config's name of each library, and the Debian package it is in.
LIBRARIES  := libnl-genl-3.0:libnl-genl-3-dev libcares:libc-ares-dev jansson:libjansson-dev
libraries  := $(foreach l,$(LIBRARIES),$(firstword $(subst :, ,$l)))

# The kernel to build for: the one that runs or else the newest, of those whose headers are installed, or
# KERNELRELEASE=, or KDIR=.
KERNELRELEASE ?= $(shell ls -d /lib/modules/*/build 2>/dev/null | cut -d/ -f4 | sort -V | \
			 awk -v runs="$$(uname -r)" '{ last = $$0; found += $$0 == runs } END { print found ? runs : last }')
KDIR          ?= /lib/modules/$(KERNELRELEASE)/build
# What that kernel calls itself (Debian's kernelrelease is something else).
krel           = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
moddir         = /lib/modules/$(krel)/updates

# `make demo SHELL=1` asks for a shell in the demo; to make itself SHELL is the shell of the recipes.
ifneq ($(filter 1 y yes,$(SHELL)),)
override SHELL := /bin/sh
demo_flags := --shell
endif

# Ours, and not for the kernel's makefiles, to which these names mean something else.
unexport KERNELRELEASE
MAKEOVERRIDES := $(filter-out SHELL=% KERNELRELEASE=% VERSION=%,$(MAKEOVERRIDES))
MAKEFLAGS += --no-print-directory

# ---- build ---------------------------------------------------------------------------------------

.PHONY: all module command man schema dashboard
all: $(PARTS) man schema dashboard	## build the module, the command, the man pages, the schemas and the dashboard
module: mod/jool.ko	## mod/jool.ko
command: usr/jool	## usr/jool
pages := $(patsubst %.in,%,$(wildcard usr/man/*.in))
schemas := usr/schema/file.json usr/schema/output.json usr/schema/netlink.yaml
man: $(pages)	## the man pages
schema: $(schemas)	## usr/schema/*.json, netlink.yaml
dashboard: usr/contrib/grafana.json	## usr/contrib/grafana.json

.PHONY: FORCE
FORCE:

# Kbuild knows what of the module is out of date.
mod/jool.ko: FORCE
	@test -e $(KDIR)/Makefile || { echo "No kernel headers in $(KDIR): install linux-headers-amd64" \
		"(Debian), or name another kernel with KERNELRELEASE= or KDIR=." >&2; exit 1; }
	@$(MAKE) -C $(KDIR) M=$(CURDIR)/mod JOOL_VERSION=$(VERSION) modules

objects := $(patsubst %.c,%.o,$(wildcard usr/*.c))

usr/jool: $(objects)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(libraries))

usr/%.o: usr/%.c Makefile | check-libraries
	$(CC) -Wall -Wextra -Icommon -D_GNU_SOURCE= -DJOOL_VERSION='"$(VERSION)"' -MMD -MP $(CPPFLAGS) $(CFLAGS) \
		$(shell $(PKG_CONFIG) --cflags $(libraries)) -c -o $@ $<

-include $(objects:.o=.d)

.PHONY: check-libraries
check-libraries:
	@$(PKG_CONFIG) --version >/dev/null 2>&1 || \
		{ echo "pkg-config is missing: install pkgconf (Debian), or run make deps." >&2; exit 1; }
	@for l in $(LIBRARIES); do $(PKG_CONFIG) --exists $${l%:*} || missing="$$missing $${l#*:}"; done; \
	[ -z "$$missing" ] || \
		{ echo "Libraries are missing: install$$missing (Debian), or run make deps." >&2; exit 1; }

# The tables in the manual come from the files the code takes them from.
$(pages): %: %.in usr/man/tables $(wildcard common/*.def) Makefile
	@CC='$(CC)' usr/man/tables $(VERSION) < $< > $@.tmp && mv $@.tmp $@

# The options in the schemas, too.
usr/schema/%.json: usr/schema/%.json.in usr/schema/options common/globals.def
	@CC='$(CC)' usr/schema/options < $< > $@.tmp && mv $@.tmp $@

# What others who speak Generic Netlink go by.
usr/schema/netlink.yaml: usr/schema/netlink common/uapi.h common/globals.def common/reasons.def
	@CC='$(CC)' usr/schema/netlink > $@.tmp && mv $@.tmp $@

# And the counters on the dashboard.
usr/contrib/grafana.json: usr/contrib/dashboard common/stats.def
	@CC='$(CC)' usr/contrib/dashboard > $@.tmp && mv $@.tmp $@

# ---- install -------------------------------------------------------------------------------------

helpers := jool-apply jool-instance jool-metrics
units   := $(patsubst usr/systemd/%.in,%,$(wildcard usr/systemd/*.service.in usr/systemd/*.timer.in))
samples := $(addprefix usr/contrib/,grafana.json journald@jool.conf keepalived.conf)
headers := common/uapi.h common/globals.def common/reasons.def

# usr/man/jool.8 is man8/jool.8.
manpath = man$(patsubst .%,%,$(suffix $1))/$(notdir $1)

# FILE,MODE,PATH: installs a page, unit, helper or sample, which say where the rest is.
put = sed 's|@BINDIR@|$(bindir)|; s|@LIBEXECDIR@|$(libexecdir)|; s|@CONFDIR@|$(confdir)|; s|@DOCDIR@|$(docdir)|' $1 | \
	install -Dm$2 /dev/stdin $(DESTDIR)$3

.PHONY: install install-module install-command install-dkms
install: $(PARTS:%=install-%)	## install below DESTDIR, with prefix=/usr/local

install-module: module
	install -Dm644 mod/jool.ko $(DESTDIR)$(moddir)/jool.ko
	$(if $(DESTDIR),,depmod $(krel))

install-command: command man schema dashboard
	install -Dm755 usr/jool $(DESTDIR)$(bindir)/jool
	$(foreach p,$(pages),$(call put,$p,644,$(mandir)/$(call manpath,$p)) &&) :
	install -Dm644 usr/completion/jool.bash $(DESTDIR)$(completiondir)/jool
	install -Dm644 usr/completion/_jool $(DESTDIR)$(zshdir)/_jool
	install -Dm644 usr/completion/jool.fish $(DESTDIR)$(fishdir)/jool.fish
	$(foreach f,$(helpers),$(call put,usr/systemd/$f.in,755,$(libexecdir)/jool/$f) &&) :
	install -Dm644 usr/systemd/jool.conf.sample $(DESTDIR)$(confdir)/jool.conf.sample
	$(foreach f,$(units),$(call put,usr/systemd/$f.in,644,$(unitdir)/$f) &&) :
	$(foreach f,$(samples),$(call put,$f,644,$(docdir)/$(notdir $f)) &&) :
	install -Dm644 -t $(DESTDIR)$(docdir)/schema $(schemas)
	install -Dm644 -t $(DESTDIR)$(includedir)/jool $(headers)

# In place of install-module: the source, where DKMS builds it anew for every kernel that comes.
install-dkms:	## install the module's source for DKMS
	install -d $(addprefix $(DESTDIR)$(dkmsdir)/,mod common)
	install -m644 mod/Kbuild mod/features $(filter-out %.mod.c,$(wildcard mod/*.[ch])) $(DESTDIR)$(dkmsdir)/mod
	install -m644 common/* $(DESTDIR)$(dkmsdir)/common
	sed 's/@VERSION@/$(VERSION)/g' mod/dkms.conf > $(DESTDIR)$(dkmsdir)/dkms.conf
	$(if $(DESTDIR),,dkms install jool/$(VERSION) -k $(krel))

.PHONY: uninstall uninstall-module uninstall-command uninstall-dkms
uninstall: $(PARTS:%=uninstall-%)	## undo install; /etc/jool/jool.conf stays

uninstall-module:
	rm -f $(DESTDIR)$(moddir)/jool.ko
	$(if $(DESTDIR),,depmod $(krel))

uninstall-command:
	cd $(DESTDIR)/ && rm -f $(addprefix .,$(bindir)/jool $(foreach p,$(pages),$(mandir)/$(call manpath,$p)) \
		$(completiondir)/jool $(zshdir)/_jool $(fishdir)/jool.fish \
		$(addprefix $(libexecdir)/jool/,$(helpers)) $(confdir)/jool.conf.sample \
		$(addprefix $(unitdir)/,$(units)) \
		$(addprefix $(docdir)/,$(notdir $(samples))) \
		$(addprefix $(docdir)/schema/,$(notdir $(schemas))) \
		$(addprefix $(includedir)/jool/,$(notdir $(headers))))
	cd $(DESTDIR)/ && rmdir --ignore-fail-on-non-empty \
		$(addprefix .,$(docdir)/schema $(docdir) $(libexecdir)/jool $(includedir)/jool $(confdir))

uninstall-dkms:	## undo install-dkms
	$(if $(DESTDIR),,-dkms remove jool/$(VERSION) --all)
	rm -rf $(DESTDIR)$(dkmsdir)

# ---- try, test, tidy -----------------------------------------------------------------------------
# Each installs what it lacks (test/deps) before anything else, so what it builds comes in a make of its own.

.PHONY: deps demo shell check check-debug check-setups check-kernels check-arch bench bench-native lint
deps:	## install the Debian packages that building and testing need
	@test/deps-install

demo:	## see it work, in a virtual machine; SHELL=1: end in a shell on its gateway
	@test/deps-install build vm
	@$(MAKE) -s all
	@test/vm/demo $(demo_flags)

shell: demo_flags := --shell
shell: demo	## make demo SHELL=1

check:	## run every test; the last line counts them
	@test/deps-install build unit install vm kernels
	@$(MAKE) -s all
	@test/check

check-debug:	## run tests in a kernel that watches itself; the first time builds it
	@test/deps-install build vm debug
	@$(MAKE) -s all
	@test/check debug

check-setups:	## the packet suite with pool4 own, routed, and two instances, and 100000 random packets
	@test/deps-install build vm
	@$(MAKE) -s all
	@test/check setups

check-kernels:	## build and test with other kernels, in Debian releases of their own; KERNELS='7.3 6.12:build'
	@test/deps-install kernels
	@test/kernels/run -o doc/kernels.md $(KERNELS)

check-arch:	## build and test for arm64, i386 and s390x, with emulators; ARCH='s390x arm64:unit'
	@test/deps-install build arch
	@test/arch/run $(ARCH)

bench:	## measure it beside plain forwarding and others; REGRESS=1: compare with last time
	@test/deps-install build vm bench
	@$(MAKE) -s all
	@test/bench/run $(if $(filter 1 y yes,$(REGRESS)),--regress)

bench-native:	## measure what is established by the clock, in a user-mode Linux; the first time builds it
	@test/deps-install build vm debug
	@$(MAKE) -s all
	@test/bench/native

lint:	## look the source over; silent when all is well
	@test/deps-install build lint install
	@test/lint

# What is committed, and ./configure; the same bytes from the same commit.
.PHONY: dist distcheck
dist:	## jool-VERSION.tar.gz of what is committed, with ./configure
	@test/dist $(VERSION)

distcheck:	## make dist, twice; build and install from it, and see that nothing is missing
	@test/dist --check $(VERSION)

.PHONY: clean distclean maintainer-clean help
clean:	## remove what was built
	rm -rf usr/jool usr/*.[od] $(pages) $(schemas) usr/contrib/grafana.json test/out mod/*.o mod/*.ko mod/*.mod mod/*.mod.c \
		mod/.*.cmd mod/.*.d mod/.features.h mod/.tmp_* mod/.module-common.o mod/Module.symvers mod/modules.order

distclean: clean	## remove what ./configure made, too
	rm -rf config.mk config.log config.status autom4te.cache

maintainer-clean: distclean	## and what autoreconf made
	rm -f configure configure~ aclocal.m4

help:	## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 20
	@echo 'Variables: KERNELRELEASE KDIR DESTDIR prefix CC CFLAGS. VERSION is $(VERSION).'
