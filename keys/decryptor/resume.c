/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "intake.h"
#include "resume.h"

static enum err
refuse_find(enum err e, const char *number, struct refusal *why)
{
	return e != ERR_UNKNOWN ? refuse(why, e, "De lijsten op deze stick "
	    "kloppen niet. Laat de koerier opnieuw ophalen, op een andere "
	    "stick.", "The manifests on this stick are not right. Let the "
	    "courier fetch again, with another stick.") : refuse_word(why, e,
	    "Op deze stick staat geen lijst %s van de server die de "
	    "sleutelset noemt. Vergelijk het nummer met IT.",
	    "manifest %s of the gateway that the keyset names is not in this "
	    "folder. Compare the number with IT", number);
}

enum err
resume_find(struct desk *d, int bundle, const char *number,
    struct resume *out, struct refusal *why)
{
	const struct state *s = d->state;
	char hex[2 * HASH_LEN + 1], *end = NULL;
	unsigned long long n = strtoull(number, &end, 10);
	uint64_t last = s->manifests == 0 ? 0 :
	    s->manifest[s->manifests - 1].serial;
	enum err e;

	memset(why, 0, sizeof *why);
	if (n == 0 || *end != 0 || number[0] < '0' || number[0] > '9') {
		return refuse(why, ERR_USAGE, "Geef het nummer van de eerste "
		    "lijst op de stick.", "a start is the number of a "
		    "manifest");
	}
	if (n <= last + 1) {
		return refuse_word(why, ERR_USAGE, "Lijst %s sluit aan op wat "
		    "dit loket las: neem de stick gewoon in.", "manifest %s "
		    "follows what this desk has read: import it without a "
		    "start", number);
	}
	e = chain_start_find(d, bundle, n, &out->at);
	if (e != OK) {
		return refuse_find(e, number, why);
	}
	out->alone = last == 0 && s->from_sheets;
	hex_encode(out->at.previous, HASH_LEN, hex);
	snprintf(out->detail, sizeof out->detail, "start-%llu-%.16s", n, hex);
	snprintf(out->summary, sizeof out->summary, "Ga hier verder met lijst "
	    "%llu, in ambtsperiode %llu (tenure). Dit loket las "
	    "tot en met lijst %llu; wat ertussen ligt las een computer die er "
	    "niet meer is, en de volgende uitvoer bevestigt ook dat. Een inname "
	    "begint met wat dit loket niet bevestigde: laat IT nog eens "
	    "ophalen, en vergelijk dat het met %llu begint.\n\n"
	    "Go on here with manifest "
	    "%llu, as tenure %llu. This desk has read up to %llu; what is "
	    "between was read by a machine that is gone, and the next export "
	    "confirms it too. A fetch begins with what this desk has not "
	    "confirmed: let IT fetch once more, and compare that it begins "
	    "with %llu.", n, (unsigned long long)out->at.tenure,
	    (unsigned long long)last, n, n,
	    (unsigned long long)out->at.tenure, (unsigned long long)last, n);
	return OK;
}

enum err
resume_put(struct desk *d, const struct resume *r, size_t request)
{
	json_t *o = event_new(d, "start");

	json_object_set_new(o, "serial",
	    json_integer((json_int_t)r->at.serial));
	event_hex(o, "previous", r->at.previous, HASH_LEN);
	json_object_set_new(o, "tenure",
	    json_integer((json_int_t)r->at.tenure));
	return act_signed_record(d, o, request);
}
