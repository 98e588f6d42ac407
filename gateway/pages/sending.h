/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Inside of a message on its way: sending.c reads the form and seals,
 * judge.c makes the report of its fields, carry.c moves sealed bytes to the
 * store, thanks.c answers.
 *
 * Invariants:
 * 1. why is OK or the first thing that went wrong; after it nothing more is
 *    sealed or stored, the rest of the body is read and thrown away.
 * 2. sealed holds ciphertext only; everything else that came from a reporter
 *    is in secret memory.
 * 3. nothing is answered before finish().
 */
#ifndef MELDLUIK_GATEWAY_SENDING_H
#define MELDLUIK_GATEWAY_SENDING_H

#include "pages.h"

/* Of one text field: twice what a report may hold, so that who wrote too much
 * has it back, and the fields after it have room */
#define TEXT_PART_MAX 98304u
#define SEALED_ROOM (4u * 1024u * 1024u) /* a part in flight and one burst */

#define SENDING_MORE 393216u /* report, seal and site, once a file comes */

struct sending {
	enum post what;
	struct exchange *x;       /* while its body is read */
	size_t room;              /* for a file, of exchange_place_more() */
	unsigned lang;
	struct site *site;        /* NULL: sending_site() was not asked yet */
	struct fields *fields;
	struct form *form;
	enum text_id why;
	bool prepared;            /* fields judged, report begun */
	bool files_come;          /* and no field any more */
	bool file;                /* the part being read is a file */
	bool skip;                /* an empty file field */
	bool cut;                 /* more of a text field came than is kept */
	size_t text_len;          /* of the text field being read */
	struct form_part *part;   /* the file being read; secret */
	uint64_t file_len;
	bool open;                /* an attachment is open in ${envelope} */
	struct report *report;
	struct code_keys *keys;   /* secret; NULL without a code */
	struct envelope *envelope;
	bool closed, padded;
	struct buf sealed;
	uint64_t sealed_total;
	struct hash_state *hash;  /* of all sealed bytes */
	struct hash_state *files; /* of the attachments' hashes */
	uint8_t envelope_hash[HASH_LEN];
	uint8_t once[HASH_LEN];
	day_t week;
	bool finishing, stored;
	unsigned attachments;     /* in the report, which goes before the answer */
	bool begun;               /* an upload is open */
	uint8_t upload[16];
	uint32_t part_number;
	size_t part_len;          /* bytes in flight */
	/* a sealed file that passes */
	struct buf head;
	uint64_t pass_left;       /* bytes of envelope.age to come */
	bool passing;
	char passed_epoch[WEEK_TEXT];
};

void sending_fail(struct sending *s, enum text_id why);
/* Opens s->site, which who has only begun does without; false: no memory */
bool sending_site(struct sending *s);
/* Is it the first of its thread? Those say about whom they are */
bool sending_first(const struct sending *s);
/* Fills s->report from the fields, and ${desk} with who gets it; false:
 * s->why says what is wrong */
bool sending_judge(struct sending *s, unsigned *desk);
/* Sealed bytes, from the envelope or from a file */
enum err carry_sink(void *arg, const uint8_t *p, size_t len);
/* Moves what is there; false: nothing to ask now. While the body is read
 * only whole parts go; when finishing, everything. */
bool carry_move(struct exchange *x, struct sending *s);
/* Pads on; called when nothing waits. ERR of the sealing */
enum err sending_pad(struct sending *s);
/* Answers: thanks, or the form again with its text */
void thanks_answer(struct exchange *x, struct sending *s,
    const struct once_result *r);
void thanks_not(struct exchange *x, struct sending *s);

#endif
