# board.mk - the board's firmware; included by the Makefile. Needs the cross compiler of .ci/deps --all,
# and says so where a target is asked for that does.
FW := build/firmware
FW_PORT := firmware/port/qemu-sifive_u
FW_CC := riscv64-unknown-elf-gcc
FW_HAS_CC := $(shell command -v $(FW_CC))
FW_NEEDS_CC = $(if $(FW_HAS_CC),,$(error the board's firmware is compiled by $(FW_CC), which is not installed (.ci/deps --all)))
FW_ARCH := -march=rv32imc -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs
FW_CFLAGS := $(FW_ARCH) -std=c11 -Os -g -ffunction-sections -fdata-sections -MD -MP \
	$(filter-out -Wconversion,$(WARN)) -I. -I$(FW_PORT) -isystem $(FW)/lwip/src/include -DOTA_ONE_CHIP=OTA_CHIP_ESP32C3 -DOTA_VERSION='"$(VERSION)"'
FW_LDFLAGS := $(FW_ARCH) -nostartfiles -Wl,--gc-sections,--no-warn-rwx-segments
LWIP := $(addprefix $(FW)/lwip/src/,$(addprefix core/,def.c inet_chksum.c init.c ip.c mem.c memp.c \
	netif.c pbuf.c tcp.c tcp_in.c tcp_out.c timeouts.c) $(addprefix core/ipv4/,etharp.c icmp.c \
	ip4.c ip4_addr.c) netif/ethernet.c)
FW_LIB := $(wildcard lib/*.c) firmware/port/common/sha256.c
FW_CORE := $(wildcard firmware/core/*.c)
FW_BOARD := $(addprefix $(FW_PORT)/,console.c host.c clock.c restart.c stack.c random.c nor.c nor_faults.c)
FW_NET := $(addprefix $(FW_PORT)/,gem.c net.c net_faults.c)

fw_objects = $(patsubst %,$(FW)/%.o,$(basename $(patsubst $(FW)/%,%,$(1))))

$(LWIP) &: $(FW_PORT)/fetch_lwip.sh
	@echo "  FETCH   lwIP"$(FW_NEEDS_CC)
	$(Q)$(FW_PORT)/fetch_lwip.sh $(FW)
	$(Q)touch $(LWIP)

$(FW)/%.o: %.c $(FW_PORT)/board.mk | $(LWIP)
	@mkdir -p $(@D)$(FW_NEEDS_CC)
	@echo "  FWCC    $<"
	$(Q)$(FW_CC) $(FW_CFLAGS) -c -o $@ $<

# The digest is most of the work: for speed.
$(FW)/firmware/port/common/sha256.o: FW_CFLAGS += -O2

$(FW)/lwip/%.o: $(FW)/lwip/%.c $(FW_PORT)/board.mk
	@echo "  FWCC    $<"
	$(Q)$(FW_CC) $(FW_CFLAGS) -w -c -o $@ $<

$(FW)/%.o: %.S $(FW_PORT)/board.mk
	@mkdir -p $(@D)$(FW_NEEDS_CC)
	$(Q)$(FW_CC) $(FW_ARCH) -I. -c -o $@ $<

-include $(shell find $(FW) -name '*.d' 2>/dev/null)

$(FW)/boot.elf: $(call fw_objects,$(addprefix $(FW_PORT)/,start_boot.S boot.c load.c) $(FW_BOARD) $(FW_LIB)) \
		$(FW_PORT)/boot.ld
	@echo "  FWLD    $@"
	$(Q)$(FW_CC) $(FW_LDFLAGS) -T $(FW_PORT)/boot.ld -o $@ $(filter %.o,$^)

# app-VERSION, and app-VERSION-crash, -mute, -big.
FW_APP := $(addprefix $(FW_PORT)/,start_app.S app.c server.c) firmware/port/common/key_store.c \
	$(FW_CORE) $(FW_BOARD) $(FW_NET) $(FW_LIB) $(LWIP)
app_flags = -DAPP_VERSION='"$(firstword $(subst -, ,$*))"' $(if $(findstring crash,$*),-DAPP_CRASHES=1) \
	$(if $(findstring mute,$*),-DAPP_MUTE=1) $(if $(findstring big,$*),-DAPP_BIG=1)

$(FW)/app-%.elf: $(FW_PORT)/app_demo.c $(FW_PORT)/app_desc.S $(call fw_objects,$(FW_APP)) $(FW_PORT)/app.ld
	@echo "  FWLD    $@"
	$(Q)$(FW_CC) $(FW_CFLAGS) $(app_flags) -c -o $(FW)/app-$*.o $(FW_PORT)/app_demo.c
	$(Q)$(FW_CC) $(FW_ARCH) $(app_flags) -c -o $(FW)/app-$*-desc.o $(FW_PORT)/app_desc.S
	$(Q)$(FW_CC) $(FW_LDFLAGS) -T $(FW_PORT)/app.ld -o $@ $(FW)/app-$*.o $(FW)/app-$*-desc.o \
		$(filter %.o,$^)

$(FW)/app-%.bin: $(FW)/app-%.elf $(B)/otatool
	$(Q)$(B)/otatool -q image build --chip esp32c3 -o $@ $<

$(FW)/damaged.bin: $(FW)/app-2.0.0.bin
	$(Q)head -c 60000 $< >$@

FW_IMAGES := $(addprefix $(FW)/,boot.elf damaged.bin $(addprefix app-,$(addsuffix .bin,1.0.0 2.0.0 \
	2.0.1-crash 2.0.2-mute 3.0.0-big)))

FW_TOOLS := $(B)/otatool $(B)/tests/tool_keystore $(B)/tests/tool_await

.PHONY: firmware
firmware: $(FW_IMAGES) $(FW_TOOLS) ## build the emulated board's boot stage and apps

# 100 power cuts here, four boards at once; POWERCUTS of them, resumable, in powercut-firmware.
.PHONY: check-firmware
check-firmware: firmware ## boot, update and cut the power of the emulated board
	$(Q)FW=$(FW) BUILD=$(B) tests/firmware/scenarios.sh
	$(Q)rm -f $(FW)/powercut.few
	$(Q)FW=$(FW) BUILD=$(B) tests/firmware/powercut.sh 100 4 $(FW)/powercut.few

POWERCUTS ?= 5000
.PHONY: powercut-firmware
powercut-firmware: firmware ## thousands of power cuts on the emulated board; goes on where it stopped
	$(Q)FW=$(FW) BUILD=$(B) tests/firmware/powercut.sh $(POWERCUTS) 4 $(FW)/powercut.done

size: $(if $(FW_HAS_CC),$(FW)/app-1.0.0.elf $(FW)/boot.elf)
