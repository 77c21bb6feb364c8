/* SPDX-License-Identifier: MIT */
/* auth.c - who may change anything
 *
 * Requests of an OTA_INSECURE receiver need no signature, but must not be such that a web page can
 * make a browser send them. A browser asks before PUT and DELETE (OPTIONS, which gets 405), and
 * before a POST with one of the two fields below. Without a key everything else is refused. */
#include "firmware/core/core.h"
#include "lib/text.h"

static bool no_page_sent_it(const struct ota_conn *conn)
{
	const char *type = ota_http_field(&conn->head, "content-type");
	const char *request = ota_http_field(&conn->head, "ota-request");

	if (!ota_text_same(ota_http_method(&conn->head), "POST"))
		return !type || ota_text_same(type, "application/octet-stream");
	return (type && ota_text_same(type, "application/octet-stream")) ||
	       (request && ota_text_same(request, "1"));
}

bool ota_auth_change(struct ota_conn *conn)
{
	if (!conn->rx->config->insecure)
		ota_answer_error(conn, OTA_ERR_NO_KEY, NULL, OTA_NO_PLACE);
	else if (!no_page_sent_it(conn))
		ota_answer_error(conn, OTA_ERR_FORM, "OTA-Request: 1 is missing", OTA_NO_PLACE);
	else
		return true;
	return false;
}

bool ota_auth_read(struct ota_conn *conn)
{
	if (conn->rx->config->insecure || conn->rx->config->open_reads)
		return true;
	ota_answer_error(conn, OTA_ERR_NO_KEY, NULL, OTA_NO_PLACE);
	return false;
}
