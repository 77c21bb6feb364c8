/* SPDX-License-Identifier: MIT */
/* lwipopts.h - lwIP as the board needs it: one thread, TCP over IPv4 over Ethernet */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_UDP 0
#define LWIP_STATS 0
#define LWIP_IPV6 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_NETIF_TX_SINGLE_PBUF 1
#define ARP_QUEUEING 1 /* after a start, several answers wait for the first ARP reply */

#define MEM_ALIGNMENT 4
#define MEM_SIZE 32768
#define PBUF_POOL_SIZE 40
#define TCP_MSS 1460
#define TCP_WND (16 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define MEMP_NUM_TCP_SEG 32
#define MEMP_NUM_TCP_PCB 12
#define MEMP_NUM_TCP_PCB_LISTEN 2

#endif
