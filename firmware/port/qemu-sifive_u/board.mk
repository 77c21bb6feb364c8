# board.mk - the board's firmware; included by the Makefile. Needs the cross compiler of .ci/deps --all.
FW := build/firmware
FW_PORT := firmware/port/qemu-sifive_u
FW_CC := riscv64-unknown-elf-gcc
FW_ARCH := -march=rv32imc -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs
FW_CFLAGS := $(FW_ARCH) -std=c11 -Os -g -ffunction-sections -fdata-sections -MMD -MP \
	$(filter-out -Wconversion,$(WARN)) -I. -I$(FW_PORT) -isystem $(FW)/lwip/src/include
LWIP := $(addprefix $(FW)/lwip/src/,$(addprefix core/,def.c inet_chksum.c init.c ip.c mem.c memp.c \
	netif.c pbuf.c tcp.c tcp_in.c tcp_out.c timeouts.c) $(addprefix core/ipv4/,etharp.c icmp.c \
	ip4.c ip4_addr.c) netif/ethernet.c)
FW_LIB := $(wildcard lib/*.c) firmware/port/common/sha256.c
FW_CORE := $(wildcard firmware/core/*.c)
FW_BOARD := $(addprefix $(FW_PORT)/,console.c host.c clock.c restart.c stack.c random.c nor.c nor_faults.c)
FW_NET := $(addprefix $(FW_PORT)/,gem.c net.c net_faults.c)

fw_objects = $(patsubst %,$(FW)/%.o,$(basename $(patsubst $(FW)/%,%,$(1))))

$(LWIP) &: $(FW_PORT)/fetch_lwip.sh
	@echo "  FETCH   lwIP"
	$(Q)$(FW_PORT)/fetch_lwip.sh $(FW)
	$(Q)touch $(LWIP)

$(FW)/%.o: %.c $(FW_PORT)/board.mk | $(LWIP)
	@mkdir -p $(@D)
	@echo "  FWCC    $<"
	$(Q)$(FW_CC) $(FW_CFLAGS) -c -o $@ $<

$(FW)/lwip/%.o: $(FW)/lwip/%.c $(FW_PORT)/board.mk
	@echo "  FWCC    $<"
	$(Q)$(FW_CC) $(FW_CFLAGS) -w -c -o $@ $<

$(FW)/%.o: %.S $(FW_PORT)/board.mk
	@mkdir -p $(@D)
	$(Q)$(FW_CC) $(FW_ARCH) -I. -c -o $@ $<

-include $(shell find $(FW) -name '*.d' 2>/dev/null)
