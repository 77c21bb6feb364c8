/* SPDX-License-Identifier: MIT */
#include "tests/idf/sdk.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "bootloader_random.h"
#include "esp_chip_info.h"
#include "esp_image_format.h"
#include "esp_mac.h"
#include "esp_ota_ops.h"
#include "esp_random.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "hal/efuse_hal.h"
#include "lib/chip.h"
#include "lib/image.h"
#include "lwip/sockets.h"
#include "mbedtls/sha256.h"
#include "miniz.h"
#include "nvs.h"
#include "nvs_flash.h"

#undef bind
#undef accept
#undef select

struct fake_sdk fake;
unsigned short fake_port;

const char *esp_err_to_name(esp_err_t error)
{
	static char text[16];

	snprintf(text, sizeof(text), "0x%x", (unsigned)error);
	return text;
}

/* Memory: the component is compiled with these for malloc, calloc and free. */
void *fake_malloc(size_t size);
void *fake_calloc(size_t count, size_t size);
void fake_free(void *memory);

void *fake_malloc(size_t size)
{
	fake.mallocs++;
	if (fake.no_memory > 0) {
		fake.no_memory--;
		return NULL;
	}
	fake.live++;
	return malloc(size);
}

void *fake_calloc(size_t count, size_t size)
{
	void *memory = fake_malloc(count * size);

	if (memory)
		memset(memory, 0, count * size);
	return memory;
}

void fake_free(void *memory)
{
	fake.live -= memory != NULL;
	free(memory);
}

void esp_chip_info(esp_chip_info_t *info)
{
	info->revision = 4;
}

esp_err_t esp_efuse_mac_get_default(uint8_t *mac)
{
	static const uint8_t address[6] = { 0x7C, 0xDF, 0xA1, 0xB2, 0xC3, 0xD4 };

	memcpy(mac, address, sizeof(address));
	return ESP_OK;
}

uint32_t efuse_hal_blk_version(void)
{
	return 100;
}

void bootloader_random_enable(void)
{
	fake.entropy = true;
}

void bootloader_random_disable(void)
{
	fake.entropy = false;
}

void esp_fill_random(void *buf, size_t len)
{
	static uint8_t next = 1;
	uint8_t *out = buf;

	fake.random_was_fed = fake.entropy;
	if (fake.real_time && getrandom(buf, len, 0) == (ssize_t)len)
		return;
	while (len--)
		*out++ = next++;
}

esp_reset_reason_t esp_reset_reason(void)
{
	return ESP_RST_BROWNOUT;
}

void esp_restart(void)
{
	fake.restarted = true;
}

int64_t esp_timer_get_time(void)
{
	struct timespec now;

	if (!fake.real_time)
		return fake.now_us;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Tasks and mutexes. */
struct fake_mutex {
	pthread_mutex_t mutex;
};

struct fake_task {
	TaskFunction_t function;
	void *arg;
};

SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void)
{
	SemaphoreHandle_t mutex = malloc(sizeof(*mutex));
	pthread_mutexattr_t kind;

	if (!mutex)
		abort();
	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&mutex->mutex, &kind);
	return mutex;
}

BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t mutex, TickType_t wait)
{
	(void)wait;
	return pthread_mutex_lock(&mutex->mutex) == 0;
}

BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t mutex)
{
	return pthread_mutex_unlock(&mutex->mutex) == 0;
}

void vSemaphoreDelete(SemaphoreHandle_t mutex)
{
	pthread_mutex_destroy(&mutex->mutex);
	free(mutex);
}

static void *run_task(void *arg)
{
	struct fake_task task = *(struct fake_task *)arg;

	free(arg);
	task.function(task.arg);
	return NULL;
}

BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack, void *arg,
		       UBaseType_t priority, TaskHandle_t *handle)
{
	struct fake_task *task = malloc(sizeof(*task));
	pthread_t thread;

	(void)name;
	(void)stack;
	(void)priority;
	(void)handle;
	if (fake.no_task || !task) {
		free(task);
		return !pdPASS;
	}
	*task = (struct fake_task){ function, arg };
	return pthread_create(&thread, NULL, run_task, task) == 0 ? pdPASS : !pdPASS;
}

