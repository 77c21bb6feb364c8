/* SPDX-License-Identifier: MIT */
/* receiver.h - the receiver: HTTP connections in, flash operations out, nothing else inside
 *
 * It has no socket, no heap, no clock and no thread. The caller owns every struct, moves bytes
 * between sockets and connections, and calls ota_step() whenever it asks for it:
 *
 *	ota_receiver_begin(&rx, &config, &port, conns, count);
 *	for (;;) {
 *		wait = ota_step(&rx, now_ms());
 *		poll the sockets for `wait` ms
 *		newcomer: ota_conn_open(), or close the socket of ota_conn_victim() first
 *		readable: ota_conn_input() with what arrived; keep what it did not take
 *		writable: ota_conn_output()
 *		ota_conn_done(): flush, close the socket, ota_conn_close()
 *	}
 *
 * Whatever a request changes is done in ota_step(), one flash operation or 4 KiB of hashing at a
 * time; meanwhile ota_conn_input() takes nothing, so that data waits in TCP. */
#ifndef OTA_RECEIVER_H
#define OTA_RECEIVER_H

#include "firmware/core/ota_port.h"
#include "lib/boot.h"
#include "lib/http_head.h"
#include "lib/image.h"
#include "lib/nonce.h"
#include "lib/sha256.h"

#define OTA_PORT_DEFAULT 8032u
#define OTA_STEP_IDLE UINT32_MAX /* of ota_step(): nothing to do until something arrives */
#define OTA_HEAD_KEPT 1024u /* bytes of a request's head that are kept */
#define OTA_SECTOR 4096u /* bytes: what flash erases, and what a write fills */
#define OTA_HEADER_SIZE 32u /* bytes of the image that are written last */
#define OTA_BOOT_ID_SIZE 8u

struct ota_receiver;
struct ota_conn;

typedef void ota_step_fn(struct ota_conn *conn);

enum ota_conn_state {
	OTA_CONN_FREE,
	OTA_CONN_HEAD, /* a request's head arrives */
	OTA_CONN_BODY, /* its content */
	OTA_CONN_WORK, /* nothing is taken until `step` is through */
	OTA_CONN_ANSWER, /* the answer is sent; with `step` there is more of it to make */
	OTA_CONN_DRAIN, /* what still arrives is thrown away */
	OTA_CONN_CLOSED, /* flush, then close */
};

/* Where a part of an image stands. */
struct ota_part_fields {
	uint32_t at; /* image offset of what is in the sector buffer */
	uint32_t end; /* of the part in the image; UINT32_MAX: not known (deflate) */
	bool deflate, ended; /* the stream's end was seen */
	bool bare; /* no OTA-Digest: the content is the image */
	bool check; /* Content-Digest is to be compared */
	bool finish, commit, restart; /* what follows the part */
	bool finishing; /* it has begun */
	bool retried; /* a sector did not come out right once */
	uint8_t force; /* enum ota_force */
};

/* Where a streamed answer stands. */
struct ota_stream_fields {
	uint32_t addr, end; /* flash addresses */
	uint32_t size; /* bytes of a piece, or of a block */
	uint32_t stride; /* from one piece to the next; of blocks: the slot's address */
	uint32_t crc; /* of the block so far */
	uint8_t piece;
};

#define OTA_SIGNER_NONE OTA_KEY_SLOTS

/* Whose request it is, and what its answer needs. */
struct ota_sign_fields {
	uint8_t signer; /* slot of the key whose signature was verified; OTA_SIGNER_NONE */
	bool page; /* it called its key "page" */
	uint32_t size; /* of its content; OTA_NO_PLACE: not told */
	uint8_t mac[OTA_MAC_SIZE]; /* of the request */
	uint8_t digest[OTA_SHA256_SIZE]; /* of the answer's content */
	struct ota_sha256 *hashing; /* the answer is made to be hashed, not to be sent */
};

/* One connection, 1.25 KiB. */
struct ota_conn {
	struct ota_receiver *rx;
	struct ota_http_head head;
	ota_step_fn *step; /* the next piece of work; NULL: none */
	ota_step_fn *then, *otherwise; /* after work that several requests need */
	const char *out; /* to be sent */
	uint16_t out_left;
	uint8_t state; /* enum ota_conn_state */
	uint8_t route;
	uint8_t error; /* enum ota_error, of the answer */
	bool close; /* after the answer */
	bool gone; /* the other end is, but work goes on */
	bool chunked;
	bool binary; /* the answer's content is no JSON */
	uint32_t since; /* ms: when the state began, or the last progress in it */
	uint32_t left; /* bytes of content to come, or that may still be thrown away */
	uint32_t moved; /* bytes of content since `since` */
	struct ota_sign_fields sign;
	size_t (*take)(struct ota_conn *conn, const uint8_t *data, size_t size); /* content */
	union {
		struct ota_part_fields part;
		struct ota_stream_fields stream;
		int8_t target; /* POST boot: slot or factory */
		bool other_boots; /* POST confirm */
		uint8_t key[OTA_KEY_SIZE]; /* PUT keys/N: what arrived of it */
	} u;
	char text[OTA_HEAD_KEPT]; /* the head's fields; afterwards the answer */
};

/* A stretch of flash. */
struct ota_place {
	uint32_t addr, size; /* bytes; size 0: there is none */
};

