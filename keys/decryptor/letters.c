/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Letters from templates, in the language of the report where we have it.
 * They promise only what the strict clock allows (RULES.md C4): a later
 * posting never makes the promised day too early for us to keep.
 */
#include <stdio.h>
#include <string.h>

#include "letters.h"

struct letter {
	const char *language;
	const char *text; /* %1 received, %2 reference, %3 feedback due */
};

static const struct letter acknowledgements[] = {
	{"nl",
	    "Wij hebben uw melding van %1 ontvangen.\n"
	    "Uw kenmerk is %2.\n\n"
	    "Wij lezen uw melding en beoordelen wat wij ermee doen. "
	    "Uiterlijk op %3 leest u hier wat wij hebben gedaan en waarom.\n\n"
	    "Kom terug met uw code. Misschien hebben wij een vraag aan u. "
	    "U mag hier ook zelf iets toevoegen of vragen.\n\n"
	    "U mag niet worden benadeeld omdat u meldt. Gebeurt dat toch? "
	    "Laat het ons hier weten.\n\n"
	    "U mag ook meteen melden bij een instantie buiten onze "
	    "organisatie. Het Huis voor Klokkenluiders geeft gratis en "
	    "vertrouwelijk advies: 088-1331000, huisvoorklokkenluiders.nl.\n"},
	{"en",
	    "We have received your report of %1.\n"
	    "Your reference is %2.\n\n"
	    "We read your report and decide what to do. On %3 at the latest "
	    "you can read here what we have done and why.\n\n"
	    "Come back with your code. We may have a question for you. You "
	    "can also add something or ask something here yourself.\n\n"
	    "You must not be treated badly because you report. Does it "
	    "happen all the same? Tell us here.\n\n"
	    "You may also report at once to an authority outside our "
	    "organisation. The Dutch Whistleblowers Authority (Huis voor "
	    "Klokkenluiders) gives free and confidential advice: "
	    "+31 88 133 10 00, huisvoorklokkenluiders.nl.\n"},
};

static const struct letter *
letter_for(const char *language)
{
	size_t n = sizeof acknowledgements / sizeof *acknowledgements;

	for (size_t i = 0; i < n; i++) {
		if (strncmp(language, acknowledgements[i].language, 2) == 0 &&
		    (language[2] == 0 || language[2] == '-')) {
			return &acknowledgements[i];
		}
	}
	return &acknowledgements[n - 1];
}

/* "24 november 2026" would need months in every language we write; the ISO
 * form is read alike by all and by screen readers */
static void
put_day(struct buf *b, day_t day)
{
	char text[DAY_TEXT];

	day_text(day, text);
	buf_text(b, text);
}

enum err
letter_acknowledge(struct desk *d, const struct kase *k, struct buf *out)
{
	const struct letter *l = letter_for(k->language);
	struct clocks clocks;
	struct kase now = *k;
	enum err e;

	if (now.ack_posted == DAY_NONE) {
		now.ack_posted = d->today < k->received ? k->received :
		    d->today;
	}
	e = desk_clocks(d, &now, &clocks);
	for (const char *p = l->text; e == OK && *p != 0; p++) {
		if (p[0] == '%' && p[1] == '1') {
			put_day(out, k->received);
			p++;
		} else if (p[0] == '%' && p[1] == '2') {
			buf_text(out, k->ref);
			p++;
		} else if (p[0] == '%' && p[1] == '3') {
			put_day(out, clocks.feedback_due);
			p++;
		} else {
			buf_u8(out, (uint8_t)*p);
		}
	}
	return e != OK ? e : out->failed ? ERR_LIMIT : OK;
}
