/* SPDX-License-Identifier: MIT */
#include "lib/host/esp_err.h"

#define SSL "mbedtls/include/mbedtls/ssl.h"
#define X509 "mbedtls/include/mbedtls/x509.h"
#define NET "mbedtls/include/mbedtls/net_sockets.h"

const struct ota_error ota_mbedtls_errors[] = {
	{ -0x7100, "MBEDTLS_ERR_SSL_BAD_INPUT_DATA", "An argument of a TLS call is not allowed.",
	  "In downloads: CONFIG_MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH with a server that sends large"
	  " records; a context used after it was freed.",
	  "Switch variable buffers off, or use CONFIG_MBEDTLS_DYNAMIC_BUFFER.", SSL },
	{ -0x7180, "MBEDTLS_ERR_SSL_INVALID_MAC", "A record's authentication code is wrong.",
	  "Data altered on the way or in memory: overwritten buffers, a stack that is too small.",
	  "Enlarge the task's stack; try another network path.", SSL },
	{ -0x7200, "MBEDTLS_ERR_SSL_INVALID_RECORD", "A record came that cannot be taken.",
	  "Most often the record is larger than the receive buffer: servers send records of up to 16384"
	  " bytes whatever the client's memory is, and CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN is set lower."
	  " It then fails while the handshake or the first lines worked. Otherwise the port does not"
	  " speak TLS (plain HTTP answers).",
	  "Set CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN to 16384 (with asymmetric lengths the send buffer may"
	  " stay small), or have the server send short records; check the port with curl.",
	  SSL },
	{ -0x7280, "MBEDTLS_ERR_SSL_CONN_EOF", "The connection ended inside TLS.",
	  "The server closed without a goodbye: it refused the handshake, or was restarted.",
	  "Look at the server's log.", SSL },
	{ -0x7300, "MBEDTLS_ERR_SSL_DECODE_ERROR",
	  "A message could not be decoded (mbedTLS 2: an unknown cipher suite was chosen).",
	  "A server or middlebox with an unusual TLS; versions that do not match.",
	  "Try TLS 1.2 only, or another server.", SSL },
	{ -0x7400, "MBEDTLS_ERR_SSL_NO_RNG", "No random generator is set.",
	  "mbedtls_ssl_conf_rng was not called.", "An error of the program, not of the network.",
	  SSL },
	{ -0x7680, "MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED", "No certificate authority is set.",
	  "Verification is required and neither cert_pem nor a bundle is given.",
	  "Give the device the certificate of the server's authority, or attach the bundle.", SSL },
	{ -0x7700, "MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE", "A message came out of order.",
	  "Renegotiation, or a server that asks for a client certificate where none is expected.",
	  "Look at the server's settings.", SSL },
	{ -0x7780, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE", "The other side refused the handshake.",
	  "No version or cipher suite in common; the host name sent (SNI) is unknown to the server;"
	  " the server requires a client certificate.",
	  "The server's log names the alert; `openssl s_client -connect HOST:PORT -servername HOST` shows"
	  " what it offers.",
	  SSL },
	{ -0x7880, "MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY",
	  "The other side closed the connection in order.",
	  "End of the answer; keep-alive ran out.", "Not an error by itself.", SSL },
	{ -0x7A00, "MBEDTLS_ERR_SSL_BAD_CERTIFICATE",
	  "The certificate message cannot be processed.",
	  "A chain that is too long or uses an algorithm that is switched off.",
	  "Use RSA 2048 or P-256 with SHA-256.", SSL },
	{ -0x7F00, "MBEDTLS_ERR_SSL_ALLOC_FAILED", "No memory for TLS.",
	  "Each connection wants two record buffers, 16 KiB each by default, in one piece.",
	  "Free memory first, CONFIG_MBEDTLS_DYNAMIC_BUFFER, or plain HTTP with a signed request"
	  " (`otatool push`).",
	  SSL },
	{ -0x6E00, "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE",
	  "The handshake failed for want of something in common (mbedTLS 2: a bad session ticket).",
	  "No common version, cipher suite, curve or signature algorithm.",
	  "Compare the server's offer with sdkconfig.", SSL },
	{ -0x6E80, "MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION", "No TLS version in common.",
	  "A server with TLS 1.3 only, a device with 1.2 only, or the reverse.",
	  "Enable TLS 1.2 on the server or CONFIG_MBEDTLS_SSL_PROTO_TLS1_3.", SSL },
	{ -0x6800, "MBEDTLS_ERR_SSL_TIMEOUT", "Nothing arrived in time.",
	  "A weak radio link; a server that waits for the client.", "Raise timeout_ms.", SSL },
	{ -0x2180, "MBEDTLS_ERR_X509_INVALID_FORMAT", "The certificate is not one.",
	  "PEM without its final NUL byte in the length; DER given as PEM; a file that was cut.",
	  "Embed it as text (EMBED_TXTFILES), and check it with `openssl x509 -noout -text`.",
	  X509 },
	{ -0x2700, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED",
	  "The server's certificate was not accepted.",
	  "The clock was not set (1970 is before every certificate); the name or address in the URL is"
	  " not in the certificate; another authority signed it than the one embedded; it expired.",
	  "Set the time first (SNTP); see that the certificate has the name or address in the URL.",
	  X509 },
	{ -0x2780, "MBEDTLS_ERR_X509_CERT_UNKNOWN_FORMAT", "Neither PEM nor DER.",
	  "An empty file, or a key where a certificate is expected.",
	  "Check it with `openssl x509 -noout -text`.", X509 },
	{ -0x2880, "MBEDTLS_ERR_X509_ALLOC_FAILED", "No memory for a certificate.",
	  "A large bundle of authorities parsed at once.", "Embed only the authority you need.",
	  X509 },
	{ -0x3000, "MBEDTLS_ERR_X509_FATAL_ERROR", "Verification was given up.",
	  "A chain that is too long, or the application's own check failed (the certificate bundle does"
	  " it where no root matches).",
	  "Shorten the chain; add the root to the bundle.", X509 },
	{ -0x0042, "MBEDTLS_ERR_NET_SOCKET_FAILED", "No socket could be opened.",
	  "CONFIG_LWIP_MAX_SOCKETS is reached: connections are left open.",
	  "Close them, or raise the limit.", NET },
	{ -0x0044, "MBEDTLS_ERR_NET_CONNECT_FAILED", "The connection was refused or not answered.",
	  "Port closed, firewall, other subnet.",
	  "`otatool push` connects from the computer to the device instead.", NET },
	{ -0x004C, "MBEDTLS_ERR_NET_RECV_FAILED", "Reading from the connection failed.",
	  "Wi-Fi was lost; the time-out of the socket ran out.", "Try again, resuming.", NET },
	{ -0x004E, "MBEDTLS_ERR_NET_SEND_FAILED", "Writing to the connection failed.",
	  "Wi-Fi was lost; the other side closed.", "Try again.", NET },
	{ -0x0050, "MBEDTLS_ERR_NET_CONN_RESET", "The other side reset the connection.",
	  "The server closed it: limit, restart, or a handshake it did not like.",
	  "Look at the server's log.", NET },
	{ -0x0052, "MBEDTLS_ERR_NET_UNKNOWN_HOST", "The name was not found.",
	  "No DNS server yet, a .local name, a typing error.",
	  "Use the address, or wait for the network before the update.", NET },
	{ 0 }
};
