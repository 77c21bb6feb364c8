/* SPDX-License-Identifier: MIT */
/* Source of registers and descriptors: Xilinx UG1085 and UG585, chapter Gigabit Ethernet. */
#include <string.h>

#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/gem.h"
#include "firmware/port/qemu-sifive_u/map.h"

#define GEM_CONTROL 0x00u
#define GEM_CONFIG 0x04u
#define GEM_DMA 0x10u
#define GEM_RX_QUEUE 0x18u
#define GEM_TX_QUEUE 0x1Cu
#define GEM_MAC_LOW 0x88u
#define GEM_MAC_HIGH 0x8Cu

#define CONTROL_RX 0x004u
#define CONTROL_TX 0x008u
#define CONTROL_TX_START 0x200u
#define CONFIG_FULL_DUPLEX 0x00002u
#define CONFIG_STRIP_FCS 0x20000u
#define DMA_RX_1536 (24u << 16) /* buffer size in units of 64 bytes */

#define RX_OURS 1u /* in word 0: filled, the driver's turn */
#define RX_WRAP 2u
#define TX_OURS 0x80000000u /* in word 1: sent, the driver's turn */
#define TX_WRAP 0x40000000u
#define TX_LAST 0x8000u
#define LENGTH 0x1FFFu
#define RX_COUNT 32u

struct descriptor {
	volatile uint32_t word[2];
};

static struct descriptor rx[RX_COUNT] __attribute__((aligned(8)));
static struct descriptor tx __attribute__((aligned(8)));
static uint8_t rx_frames[RX_COUNT][GEM_FRAME_MAX] __attribute__((aligned(4)));
static uint8_t tx_frame[GEM_FRAME_MAX] __attribute__((aligned(4)));
static unsigned next;
static uint32_t control;

static volatile uint32_t *gem(uint32_t reg)
{
	return board_reg(BOARD_GEM + reg);
}

static void give_back(unsigned i)
{
	rx[i].word[1] = 0;
	rx[i].word[0] = map_dma(rx_frames[i]) | (i == RX_COUNT - 1 ? RX_WRAP : 0);
}

void gem_begin(const uint8_t mac[static 6])
{
	*gem(GEM_CONTROL) = 0;
	for (unsigned i = 0; i < RX_COUNT; i++)
		give_back(i);
	tx.word[0] = map_dma(tx_frame);
	tx.word[1] = TX_OURS | TX_WRAP;
	*gem(GEM_CONFIG) = CONFIG_FULL_DUPLEX | CONFIG_STRIP_FCS;
	*gem(GEM_DMA) = DMA_RX_1536;
	*gem(GEM_RX_QUEUE) = map_dma(rx);
	*gem(GEM_TX_QUEUE) = map_dma(&tx);
	*gem(GEM_MAC_LOW) = (uint32_t)mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 |
			    (uint32_t)mac[3] << 24;
	*gem(GEM_MAC_HIGH) = (uint32_t)mac[4] | (uint32_t)mac[5] << 8;
	control = CONTROL_RX | CONTROL_TX;
	*gem(GEM_CONTROL) = control;
}

void gem_end(void)
{
	control = CONTROL_TX;
	*gem(GEM_CONTROL) = control;
}

void gem_send(const uint8_t *frame, size_t size)
{
	memcpy(tx_frame, frame, size);
	tx.word[1] = (uint32_t)size | TX_LAST | TX_WRAP;
	*gem(GEM_CONTROL) = control | CONTROL_TX_START;
	while (!(tx.word[1] & TX_OURS))
		;
}

/* The write to CONTROL makes a controller that had run out of descriptors look again. */
bool gem_poll(void (*take)(const uint8_t *frame, size_t size))
{
	unsigned i = next;

	if (!(rx[i].word[0] & RX_OURS))
		return false;
	take(rx_frames[i], rx[i].word[1] & LENGTH);
	give_back(i);
	next = (i + 1) % RX_COUNT;
	*gem(GEM_CONTROL) = control;
	return true;
}
