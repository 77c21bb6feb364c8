/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/gem.h"
#include "firmware/port/qemu-sifive_u/net.h"
#include "firmware/port/qemu-sifive_u/net_faults.h"

#define FRAMES_A_POLL 16u /* then the receiver gets its turn */

static struct netif interface;
static struct net_faults incoming, outgoing;
static uint32_t random_state;

u32_t sys_now(void)
{
	return board_ms();
}

/* For port numbers and first sequence numbers: the time of each call is mixed in. */
uint32_t board_lwip_random(void)
{
	random_state ^= (uint32_t)board_us();
	return board_draw(&random_state);
}

static void deliver(const uint8_t *frame, size_t size)
{
	struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);

	if (!p)
		return;
	pbuf_take(p, frame, (u16_t)size);
	if (interface.input(p, &interface) != ERR_OK)
		pbuf_free(p);
}

static void take(const uint8_t *frame, size_t size)
{
	net_faults_pass(&incoming, frame, size, deliver);
}

static err_t send(struct netif *netif, struct pbuf *p)
{
	static uint8_t frame[GEM_FRAME_MAX];

	(void)netif;
	pbuf_copy_partial(p, frame, p->tot_len, 0);
	net_faults_pass(&outgoing, frame, p->tot_len, gem_send);
	return ERR_OK;
}

static err_t set_up(struct netif *netif)
{
	netif->name[0] = 'e';
	netif->name[1] = 'n';
	netif->output = etharp_output;
	netif->linkoutput = send;
	netif->mtu = 1500;
	netif->flags =
		NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

void net_begin(const uint8_t mac[static 6])
{
	ip4_addr_t ip, mask, gateway;

	IP4_ADDR(&ip, 10, 0, 2, 15);
	IP4_ADDR(&mask, 255, 255, 255, 0);
	IP4_ADDR(&gateway, 10, 0, 2, 2);
	net_faults_begin(&incoming, board_keep.options.seed);
	net_faults_begin(&outgoing, board_keep.options.seed + 1);
	gem_begin(mac);
	lwip_init();
	memcpy(interface.hwaddr, mac, ETH_HWADDR_LEN);
	interface.hwaddr_len = ETH_HWADDR_LEN;
	netif_add(&interface, &ip, &mask, &gateway, NULL, set_up, ethernet_input);
	netif_set_default(&interface);
	netif_set_up(&interface);
}

unsigned net_poll(void)
{
	unsigned frames = 0;

	while (frames < FRAMES_A_POLL && gem_poll(take))
		frames++;
	sys_check_timeouts();
	return frames;
}

void net_end(void)
{
	gem_end();
	while (gem_poll(take))
		;
}