void vTaskDelay(TickType_t ticks)
{
	(void)ticks;
	fake.delays++;
}

/* NVS: one namespace. */
esp_err_t nvs_flash_init(void)
{
	return nvs_flash_init_partition(NVS_DEFAULT_PART_NAME);
}

esp_err_t nvs_flash_init_partition(const char *partition)
{
	(void)partition;
	return fake.nvs->missing ? ESP_ERR_NOT_FOUND : ESP_OK;
}

esp_err_t nvs_open_from_partition(const char *partition, const char *space, nvs_open_mode_t mode,
				  nvs_handle_t *handle)
{
	(void)partition;
	*handle = 1;
	if (fake.nvs->missing)
		return ESP_ERR_NVS_NOT_INITIALIZED;
	return strcmp(space, "otatool") == 0 && (mode == NVS_READWRITE || fake.nvs->count)
		     ? ESP_OK
		     : ESP_ERR_NVS_NOT_FOUND;
}

void nvs_close(nvs_handle_t handle)
{
	(void)handle;
}

static unsigned find(const struct fake_nvs *nvs, const char *key)
{
	unsigned i = 0;

	while (i < nvs->count && strcmp(nvs->entries[i].key, key) != 0)
		i++;
	return i;
}

void fake_nvs_put(struct fake_nvs *nvs, const char *key, const void *value, size_t size)
{
	unsigned i = find(nvs, key);

	if (i >= FAKE_NVS_MAX || size > sizeof(nvs->entries[i].value))
		abort();
	nvs->count += i == nvs->count;
	snprintf(nvs->entries[i].key, sizeof(nvs->entries[i].key), "%s", key);
	memcpy(nvs->entries[i].value, value, size);
	nvs->entries[i].size = size;
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *value, size_t *size)
{
	unsigned i = find(fake.nvs, key);
	size_t room = *size;

	(void)handle;
	if (i == fake.nvs->count)
		return ESP_ERR_NVS_NOT_FOUND;
	*size = fake.nvs->entries[i].size;
	if (value && room < *size)
		return ESP_ERR_INVALID_SIZE;
	if (value)
		memcpy(value, fake.nvs->entries[i].value, *size);
	return ESP_OK;
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *value, size_t *size)
{
	return nvs_get_blob(handle, key, value, size);
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t size)
{
	(void)handle;
	if (fake.nvs->full)
		return ESP_ERR_NVS_NOT_ENOUGH_SPACE;
	fake_nvs_put(fake.nvs, key, value, size);
	return ESP_OK;
}

esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key)
{
	unsigned i = find(fake.nvs, key);

	(void)handle;
	if (i == fake.nvs->count)
		return ESP_ERR_NVS_NOT_FOUND;
	fake.nvs->entries[i] = fake.nvs->entries[--fake.nvs->count];
	return ESP_OK;
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
	(void)handle;
	return ESP_OK;
}

/* The decoder. */
tinfl_status tinfl_decompress(tinfl_decompressor *decoder, const uint8_t *in, size_t *in_size,
			      uint8_t *out_start, uint8_t *out, size_t *out_size, uint32_t flags)
{
	z_stream *z = &decoder->z;
	size_t window = (size_t)(out - out_start) + *out_size;
	int bits = 8, result;

	(void)flags;
	while ((size_t)1 << bits < window)
		bits++;
	if (!decoder->open && inflateInit2(z, bits) != Z_OK)
		return TINFL_STATUS_FAILED;
	decoder->open = true;
	z->next_in = (Bytef *)(uintptr_t)in;
	z->avail_in = (uInt)*in_size;
	z->next_out = out;
	z->avail_out = (uInt)*out_size;
	result = inflate(z, Z_NO_FLUSH);
	*in_size -= z->avail_in;
	*out_size -= z->avail_out;
	if (result == Z_STREAM_END || (result != Z_OK && result != Z_BUF_ERROR)) {
		inflateEnd(z);
		decoder->open = false;
		return result == Z_STREAM_END ? TINFL_STATUS_DONE : TINFL_STATUS_FAILED;
	}
	return z->avail_out ? TINFL_STATUS_NEEDS_MORE_INPUT : TINFL_STATUS_HAS_MORE_OUTPUT;
}

