/* SPDX-License-Identifier: EUPL-1.2 */
/* What a plan of a forwarding says, to who writes it and to who signs for it */
#include "plan.h"

static void
show(struct place *p)
{
	uint8_t hash[HASH_LEN];

	plan_write(p);
	buf_clear(&p->page);
	ok(act_forward_show(p->d, p->k, p->plan.p, p->plan.len, &p->page,
	    hash, &p->why));
}

static bool
modified(struct place *p)
{
	struct plan plan;
	bool is;

	plan_write(p);
	ok(plan_parse(p->d, p->k, p->plan.p, p->plan.len, &plan, &p->why));
	is = plan.modified;
	plan_free(&plan);
	return is;
}

/* All of this case, nothing of another; what the profile does not carry is
 * not chosen */
static void
a_plan(void **state)
{
	struct place *p = *state;
	struct buf small = buf_new(64);

	assert_int_equal(json_array_size(json_object_get(p->o, "fields")), 4);
	assert_int_equal(json_array_size(json_object_get(p->o, "files")), 2);
	assert_true(json_is_true(json_object_get(part(p, "fields", 0),
	    "carry")));
	assert_true(json_is_false(json_object_get(part(p, "fields", 1),
	    "carry")));
	is(act_forward_plan(p->d, p->k, DEST_AUTHORITY, "IGJ", &small,
	    &p->why), ERR_LIMIT);
	p->d->state->message[2].record[0] ^= 1; /* cannot be read */
	buf_clear(&p->plan);
	assert_int_not_equal(act_forward_plan(p->d, p->k, DEST_AUTHORITY,
	    "IGJ", &p->plan, &p->why), OK);
	assert_int_equal(p->plan.len, 0);
	buf_free(&small);
}

static void
is_it_all(void **state)
{
	struct place *p = *state;

	assert_true(modified(p)); /* the profile's choice */
	carry(p, "fields", 1, true);
	carry(p, "fields", 3, true);
	assert_false(modified(p));
	show(p);
	assert_true(on_page(p, "Piet Pieters"));
	carry(p, "files", 1, false);
	assert_true(modified(p));
	carry(p, "files", 1, true);
	leave_out(p, 0, "jan jansen");
	assert_true(modified(p));
	json_object_set_new(part(p, "fields", 0), "redact", json_array());
	assert_false(modified(p));
}

static void
on_the_page(void **state)
{
	struct place *p = *state;

	leave_out(p, 0, "jan jansen");
	show(p);
	assert_true(on_page(p, "zag alles"));
	assert_true(on_page(p, "Nog iets"));
	assert_true(on_page(p, "Weggelaten</th><td>ja"));
	assert_false(on_page(p, "Jan"));
	assert_false(on_page(p, "Piet Pieters"));
	assert_false(on_page(p, "Van een ander"));
	carry(p, "fields", 0, false);
	show(p);
	assert_false(on_page(p, "zag alles"));
	assert_true(on_page(p, "Nog iets"));
	leave_out(p, 2, "Klaas"); /* not there: something else was meant */
	plan_write(p);
	is(act_forward_keep(p->d, p->k, p->plan.p, p->plan.len, &p->why),
	    ERR_UNKNOWN);
}

/* What came after two people looked at it is not in it, nor is a part that
 * they did not see */
static void
not_in_the_plan(void **state)
{
	struct place *p = *state;

	json_array_remove(json_object_get(p->o, "fields"), 0);
	show(p);
	assert_false(on_page(p, "zag alles"));
	assert_true(on_page(p, "Melding, ontvangen"));
	plan_make(p, DEST_AUTHORITY, "IGJ");
	for (int i = 0; i < 4; i++) { /* of one message only */
		carry(p, "fields", (size_t)i, true);
	}
	json_array_remove(json_object_get(p->o, "fields"), 3);
	json_array_remove(json_object_get(p->o, "fields"), 2);
	json_array_remove(json_object_get(p->o, "files"), 1);
	assert_false(modified(p));
	show(p);
	assert_true(on_page(p, "zag alles"));
	assert_false(on_page(p, "Aanvulling"));
	assert_false(on_page(p, "Nog iets"));
	assert_true(on_page(p, "Weggelaten</th><td>ja"));
}

/* The lines that the second person reads of the plan as it stands */
static const char *
asked(struct place *p, const char *words)
{
	size_t r = 0;

	plan_write(p);
	buf_clear(&p->page);
	ok(act_forward_ask(p->d, p->k, p->plan.p, p->plan.len, NULL, words,
	    &r, &p->why));
	ok(act_request_summary(p->d, r, &p->page));
	return strchr(buf_cstr(&p->page), '\n') + 1;
}

static void
what_is_signed_for(void **state)
{
	struct place *p = *state;
	json_t *many;
	size_t r;

	leave_out(p, 0, "Jansen");
	carry(p, "fields", 1, false);
	carry(p, "files", 0, false);
	json_object_set_new(part(p, "files", 1), "scrub", json_false());
	assert_string_equal(asked(p, "Haast."),
	    "Gaat naar: Inspectie Gezondheidszorg en Jeugd.\n"
	    "Gaat mee: bericht 1: Wat is er gebeurd? (1 keer iets "
	    "weggelaten); bericht 2: Wat is er gebeurd?, bestand 1 (zoals "
	    "ontvangen).\n"
	    "Blijft weg: bericht 1: Aan wie is het al verteld?; "
	    "bericht 2: Aan wie is het al verteld?; bericht 1: "
	    "bestand 1.\nHaast.");
	is(act_forward_ask(p->d, p->k, p->plan.p, p->plan.len, "00", NULL,
	    &r, &p->why), ERR_STALE);

	/* Who may read the case reads what was left out */
	json_array_append_new(json_object_get(part(p, "fields", 0),
	    "redact"), json_pack("{s:i,s:i}", "from", 4, "to", 11));
	json_object_set_new(p->o, "telling_endangers", json_string("Hij"));
	buf_clear(&p->page);
	plan_words(p->d, p->o, true, 0, &p->page);
	assert_non_null(strstr(buf_cstr(&p->page), "happened? (without "
	    "Jansen, characters 4 to 11); message 2: "));
	assert_non_null(strstr((char *)p->page.p,
	    "The reporter is not told first: Hij\n"));

	/* An investigator; and more than a request has room for */
	plan_make(p, DEST_INVESTIGATOR, "");
	json_object_set_new(p->o, "name", json_string("Bureau Zoek"));
	json_object_set_new(p->o, "until", json_string("2027-03-01"));
	json_object_set_new(p->o, "with_identity", json_true());
	json_object_set_new(p->o, "telling_endangers", json_string("Ja"));
	many = json_object_get(p->o, "fields");
	for (int i = 3; i < 300; i++) {
		json_array_append_new(many, json_pack("{s:i,s:s,s:b,s:[]}",
		    "message", i, "field", "what", "carry", 1, "redact"));
	}
	assert_non_null(strstr(asked(p, NULL), "Gaat naar: onderzoeker "
	    "Bureau Zoek, tot en met 1 maart 2027, zonder "
	    "verwerkersovereenkomst.\n"));
	assert_non_null(strstr((char *)p->page.p, "en nog 2"));
	assert_non_null(strstr((char *)p->page.p, "Er staat in wie de melder "
	    "is.\nDe melder hoort het niet vooraf; "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_plan),
		CASE(is_it_all),
		CASE(on_the_page),
		CASE(not_in_the_plan),
		CASE(what_is_signed_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
