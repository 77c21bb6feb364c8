/* SPDX-License-Identifier: MIT */
/* The receiver's changes of otadata in every small world: anchor, upload, commit, confirm and rollback,
 * the power failing within each operation. What runs now keeps starting, or the new image does.
 * `test_world_update STRIDE` takes every STRIDE-th pair of records. */
#include "firmware/core/core.h"
#include "lib/table.h"
#include "tests/rx_medium.h"
#include "tests/world.h"

static void apply_all(struct flash *flash, const struct ota_change *change)
{
	for (unsigned i = 0; i < change->count; i++)
		apply_op(flash, &change->ops[i]);
}

/* Cut everywhere, or where the start is too odd for it, just carry it out. */
static void carry_out(struct world *w, struct flash *flash, const struct ota_change *change,
		      const int allowed[static 3])
{
	uint8_t found[2][32];

	read_flash(flash, found);
	if (is_risky(found, w->m.rollback))
		apply_all(flash, change);
	else
		cut_everywhere(w, flash, change, allowed);
}

/* `running` keeps its place: the image of `target` is damaged while it is uploaded. */
static void upload(struct world *w, const struct flash *flash, int running, unsigned target)
{
	uint32_t before = w->m.loads;

	w->doing = "upload";
	w->m.loads &= ~(1u << target);
	CHECK(w, boot_model(w, flash, NULL) == running);
	w->m.loads = before | 1u << target;
	CHECK(w, boot_model(w, flash, NULL) == running);
	w->m.loads = before;
}

/* A cut may lead to the app before it, whose record is kept for that. */
static void confirm(struct world *w, struct flash flash, int running)
{
	struct ota_otadata data;
	struct ota_change change;
	int other, allowed[3] = { running, running, boot_model(w, &flash, NULL) };
	bool other_boots;

	w->doing = "confirm";
	decode(w, &flash, &data);
	other = ota_records_other(&data, running);
	other_boots = other >= 0 && w->m.loads >> other & 1;
	if (other_boots)
		allowed[1] = other;
	if (ota_change_confirm(&data, running, other_boots, &change))
		return;
	carry_out(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, &flash) == running);
	CHECK(w, boot_model(w, &flash, &flash) == running);
	decode(w, &flash, &data);
	CHECK(w, ota_change_confirm(&data, running, other_boots, &change) == OTA_OK);
	CHECK(w, change.count == 0);
}

static void roll_back(struct world *w, struct flash flash, int running)
{
	struct ota_otadata data;
	struct ota_change change;
	int target, allowed[3] = { running, 0, boot_model(w, &flash, NULL) };

	w->doing = "rollback";
	decode(w, &flash, &data);
	target = ota_rollback_target(&data, running, w->m.factory);
	if (target == OTA_CHOICE_NONE ||
	    !(target < 0 ? w->m.factory_loads : w->m.loads >> target & 1))
		return;
	allowed[1] = target;
	CHECK(w, ota_change_rollback(&data, running, w->m.factory, &change) == OTA_OK);
	carry_out(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, NULL) == target);
}

/* The new image is whole: switch to it, and see both ends of its trial. */
static void commit(struct world *w, struct flash flash, int running, unsigned target)
{
	const int allowed[3] = { running, (int)target, running };
	uint32_t before = w->m.loads;
	struct ota_otadata data;
	struct ota_change change;
	struct flash after;

	w->doing = "commit";
	w->m.loads |= 1u << target;
	decode(w, &flash, &data);
	CHECK(w, ota_change_commit(&data, running, target, &change) == OTA_OK);
	CHECK(w, change.count > 0);
	cut_everywhere(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, &after) == (int)target);
	if (w->m.rollback)
		CHECK(w, boot_model(w, &after, NULL) == running);
	confirm(w, after, (int)target);
	roll_back(w, after, (int)target);
	w->m.loads = before;
}

/* From what the bootloader left when it started `running`. */
static void update(struct world *w, struct flash flash, int running)
{
	const int allowed[3] = { running, boot_model(w, &flash, NULL), running };
	struct ota_otadata data;
	struct ota_change change;
	enum ota_status status;

	w->doing = "anchor";
	decode(w, &flash, &data);
	status = ota_change_anchor(&data, running, &change);
	CHECK(w, status == OTA_OK || status == OTA_E_FULL);
	if (status)
		return;
	carry_out(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, NULL) == running);
	decode(w, &flash, &data);
	CHECK(w, ota_change_anchor(&data, running, &change) == OTA_OK && change.count == 0);
	for (unsigned target = 0; target < w->m.slots; target++) {
		if ((int)target == running)
			continue;
		upload(w, &flash, running, target);
		decode(w, &flash, &data);
		if (ota_change_commit(&data, running, target, &change) != OTA_E_FULL)
			commit(w, flash, running, target);
	}
}

