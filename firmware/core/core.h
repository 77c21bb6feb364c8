/* SPDX-License-Identifier: MIT */
/* core.h - what the files of the receiver call in each other */
#ifndef OTA_CORE_H
#define OTA_CORE_H

#include "firmware/core/line.h"
#include "firmware/core/receiver.h"
#include "lib/push_key.h"

/* clang-format off */
/* Every refusal: name, status, the esp_err_t that says the same (0: none), stage. In answers it is
 * called "OTA_NAME". */
#define OTA_ERRORS(ROW) \
	ROW(HEAD, 400, 0, HEAD) /* the request's head breaks a rule of HTTP */ \
	ROW(HEAD_SIZE, 431, 0, HEAD) \
	ROW(HEAD_SLOW, 400, 0x107, HEAD) \
	ROW(LENGTH, 411, 0, HEAD) /* no Content-Length */ \
	ROW(HOST, 421, 0, HEAD) \
	ROW(ORIGIN, 421, 0, HEAD) \
	ROW(FORM, 415, 0, HEAD) /* a web page could have sent it */ \
	ROW(NO_KEY, 401, 0, AUTH) \
	ROW(UNSIGNED, 401, 0, AUTH) \
	ROW(SIGNATURE_FORM, 400, 0, AUTH) /* not the one form that a signature of this request has */ \
	ROW(UNAUTHORIZED, 401, 0, AUTH) /* unknown key or wrong signature */ \
	ROW(NONCE, 401, 0, AUTH) /* signed well, but the nonce is used up, too old, or of another start */ \
	ROW(RIGHTS, 403, 0, AUTH) /* not with this key */ \
	ROW(KEY, 409, 0, KEYS) /* keys cannot be changed so */ \
	ROW(NOT_FOUND, 404, 0x105, REQUEST) \
	ROW(METHOD, 405, 0x106, REQUEST) \
	ROW(EXPECT, 417, 0, REQUEST) \
	ROW(QUERY, 400, 0x102, REQUEST) \
	ROW(FIELD, 400, 0x102, REQUEST) /* a field's value is not of its form, or not allowed here */ \
	ROW(CONTENT, 413, 0x102, REQUEST) /* content where none belongs */ \
	ROW(BUSY, 409, 0x1507, UPLOAD) \
	ROW(TAKEN_OVER, 409, 0x1507, UPLOAD) \
	ROW(UNCONFIRMED, 409, 0x1506, REQUEST) \
	ROW(VIA_FACTORY, 409, 0x1501, UPLOAD) \
	ROW(NO_SLOT, 409, 0x105, UPLOAD) \
	ROW(NO_OTADATA, 409, 0x105, REQUEST) \
	ROW(SEQUENCE, 409, 0x1502, SWITCH) \
	ROW(VETO, 503, 0x10D, REQUEST) \
	ROW(TOO_LARGE, 413, 0x104, UPLOAD) \
	ROW(PART, 400, 0x102, UPLOAD) /* its place or size */ \
	ROW(CODING, 415, 0x106, UPLOAD) \
	ROW(STREAM, 400, 0x10B, UPLOAD) /* deflate data are damaged */ \
	ROW(CONTENT_DIGEST, 400, 0x10B, UPLOAD) \
	ROW(FIRST_SECTOR, 409, 0x10C, UPLOAD) /* has to be sent (again) */ \
	ROW(MAGIC, 422, 0x1503, JUDGE) \
	ROW(CHIP, 422, 0x10A, JUDGE) \
	ROW(REVISION, 422, 0x10A, JUDGE) \
	ROW(PROJECT, 422, 0x10A, JUDGE) \
	ROW(DOWNGRADE, 422, 0x1504, JUDGE) \
	ROW(SECURE_VERSION, 422, 0x1504, JUDGE) \
	ROW(NO_RECEIVER, 422, 0, JUDGE) \
	ROW(FAILED_BEFORE, 422, 0x1505, JUDGE) \
	ROW(DIGEST, 422, 0x10B, VERIFY) \
	ROW(IMAGE, 422, 0x1503, VERIFY) \
	ROW(NO_HASH, 422, 0x1503, VERIFY) \
	ROW(TRAILING, 422, 0x1503, VERIFY) \
	ROW(SIGNATURE, 422, 0x1503, VERIFY) /* the port's verify_image refused */ \
	ROW(FLASH, 500, 0x6001, WRITE) \
	ROW(OTHER_IMAGE, 409, 0x103, REQUEST) /* another one runs, or is in that slot, than the caller believes */ \
	ROW(NOT_READY, 409, 0x10D, CONFIRM) \
	ROW(NO_TRIAL, 409, 0x103, CONFIRM) /* nothing to confirm */ \
	ROW(NO_ROLLBACK, 409, 0x1505, ROLLBACK) /* nothing to go back to */
/* clang-format on */

#define OTA_ERROR_VALUE(name, status, code, stage) OTA_ERR_##name,
enum ota_error { OTA_ERR_NONE, OTA_ERRORS(OTA_ERROR_VALUE) OTA_ERR_COUNT };

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

/* Begin an answer of 200 whose content `more` makes piece by piece: `size` bytes, or JSON in chunks
 * (OTA_NO_PLACE). For a signed one `more` goes through it twice, so conn->u.stream alone says
 * where it stands; content too long for that stays unsigned. */
void ota_answer_stream(struct ota_conn *conn, uint32_t size, ota_step_fn *more);
void ota_answer_unsigned_stream(struct ota_conn *conn, uint32_t size, ota_step_fn *more);

/* send.c: an answer whose content stands where ota_answer_begin() said. */
void ota_answer_whole(struct ota_conn *conn, enum ota_error error, const struct ota_line *body);

/* In `more`: where the next piece goes, and sending it. After the last one set conn->step to NULL
 * before. */
struct ota_line ota_answer_piece(struct ota_conn *conn);
void ota_answer_send(struct ota_conn *conn, const struct ota_line *line);

/* "BUSY", without the OTA_ before it; "OK" of OTA_ERR_NONE. And its status, 200. */
const char *ota_error_name(enum ota_error error);
unsigned ota_error_status(enum ota_error error);

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
/* Of size 0 where there is none. */
struct ota_place ota_layout_place(const struct ota_receiver *rx, int choice);
bool ota_layout_has(const struct ota_receiver *rx, int choice);

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
