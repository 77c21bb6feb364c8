# otatool - build, test, install. `make help` lists the targets.
VERSION = 0.1.0
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/otatool
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d
PKG_CONFIG ?= pkg-config

# SAN=1 builds everything again under build/san with ASan and UBSan; V=1 shows the commands.
B := build$(if $(SAN),/san)
Q := $(if $(V),,@)
, := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wvla -Wundef -Wno-missing-field-initializers
PACKAGES := popt jansson zlib
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) $(SANFLAGS)
ALL_CPPFLAGS = -I. -D_GNU_SOURCE -DOTA_SHA256_WORDS=14 -DOTA_VERSION='"$(VERSION)"' \
	-DOTA_POPT_VERSION='"$(shell $(PKG_CONFIG) --modversion popt)"' -MMD -MP \
	$(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CPPFLAGS)
# Bound at start: late binding saves vector registers on the stack, with the keys that lie in them.
ALL_LDFLAGS = $(SANFLAGS) -Wl,-z,relro,-z,now $(LDFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -ldl

# Libraries loaded on first use (lib/host/dynlib.h); CRYPTO=link and CURL=link link them instead, for
# static builds and distributions.
CRYPTO ?= load
CURL ?= load
ALL_CPPFLAGS += $(if $(filter link,$(CRYPTO)),-DOTA_LINK_CRYPTO) $(if $(filter link,$(CURL)),-DOTA_LINK_CURL) \
	$(shell $(PKG_CONFIG) --cflags libcrypto libssl libcurl)
LINKED = $(if $(filter link,$(CRYPTO)),libssl libcrypto) $(if $(filter link,$(CURL)),libcurl)
LIBS += $(if $(strip $(LINKED)),$(shell $(PKG_CONFIG) --libs $(LINKED)))

# What the firmware shares: no heap, no stdio, no errno.
PORTABLE := $(wildcard lib/*.c firmware/core/*.c firmware/port/template/*.c)
LIB := $(wildcard lib/*.c lib/host/*.c lib/host/*.S firmware/core/*.c firmware/port/posix/*.c) \
	firmware/port/common/key_store.c
CLI := $(wildcard cli/*.c)
TESTS := $(wildcard tests/test_*.c)
FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
TOOLS := $(wildcard tests/tool_*.c)

.PHONY: all
all: $(B)/otatool ## build the program

$(B)/otatool: $(addprefix $(B)/,$(CLI:.c=.o)) $(B)/libota.a
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libota.a: $(addprefix $(B)/,$(addsuffix .o,$(basename $(LIB))))
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(B)/%.o: %.S Makefile
	@mkdir -p $(@D)
	@echo "  AS      $<"
	$(Q)$(CC) -I. -I$(B) $(CPPFLAGS) -c -o $@ $<

$(B)/lib/host/presets_data.o: $(wildcard csv/*.csv)

$(B)/tests/%: $(B)/tests/%.o $(B)/libota.a
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(if $(filter test_%,$*),-lcmocka)

$(B)/tests/preload_%.so: tests/preload_%.c
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -shared -fPIC -o $@ $< -ldl

# The ESP-IDF port on a fake of the SDK's calls: the receiver's suites run on it too.
IDF := $(B)/tests/idf/fake.o $(B)/firmware/port/esp-idf/flash.o
ON_MEDIA := $(addprefix $(B)/tests/,test_receiver test_receiver_upload test_auth test_world_update \
	tool_powercut)
IDF_FLAGS := -Itests/idf -Ifirmware/port/esp-idf -Ifirmware/port/esp-idf/include \
	-Dmalloc=fake_malloc -Dcalloc=fake_calloc -Dfree=fake_free
$(B)/tests/idf/%.o $(B)/tests/test_idf.o $(B)/tests/tool_idf.o: CPPFLAGS += -Itests/idf -Ifirmware/port/esp-idf -Ifirmware/port/esp-idf/include
$(B)/firmware/port/esp-idf/%.o: CPPFLAGS += $(IDF_FLAGS)
$(ON_MEDIA): $(IDF)

# The whole component, linked as CMakeLists.txt has an app linked.
COMPONENT := $(patsubst %.c,$(B)/%.o,$(wildcard firmware/port/esp-idf/*.c))
FAKE_SDK := $(addprefix $(B)/tests/idf/,fake.o sdk.o ota_fake.o soft_sha256.o)
WRAPPED := $(shell sed -n '/^set.wrapped/,$$p' firmware/port/esp-idf/CMakeLists.txt | grep -o 'esp_ota_[a-z_]*\|bootloader_[a-z_]*')
$(B)/tests/idf/soft_sha256.o: firmware/port/common/sha256.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(foreach f,begin feed finish,-Dota_sha256_$(f)=soft_sha256_$(f)) -c -o $@ $<
$(B)/tests/test_idf: $(B)/tests/test_idf.o $(COMPONENT) $(FAKE_SDK) $(B)/libota.a
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $(addprefix -Wl$(,)--wrap=,$(WRAPPED)) -pthread -o $@ $^ $(LIBS) -lcmocka

# The same with TLS and without the bench's freedoms, as a device for the command line.
$(B)/idf-tls/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $< (TLS)"
	$(Q)$(CC) $(ALL_CPPFLAGS) $(IDF_FLAGS) -DFAKE_TLS $(ALL_CFLAGS) -c -o $@ $<
$(B)/tests/tool_idf: $(B)/tests/tool_idf.o $(patsubst $(B)/%,$(B)/idf-tls/%,$(COMPONENT)) $(FAKE_SDK) $(B)/tests/idf/tls_fake.o $(B)/libota.a
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $(addprefix -Wl$(,)--wrap=,$(WRAPPED)) -pthread -o $@ $^ $(LIBS) $(shell $(PKG_CONFIG) --libs libssl libcrypto)

.PHONY: deps
deps: ## install the packages that building and testing need (asks for root only if some are missing)
	$(Q).ci/deps

.PHONY: check
check: check-unit check-cli check-power check-attack check-layers check-portable check-docs ## run every test
	@echo "all checks passed"

.PHONY: check-unit
check-unit: $(patsubst %.c,$(B)/%,$(TESTS)) ## unit tests (cmocka)
	$(Q)failed=; for t in $^; do ./$$t || failed="$$failed $$t"; done; \
	[ -z "$$failed" ] || { echo "failed:$$failed"; exit 1; }

.PHONY: check-cli
check-cli: $(B)/otatool $(patsubst %.c,$(B)/%,$(TOOLS)) $(B)/tests/preload_names.so ## what the commands print: tests/cli/*.test
	$(Q)BUILD=$(CURDIR)/$(B) tests/run.sh tests/cli/*.test

.PHONY: check-attack
check-attack: $(B)/otatool $(patsubst %.c,$(B)/%,$(TOOLS)) ## what a hostile network tries, and signatures by Python's hmac
	$(Q)tests/http_sig_vector.py tests/http_sig.vector man/otatool-receiver.7
	$(Q)export BUILD=$(CURDIR)/$(B); tests/attack/flood.sh & flood=$$!; \
	for a in second_client strangers proxy tls secrets left_behind; do \
		tests/attack/$$a.sh || { kill $$flood; exit 1; }; done; wait $$flood
	@echo "attacks: all refused"

.PHONY: check-power
check-power: $(B)/tests/tool_powercut ## the power fails in every flash operation of an update
	$(Q)$< small

.PHONY: powercut
powercut: $(B)/tests/tool_powercut ## the same with larger images, and with pairs of cuts
	$(Q)$< large

.PHONY: check-layers
check-layers: ## includes point along the arrows of the architecture only
	$(Q)tests/check_layers.sh

.PHONY: check-portable
check-portable: ## what firmware shares compiles freestanding and needs nothing but mem*
	$(Q)tests/check_portable.sh "$(CC)" $(B)/portable $(PORTABLE)

.PHONY: check-docs
check-docs: $(B)/otatool ## options, help, man pages and completion are in step; the guide runs as it is written
	$(Q)BUILD=$(CURDIR)/$(B) tests/check_docs.sh
	$(Q)PATH=$(CURDIR)/$(B):$$PATH tests/guide.py man/otatool-ota.7

# Not among the checks: it needs a tree of ESP-IDF. tests/idf_compile.py says what else.
IDF_TARGETS ?= esp32c3 esp32
.PHONY: check-idf
check-idf: ## configure and compile the ESP-IDF app against the tree in IDF_PATH, for IDF_TARGETS
	$(Q)for t in $(IDF_TARGETS); do tests/idf_compile.py "$(IDF_PATH)" $$t || exit 1; done

.PHONY: corpus
corpus: $(B)/otatool $(patsubst %.c,$(B)/%,$(TOOLS)) ## compare with the reference's answers where CORPUS=DIR is there
	$(Q)BUILD=$(CURDIR)/$(B) tests/corpus.sh $(CORPUS)

.PHONY: demo
demo: $(B)/otatool ## show the main job on real input
	$(Q)BUILD=$(CURDIR)/$(B) tests/demo.sh

.PHONY: bench
bench: $(B)/otatool $(patsubst %.c,$(B)/%,$(TOOLS)) ## measure speed as ratios in one run
	$(Q)BUILD=$(CURDIR)/$(B) tests/bench/bench.sh

# Each target runs FUZZ_SECONDS; findings stay in build/fuzz.
FUZZ_SECONDS ?= 10
FUZZ_CC ?= clang
.PHONY: fuzz
fuzz: $(patsubst tests/fuzz/%.c,build/fuzz/%,$(FUZZ)) ## run every fuzz target for FUZZ_SECONDS (needs clang)
	$(Q)for t in $^; do tests/fuzz/run.sh $$t $(FUZZ_SECONDS) || exit 1; done

build/fuzz/%: tests/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  FUZZ    $@"
	$(Q)$(FUZZ_CC) $(filter-out -MMD -MP,$(ALL_CPPFLAGS)) -std=c11 -O1 -g \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $< $(LIB) $(LIBS) -lcmocka

.PHONY: size
size: ## code and memory of what firmware links, for rv32imc
	$(Q)tests/size_receiver.sh
	$(Q)tests/size_idf.sh
	$(Q)tests/size.sh
	$(Q)tests/firmware/size.sh

.PHONY: install
install: $(B)/otatool ## install program, man pages, tables and completions below DESTDIR and PREFIX
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/csv $(DESTDIR)$(BASHCOMPDIR) \
		$(DESTDIR)$(ZSHCOMPDIR) $(DESTDIR)$(FISHCOMPDIR) \
		$(addprefix $(DESTDIR)$(MANDIR)/man,1 5 7)
	install -m 755 $(B)/otatool $(DESTDIR)$(BINDIR)/otatool
	for f in man/*.[157]; do install -m 644 $$f $(DESTDIR)$(MANDIR)/man$${f##*.}/ || exit 1; done
	for f in csv/*.csv; do [ ! -e $$f ] || install -m 644 $$f $(DESTDIR)$(DATADIR)/csv/ || exit 1; done
	install -m 644 completions/otatool.bash $(DESTDIR)$(BASHCOMPDIR)/otatool
	install -m 644 completions/_otatool $(DESTDIR)$(ZSHCOMPDIR)/_otatool
	install -m 644 completions/otatool.fish $(DESTDIR)$(FISHCOMPDIR)/otatool.fish

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/otatool $(DESTDIR)$(BASHCOMPDIR)/otatool \
		$(DESTDIR)$(ZSHCOMPDIR)/_otatool $(DESTDIR)$(FISHCOMPDIR)/otatool.fish
	for f in man/*.[157]; do rm -f $(DESTDIR)$(MANDIR)/man$${f##*.}/$${f##*/}; done
	rm -rf $(DESTDIR)$(DATADIR)

.PHONY: lint
lint: ## formatting, clang-tidy, cppcheck
	$(Q)tests/lint.sh

.PHONY: dist
dist: ## pack the committed tree as dist/otatool-VERSION.tar.gz
	@mkdir -p dist
	git archive --prefix=otatool-$(VERSION)/ -o dist/otatool-$(VERSION).tar.gz HEAD
	@echo dist/otatool-$(VERSION).tar.gz

.PHONY: clean
clean: ## remove what was built
	rm -rf build dist

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 20

include firmware/port/qemu-sifive_u/board.mk

.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
