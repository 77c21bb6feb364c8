/* SPDX-License-Identifier: MIT */
/* tool_idf FLEET_KEY CERTIFICATE: the ESP-IDF component as a device on this host, with TLS and the key that
 * FLEET_KEY gives it, on encrypted flash with two slots; "lamp" 1.0 runs. Writes its certificate,
 * prints its URL, and serves until it is killed. Each boot is a process of its own. */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/host/keys.h"
#include "lwip/sockets.h"
#include "otatool_receiver.h"
#include "tests/idf/sdk.h"
#include "tests/rx.h"

static struct device {
	struct rx_world world;
	struct fake_nvs nvs;
	unsigned short port;
} * device;

static void put_pem(const char *name, BIO *bio)
{
	char *text;
	long size = BIO_get_mem_data(bio, &text);
	char copy[3000] = { 0 };

	memcpy(copy, text, (size_t)size);
	fake_nvs_put(&device->nvs, name, copy, (size_t)size + 1);
	BIO_free(bio);
}

static void add_name(X509 *cert)
{
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");

	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

/* A key pair and its certificate: PEM into NVS, the certificate into a file too. */
static void make_certificate(const char *path)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *key = BIO_new(BIO_s_mem()), *text = BIO_new(BIO_s_mem());
	FILE *file = fopen(path, "w");

	if (!file)
		abort();
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
				   (const unsigned char *)"device", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_set_pubkey(cert, pair);
	add_name(cert);
	X509_sign(cert, pair, EVP_sha256());
	PEM_write_X509(file, cert);
	PEM_write_bio_X509(text, cert);
	PEM_write_bio_PrivateKey(key, pair, NULL, NULL, 0, NULL, NULL);
	put_pem("tls_cert", text);
	put_pem("tls_key", key);
	fclose(file);
	X509_free(cert);
	EVP_PKEY_free(pair);
}

static bool put_key(const char *path)
{
	struct ota_push_key fleet, mine;
	struct ota_diag diag;
	char text[1024];
	FILE *file = fopen(path, "r");
	size_t size = file ? fread(text, 1, sizeof(text), file) : 0;

	if (file)
		fclose(file);
	if (ota_push_key_parse(text, size, &fleet, &diag))
		return false;
	ota_push_key_derive(&fleet, "7cdfa1b2c3d4", &mine);
	fake_nvs_put(&device->nvs, "key0", mine.key, sizeof(mine.key));
	return true;
}

static void make_device(void)
{
	static const struct app_recipe app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 70000, 1, 0, false,
					       false,  0 };

	rx_medium = &rx_media[2];
	rx_begin(&device->world, RX_TWO);
	rx_put_app(&device->world, RX_TWO, 0, &app);
	rx_put_record(&device->world, 0, 1, OTA_STATE_VALID);
	device->world.emulator.boot.rollback = true;
}

static void serve(void)
{
	const struct otatool_receiver_config config = { .own_loop = true };
	bool first = !device->port;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fake.nvs = &device->nvs;
	fake.running = device->world.emulator.device.running;
	fake.real_time = true;
	fake_port = device->port;
	if (otatool_receiver_start(&config) != ESP_OK || !fake.random_was_fed)
		_exit(1);
	device->port = fake_port;
	if (first)
		printf("https://127.0.0.1:%u\n", fake_port);
	fflush(stdout);
	while (!fake.restarted)
		otatool_receiver_poll(1000);
	_exit(device->world.emulator.nor.misused ? 1 : 0);
}

int main(int argc, char **argv)
{
	int status = 0;

	device = mmap(NULL, sizeof(*device), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (argc != 3 || device == MAP_FAILED || !put_key(argv[1]))
		return 2;
	make_certificate(argv[2]);
	make_device();
	while (!status) {
		pid_t child;

		if (ota_emulator_power_on(&device->world.emulator))
			return 1;
		child = fork();
		if (!child)
			serve();
		if (child < 0 || waitpid(child, &status, 0) != child)
			return 1;
	}
	return 1;
}
