/* SPDX-License-Identifier: MIT */
/* core.h - what the files of the receiver call in each other */
#ifndef OTA_CORE_H
#define OTA_CORE_H

#include "firmware/core/line.h"
#include "firmware/core/receiver.h"
#include "lib/push_key.h"

/* Every refusal: its name in answers is in answer.c. */
enum ota_error {
	OTA_ERR_NONE,
	OTA_ERR_HEAD, /* the request's head breaks a rule of HTTP */
	OTA_ERR_HEAD_SIZE,
	OTA_ERR_HEAD_SLOW,
	OTA_ERR_LENGTH, /* no Content-Length */
	OTA_ERR_HOST,
	OTA_ERR_ORIGIN,
	OTA_ERR_FORM, /* a web page could have sent it */
	OTA_ERR_NO_KEY,
	OTA_ERR_UNSIGNED,
	OTA_ERR_SIGNATURE_FORM, /* not the one form that a signature of this request has */
	OTA_ERR_UNAUTHORIZED, /* unknown key or wrong signature */
	OTA_ERR_NONCE, /* signed well, but the nonce is used up, too old, or of another start */
	OTA_ERR_RIGHTS, /* not with this key */
	OTA_ERR_KEY, /* keys cannot be changed so */
	OTA_ERR_NOT_FOUND,
	OTA_ERR_METHOD,
	OTA_ERR_EXPECT,
	OTA_ERR_QUERY,
	OTA_ERR_FIELD, /* a field's value is not of its form, or not allowed here */
	OTA_ERR_CONTENT, /* content where none belongs */
	OTA_ERR_BUSY,
	OTA_ERR_TAKEN_OVER,
	OTA_ERR_UNCONFIRMED,
	OTA_ERR_VIA_FACTORY,
	OTA_ERR_NO_SLOT,
	OTA_ERR_NO_OTADATA,
	OTA_ERR_SEQUENCE,
	OTA_ERR_VETO,
	OTA_ERR_TOO_LARGE,
	OTA_ERR_PART, /* its place or size */
	OTA_ERR_CODING,
	OTA_ERR_STREAM, /* deflate data are damaged */
	OTA_ERR_CONTENT_DIGEST,
	OTA_ERR_FIRST_SECTOR, /* has to be sent (again) */
	OTA_ERR_MAGIC,
	OTA_ERR_CHIP,
	OTA_ERR_REVISION,
	OTA_ERR_PROJECT,
	OTA_ERR_DOWNGRADE,
	OTA_ERR_SECURE_VERSION,
	OTA_ERR_NO_RECEIVER,
	OTA_ERR_FAILED_BEFORE,
	OTA_ERR_DIGEST,
	OTA_ERR_IMAGE,
	OTA_ERR_NO_HASH,
	OTA_ERR_TRAILING,
	OTA_ERR_SIGNATURE, /* the port's verify_image refused */
	OTA_ERR_FLASH,
	OTA_ERR_OTHER_IMAGE, /* another one runs, or is in that slot, than the caller believes */
	OTA_ERR_NOT_READY,
	OTA_ERR_NO_TRIAL, /* nothing to confirm */
	OTA_ERR_NO_ROLLBACK, /* nothing to go back to */
	OTA_ERR_COUNT
};

#define OTA_NO_PLACE UINT32_MAX /* of an error: no offset to tell */

/* answer.c */

/* Refuse: the answer, then the connection is closed. `detail` NULL: none; `offset` in the image or
 * in flash, or OTA_NO_PLACE. An upload that `conn` owns ends with it. */
void ota_answer_error(struct ota_conn *conn, enum ota_error error, const char *detail,
		      uint32_t offset);

/* Where to put the content of an answer: at most 490 bytes. */
struct ota_line ota_answer_begin(struct ota_conn *conn);

/* Send `line` as the JSON content of an answer of 200. */
void ota_answer_end(struct ota_conn *conn, const struct ota_line *line);

/* Begin an answer of 200 whose content `more` makes piece by piece: `size` bytes of `type`, or in
 * chunks (OTA_NO_PLACE). For a signed one `more` goes through it twice, so conn->u.stream alone says
 * where it stands; content too long for that stays unsigned. */
void ota_answer_stream(struct ota_conn *conn, const char *type, uint32_t size, ota_step_fn *more);
void ota_answer_unsigned_stream(struct ota_conn *conn, const char *type, uint32_t size,
				ota_step_fn *more);

/* send.c: an answer whose content stands where ota_answer_begin() said. */
void ota_answer_whole(struct ota_conn *conn, unsigned status, const struct ota_line *body);

/* In `more`: where the next piece goes, and sending it. After the last one set conn->step to NULL
 * before. */
struct ota_line ota_answer_piece(struct ota_conn *conn);
void ota_answer_send(struct ota_conn *conn, const struct ota_line *line);

const char *ota_error_name(enum ota_error error);

/* request.c */

/* The head is complete: judge it, and begin what it asks for. */
void ota_request_begin(struct ota_conn *conn);

/* The Allow field of the path that was asked for. */
void ota_request_allow(const struct ota_conn *conn, struct ota_line *line);

/* The value of `key` in the query, *size bytes of it; NULL: not there. */
const char *ota_query_value(const struct ota_conn *conn, const char *key, size_t *size);

/* The digest that the query's `image` names: 1 there, 0 not there, -1 malformed. */
int ota_query_image(const struct ota_conn *conn, uint8_t digest[static OTA_SHA256_SIZE]);