/* Digests: each one that is open holds the hardware. */
#define ENGINES 16
void soft_sha256_begin(struct ota_sha256 *sha);
void soft_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size);
void soft_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE]);

static struct {
	bool used;
	struct ota_sha256 sha;
} engines[ENGINES];

void mbedtls_sha256_init(mbedtls_sha256_context *context)
{
	context->engine = 0;
}

int mbedtls_sha256_starts(mbedtls_sha256_context *context, int is224)
{
	int i = 0;

	(void)is224;
	while (engines[i].used)
		if (++i == ENGINES)
			abort();
	engines[i].used = true;
	fake.engines++;
	context->engine = i + 1;
	soft_sha256_begin(&engines[i].sha);
	return 0;
}

int mbedtls_sha256_update(mbedtls_sha256_context *context, const unsigned char *data, size_t size)
{
	soft_sha256_feed(&engines[context->engine - 1].sha, data, size);
	return 0;
}

int mbedtls_sha256_finish(mbedtls_sha256_context *context, unsigned char *digest)
{
	soft_sha256_finish(&engines[context->engine - 1].sha, digest);
	return 0;
}

void mbedtls_sha256_free(mbedtls_sha256_context *context)
{
	if (context->engine) {
		engines[context->engine - 1].used = false;
		fake.engines--;
	}
	context->engine = 0;
}

/* Sockets. */
int fake_bind(int fd, const struct sockaddr *address, socklen_t size)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(any);

	(void)address;
	(void)size;
	any.sin_port = htons(fake_port);
	if (bind(fd, (const struct sockaddr *)&any, sizeof(any)) ||
	    getsockname(fd, (struct sockaddr *)&any, &n))
		return -1;
	fake_port = ntohs(any.sin_port);
	return 0;
}

int fake_accept(int fd, struct sockaddr *address, socklen_t *size)
{
	if (fake.no_sockets > 0) {
		fake.no_sockets--;
		errno = ENFILE;
		return -1;
	}
	return accept(fd, address, size);
}

int fake_select(int count, fd_set *readable, fd_set *writable, fd_set *failed, struct timeval *wait)
{
	if (fake.broken > 0) {
		fake.broken--;
		errno = EBADF;
		return -1;
	}
	return select(count, readable, writable, failed, wait);
}

/* Images, as the SDK reads them: headers by this call, all that follows by a mapping. */
esp_err_t bootloader_flash_read(size_t src, void *dest, size_t size, bool decrypt);

esp_err_t esp_image_verify(esp_image_load_mode_t mode, const esp_partition_pos_t *part,
			   esp_image_metadata_t *data)
{
	const struct ota_image_want want = { .chip = ota_chip_by_id(OTA_CHIP_ESP32C3),
					     .role = OTA_ROLE_APP,
					     .block_revision = OTA_REVISION_NONE,
					     .flash_addr = part->offset,
					     .room = part->size };
	struct ota_image image;
	uint8_t bytes[4096];

	(void)mode;
	data->image_len = 0;
	fake.verified++;
	ota_image_begin(&image, &want);
	for (uint32_t at = 0; at < part->size && image.phase != OTA_PHASE_TAIL;
	     at += sizeof(bytes)) {
		if (fake_read(part->offset + at, bytes, sizeof(bytes)) ||
		    (!at && bootloader_flash_read(part->offset, bytes, 24, true)) ||
		    (!at && bootloader_flash_read(part->offset + 24, bytes + 24, 8, true)) ||
		    ota_image_feed(&image, bytes, sizeof(bytes)))
			return ESP_ERR_IMAGE_INVALID;
	}
	return ota_image_finish(&image) == OTA_OK && !fake.bad_signature ? ESP_OK
									 : ESP_ERR_IMAGE_INVALID;
}