/* A receiver is asked to confirm before anything else while it is on trial. */
static bool is_on_trial(const struct world *w, const struct flash *flash, int running)
{
	uint8_t found[2][32];

	read_flash(flash, found);
	for (int i = 0; i < 2; i++)
		if (model_classify(found[i]) == G && model_u32(found[i] + 24) == 1 &&
		    (int)((model_u32(found[i]) - 1) % w->m.slots) == running)
			return true;
	return false;
}

static void start_then_update(struct world *w)
{
	struct flash flash;
	int running;

	put_flash(&flash, w->m.flash);
	running = boot_model(w, &flash, &flash);
	if (running == MODEL_NOTHING)
		return;
	if (running < 0 || !is_on_trial(w, &flash, running))
		update(w, flash, running);
	if (running >= 0) {
		confirm(w, flash, running);
		roll_back(w, flash, running);
	}
}

static void updates_survive_power_cuts(void **state)
{
	(void)state;
	visit_worlds(start_then_update, 3);
}

/* The same with the port's file between the operations and a NOR that holds the two records. */
#define OTADATA 0xE000u

static struct {
	const struct rx_medium *kind;
	struct ota_nor nor;
	struct ota_port port;
	struct ota_receiver rx;
	uint8_t data[OTADATA + 2 * OTA_RECORD_STRIDE];
} board;

static uint8_t *sector_of(int i)
{
	return board.data + OTADATA + (uint32_t)i * OTA_RECORD_STRIDE;
}

static void apply_by_port(struct flash *flash, const struct ota_op *op)
{
	for (int i = 0; i < 2; i++)
		memcpy(sector_of(i), flash->raw[i], 32);
	if (ota_change_apply(&board.rx, op) || board.nor.misused)
		fail_msg("operation %d on sector %u fails", op->kind, op->sector);
	for (int i = 0; i < 2; i++)
		memcpy(flash->raw[i], sector_of(i), 32);
}

static void seal_records(uint8_t found[2][32])
{
	for (uint32_t i = 0; i < 2; i++) {
		board.kind->seal(board.data, OTADATA + i * OTA_RECORD_STRIDE, found[i], 32);
		memcpy(found[i], sector_of((int)i), 32);
	}
}

static void unseal_records(uint8_t found[2][32])
{
	for (uint32_t i = 0; i < 2; i++) {
		memcpy(sector_of((int)i), found[i], 32);
		board.kind->unseal(board.data, OTADATA + i * OTA_RECORD_STRIDE, found[i], 32);
	}
}

static void put_table(void)
{
	static const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
							  .names = &ota_names_esp32,
							  .offset = OTA_TABLE_OFFSET };
	static struct ota_table table = { .count = 1 };
	uint8_t raw[OTA_TABLE_SIZE];

	table.parts[0] = (struct ota_part){ .label = "otadata",
					    .type = OTA_TYPE_DATA,
					    .subtype = OTA_DATA_OTA,
					    .offset = OTADATA,
					    .size = 2 * OTA_RECORD_STRIDE };
	assert_int_equal(ota_table_encode(&table, &options, raw), OTA_OK);
	if (board.kind->seal)
		board.kind->seal(board.data, OTA_TABLE_OFFSET, raw, sizeof(raw));
	else
		memcpy(board.data + OTA_TABLE_OFFSET, raw, sizeof(raw));
}

static int use(const struct rx_medium *kind)
{
	memset(board.data, 0xFF, sizeof(board.data));
	board.kind = kind;
	put_table();
	ota_nor_begin(&board.nor, board.data, sizeof(board.data));
	kind->attach(&board.nor);
	board.port.flash = &board.nor.flash;
	board.rx.port = &board.port;
	board.rx.layout.otadata = (struct ota_place){ OTADATA, 2 * OTA_RECORD_STRIDE };
	medium.apply = apply_by_port;
	medium.seal = kind->seal ? seal_records : NULL;
	medium.unseal = kind->unseal ? unseal_records : NULL;
	return 0;
}

/* Fewer pairs: each operation is carried out by way of the port. */
#define PORT_STRIDE 17

static int use_port(void **state)
{
	(void)state;
	stride *= PORT_STRIDE;
	return use(&rx_media[1]);
}

static int use_encryption(void **state)
{
	(void)state;
	return use(&rx_media[2]);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(updates_survive_power_cuts),
		{ "on the ESP-IDF port", updates_survive_power_cuts, use_port, NULL, NULL },
		{ "and with flash encryption", updates_survive_power_cuts, use_encryption, NULL,
		  NULL },
	};

	return run_worlds(argc, argv, tests, ARRAY_LEN(tests));
}
