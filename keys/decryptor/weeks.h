/* SPDX-License-Identifier: EUPL-1.2 */
/* Weeks of keys: how far they reach, and until when they are published. */
#ifndef DECRYPTOR_WEEKS_H
#define DECRYPTOR_WEEKS_H

#include "desk.h"

#define WEEKS_WARN 8u           /* fewer left ahead: say so after every verb */
#define WEEKS_AFTER_HOLIDAY 4   /* published beyond the day of return */
#define WEEKS_PUBLISHED_MAX 60  /* an outbound bundle lists 256 files */
#define WEEKS_OLD 26            /* a key so old may be ended by two people */

struct org_blocks;
/* Is a body of ${week}, received on ${received}, perhaps sealed to a key that
 * this person had and has no more? What does not open is then not read:
 * another holder must, or two people write the week off. */
bool week_key_lost(const struct desk *d, const struct org_blocks *b,
    day_t week, day_t received);

unsigned weeks_left(const struct desk *d); /* after this one */
/* A sentence on stderr when they run out; for main, after a verb */
void weeks_warn(const struct desk *d);
/* How many weeks an export publishes: more before a holiday */
unsigned weeks_published(const struct desk *d);
/* Is there a week that an export would publish, of which a holder made no key
 * under the keyset of now? The first: who, which, and how far ahead */
struct weeks_lack {
	char who[KEYSET_ID], week[WEEK_TEXT];
	unsigned ahead; /* weeks from this one; 0: it is this week */
};
bool weeks_lacking(const struct desk *d, struct weeks_lack *out);
/*
 * Ends the key of an old week, or writes off a closed one whose key was lost,
 * once two people signed for it (ERR_POLICY
 * until then: asks, and writes the request to ${file} unless NULL).
 */
enum err week_destroy_old(struct desk *d, const char *name,
    const char *file);
/* A crash between the word of a destruction and the deed leaves the key in
 * the keyring; it goes now */
enum err weeks_finish(struct desk *d);
/* Says that they are destroyed, and destroys them */
enum err weeks_end(struct desk *d, const day_t *dead, unsigned n);
/* Of weeks of which nothing can be wanting at this desk: closed, and confirmed
 * by it in a bundle that the gateway applied. `keyset --publish` writes a note
 * of them, from which --accept of the desk's other holders ends their keys. */
#define WEEKS_NOTE_TYPE "meldluik-weeks"
#define WEEKS_NOTED 512u
struct weeks_noted {
	day_t week[WEEKS_NOTED];
	size_t n;
};
enum err weeks_note_make(const struct desk *d, struct buf *out);
enum err weeks_note_parse(const struct desk *d, const void *p, size_t len,
    struct weeks_noted *out);
enum err weeks_note_publish(const struct desk *d, const char *path);
enum err weeks_note_accept(struct desk *d, const char *path);
/* `keyset calendar` */
enum err calendar_show(struct desk *d);

#endif