/* auth.c: start of nonces and boot id; whether anybody can change anything goes to the log. */
void ota_auth_begin(struct ota_receiver *rx);

/* The 16 bytes of OTA-Challenge. */
bool ota_parse_challenge(const struct ota_conn *conn, uint8_t challenge[static OTA_CHALLENGE_SIZE]);

/* Look at the signature, if there is one: conn->sign.signer is whose it is. */
enum ota_error ota_auth_look(struct ota_conn *conn);

/* May this request be carried out? Otherwise it was answered. `all`: not with every key. */
bool ota_auth_change(struct ota_conn *conn, bool all);
bool ota_auth_read(struct ota_conn *conn);

/* Is there a key in `slot`? Wipe it. */
bool ota_key_get(const struct ota_receiver *rx, unsigned slot, uint8_t key[static OTA_KEY_SIZE]);

/* The fields of a signed answer's head: OTA-State, Content-Digest, Signature-Input, Signature. */
void ota_auth_sign(struct ota_conn *conn, bool digest, struct ota_line *line);

/* keys.c */
void ota_keys_begin(struct ota_conn *conn); /* GET keys */
void ota_key_put_begin(struct ota_conn *conn); /* PUT keys/N */
void ota_key_delete_begin(struct ota_conn *conn); /* DELETE keys/N */

/* layout.c */
enum ota_status ota_layout_read(struct ota_receiver *rx);

/* The two records as they are now. 0, or the driver's error. */
int ota_records_read(struct ota_receiver *rx, struct ota_otadata *data);

/* The slot an upload goes to; OTA_CHOICE_NONE: none, *error says why. */
int ota_layout_next(const struct ota_receiver *rx, enum ota_error *error);
const struct ota_place *ota_layout_place(const struct ota_receiver *rx, int choice);
bool ota_layout_has(const struct ota_receiver *rx, int choice);

/* "ota_3", "factory". */
void ota_line_slot(struct ota_line *line, int choice);

/* Is the running app on trial? */
bool ota_records_pending(const struct ota_otadata *data, int running);
bool ota_is_pending(struct ota_receiver *rx);

/* facts.c: what a slot says of itself. false: nothing of that kind. */
bool ota_slot_digest(const struct ota_receiver *rx, int choice,
		     uint8_t digest[static OTA_SHA256_SIZE]);
bool ota_slot_is(const struct ota_receiver *rx, int choice,
		 const uint8_t digest[static OTA_SHA256_SIZE]);
bool ota_slot_desc(const struct ota_receiver *rx, int choice, struct ota_app_desc *desc);
bool ota_running_desc(const struct ota_receiver *rx, struct ota_app_desc *desc);

/* upload.c */
void ota_upload_begin(struct ota_conn *conn); /* PUT image */

/* Content arrives; returns how much was taken. */
size_t ota_upload_take(struct ota_conn *conn, const uint8_t *data, size_t size);

/* What was in the sector buffer is in flash. */
void ota_upload_written(struct ota_conn *conn);

/* The connection is gone (OTA_ERR_NONE), or was refused. */
void ota_upload_drop(struct ota_conn *conn, enum ota_error error);

/* How it ended, for GET device. */
void ota_upload_note(struct ota_receiver *rx, enum ota_error error);

/* slot.c: bring the sector buffer into flash, then call ota_upload_written(). */
void ota_sector_begin(struct ota_conn *conn);

/* finish.c: read back, arm, commit, answer. */
void ota_upload_finish(struct ota_conn *conn);

/* check.c */

/* May an image that begins so be written? `size` bytes from its start; `force`: enum ota_force.
 * false: it was answered. */
bool ota_judge(struct ota_conn *conn, const uint8_t *data, size_t size, uint8_t force);

/* The image at `choice`, `length` bytes with all that follows it; 0: it ends where it says. */
void ota_check_begin(struct ota_receiver *rx, int choice, uint32_t length);
void ota_check_feed(struct ota_receiver *rx, const uint8_t *data, size_t size);
bool ota_check_finish(struct ota_conn *conn); /* false: it was answered */

/* Judge the image of `choice` in full, from flash. */
void ota_verify_begin(struct ota_conn *conn, int choice, ota_step_fn *then, ota_step_fn *otherwise);

/* change.c: apply rx->u.change step by step, then call `then`. */
void ota_change_begin(struct ota_conn *conn, ota_step_fn *then);
int ota_change_apply(struct ota_receiver *rx, const struct ota_op *op);
enum ota_error ota_change_error(enum ota_status status);

/* switch.c */

/* Let the bootloader come back to what runs, then call `then`. false: it was answered. */
bool ota_anchor_begin(struct ota_conn *conn, ota_step_fn *then);
void ota_boot_begin(struct ota_conn *conn);
void ota_confirm_begin(struct ota_conn *conn);
void ota_rollback_begin(struct ota_conn *conn);
void ota_restart_begin(struct ota_conn *conn);
void ota_restart_soon(struct ota_receiver *rx);

/* device.c */
void ota_device_begin(struct ota_conn *conn);
void ota_line_state(struct ota_line *line, struct ota_receiver *rx); /* OTA-State's value */
void ota_line_upload(struct ota_line *line, const struct ota_upload *upload);
void ota_line_running(struct ota_line *line, const struct ota_receiver *rx);

/* reads.c */
void ota_blocks_begin(struct ota_conn *conn);
void ota_otadata_begin(struct ota_conn *conn);
void ota_table_begin(struct ota_conn *conn);

#endif