#define OTA_PLACE_FACTORY OTA_SLOTS_MAX

/* What the partition table says; apps[k]: slot k, apps[OTA_PLACE_FACTORY]: factory. */
struct ota_layout {
	struct {
		uint16_t first, count; /* sectors; count 0: there is none */
	} apps[OTA_SLOTS_MAX + 1];
	struct ota_place otadata;
	uint8_t count; /* OTA slots as the bootloader counts them */
};

/* An upload is its digest and its length. */
struct ota_upload {
	struct ota_conn *owner; /* who sends a part of it; NULL: nobody now */
	uint8_t digest[OTA_SHA256_SIZE];
	uint8_t header[OTA_HEADER_SIZE]; /* the image's first bytes, not yet in flash */
	uint32_t length; /* bytes */
	uint32_t last; /* ms: when the last byte of it arrived */
	uint32_t received, written; /* bytes of the image */
	uint32_t clear, clear_end; /* flash addresses between which this upload erased */
	uint32_t doubt_end; /* blank is not believed below this flash address */
	bool active, has_digest, has_header;
	bool judged; /* the image may be written here, by its first sector */
	bool disarmed; /* no record names the slot, and its first bytes are blank or zero */
	bool zeroed; /* they are zero, and the rest of their sector is right */
};

enum ota_rollback_support { OTA_ROLLBACK_UNKNOWN, OTA_ROLLBACK_YES, OTA_ROLLBACK_NO };

/* How something ended, for `last` and `last_trial`. */
struct ota_ending {
	bool known;
	uint8_t error; /* enum ota_error; 0: well */
	bool hashed; /* image is set */
	uint8_t slot;
	uint8_t state; /* enum ota_state of the record of a trial that ended */
	uint8_t image[OTA_SHA256_SIZE]; /* digest of the upload; stored digest in the slot */
};

struct ota_config {
	bool insecure; /* changes need no signature: said in every answer and the log */
	bool tls; /* the port encrypts: for GET device */
	bool open_reads; /* otadata and table need none either */
	uint32_t trial_ms; /* after which an unconfirmed app is restarted; 0: never */
};

/* An image that is judged whole. */
struct ota_check {
	struct ota_image image;
	uint32_t addr; /* in flash */
	uint32_t length; /* bytes */
};

/* The receiver, with the sector buffer under 5 KiB. */
struct ota_receiver {
	const struct ota_port *port;
	const struct ota_config *config;
	struct ota_conn *conns;
	uint8_t conn_count, turn;
	uint32_t now; /* ms */
	uint32_t restart_at; /* ms */
	uint32_t hashed; /* bytes given to a digest so far, for who wants to count */
	bool restarting, trial, clocked;
	uint8_t rollback; /* enum ota_rollback_support */
	uint8_t boot_id[OTA_BOOT_ID_SIZE];
	uint64_t clock; /* ms of all steps together: never wraps around */
	struct ota_nonces nonces;

	struct ota_layout layout;
	struct ota_upload upload;
	struct ota_ending last, last_trial;

	struct ota_conn *worker; /* who uses what follows */
	uint16_t fill; /* bytes in `sector` */
	uint8_t sector[OTA_SECTOR];
	struct ota_sha256 sha;
	union {
		struct ota_check check;
		struct ota_change change;
	} u;
};

/* Read the layout and what runs. `port`, `config` and `count` > 0 `conns` stay the caller's and
 * live as long as the receiver. OTA_E_MAGIC, OTA_E_CHECKSUM, ...: no usable partition table;
 * OTA_E_DEVICE: it cannot be read. */
OTA_MUST_CHECK enum ota_status ota_receiver_begin(struct ota_receiver *rx,
						  const struct ota_config *config,
						  const struct ota_port *port,
						  struct ota_conn *conns, size_t count);

/* Do at most one flash operation or 4 KiB of hashing. `now_ms` may wrap around. Returns the ms after
 * which it wants to be called again at the latest, 0: at once; it may be called at any time. */
uint32_t ota_step(struct ota_receiver *rx, uint32_t now_ms);

/* A free connection; NULL: all are in use. */
struct ota_conn *ota_conn_open(struct ota_receiver *rx);

/* Whom to close in favour of a newcomer: the connection whose head has been incomplete for longest, or
 * whose answer nobody takes, but an owner's; never one that sends an upload. NULL: nobody, refuse the
 * newcomer. */
struct ota_conn *ota_conn_victim(struct ota_receiver *rx);

/* Take what arrived; returns how many bytes were taken. Fewer than `size`: busy, call again after
 * ota_step(). */
size_t ota_conn_input(struct ota_conn *conn, const void *data, size_t size);

/* Would ota_conn_input() take something now? Where not, there is no use in waiting for data. */
bool ota_conn_hungry(const struct ota_conn *conn);

/* The next bytes to send; 0: none now. A caller that can send part of them may do so from conn->out,
 * where conn->out_left bytes are, and then say here how many it sent, with `buf` NULL. */
size_t ota_conn_output(struct ota_conn *conn, void *buf, size_t size);

/* Is there nothing more to come? Send what ota_conn_output() still gives, then close. */
bool ota_conn_done(const struct ota_conn *conn);

/* The other end is gone, or the caller closed it. */
void ota_conn_close(struct ota_conn *conn);

#endif
