/* SPDX-License-Identifier: EUPL-1.2 */
/* The pages of a ceremony; see the header. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "annual_sheets.h"
#include "meldluik/html.h"
#include "meldluik/secret.h"
#include "sheets_print.h"

static const char style[] =
    "@page{size:A4;margin:14mm 18mm}\n"
    "body{font:11.5pt/1.45 'Liberation Sans',Arial,sans-serif;color:#111;"
    "max-width:174mm;margin:0 auto;padding:4mm}\n"
    "h1{font-size:20pt;line-height:1.15;margin:0 0 3mm}"
    "h2{font-size:13pt;margin:5mm 0 2mm;border-bottom:.6mm solid #0c3a43;"
    "break-after:avoid}\n"
    "p{margin:2.5mm 0}li{margin:1mm 0}ul{margin:2mm 0;padding-left:6mm}"
    "table{border-collapse:collapse;margin:2mm 0}tr,li,p,.row,.print,.keep"
    "{break-inside:avoid}"
    "th,td{text-align:left;vertical-align:top;padding:1mm 4mm 1mm 0;"
    "font-weight:normal}th{color:#333}td{overflow-wrap:anywhere}\n"
    ".mono{font:13pt/1.7 'Liberation Mono','DejaVu Sans Mono',monospace;"
    "white-space:pre}"
    ".share td,.share th{border-bottom:.2mm solid #999;padding:.6mm 5mm "
    ".6mm 0}.check{color:#0c3a43;font-weight:bold}\n"
    ".print{font:bold 20pt/1.5 'Liberation Mono','DejaVu Sans Mono',"
    "monospace;border:.6mm solid #111;padding:4mm;display:inline-block;"
    "white-space:pre}\n"
    ".small{font-size:9.5pt}.warn{border-left:1.5mm solid #a33;"
    "padding-left:4mm}.row{display:flex;gap:8mm;align-items:flex-start}"
    ".qr{flex:none}.row table{flex:1;min-width:0}\n"
    ".drill{border:1mm solid #a33;color:#a33;font:bold 15pt Arial,"
    "sans-serif;text-align:center;padding:2mm;margin-bottom:4mm}\n"
    ".where{flex:1;min-width:90mm;overflow-wrap:anywhere}"
    ".names{width:100%}.half{width:48%}"
    ".sign{height:16mm;border-bottom:.3mm solid #111}\n"
    /* a sheet of the longest names and 8 keepers is one page */
    ".sheet{font-size:9.5pt;line-height:1.35}.sheet .row{font-size:8.5pt}"
    ".sheet .drill{font-size:12pt;padding:1mm;margin-bottom:2mm}"
    ".sheet h2{margin-top:3mm}.sheet p{margin:1.5mm 0}"
    ".sheet h1{font-size:18pt}.sheet .mono"
    "{font-size:12pt;line-height:1.4}.record{font-size:10pt}.record h1{font-size:17pt}.record h2"
    "{font-size:12pt;margin-top:3.5mm}.once{white-space:nowrap}\n"
    ".poster{font-size:14pt}.poster h1{font-size:32pt}.poster .print"
    "{font-size:23pt}\n";

/* The text of the language of the page */
#define T(p, nl, en) (strcmp((p)->language, "en") == 0 ? (en) : (nl))

void
sheets_style_hash(char out[STYLE_HASH])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const uint8_t *)style, sizeof style - 1);
	sodium_bin2base64(out, STYLE_HASH, hash, sizeof hash,
	    sodium_base64_VARIANT_ORIGINAL);
}

static void
page_begin(const struct print *p, const char *title, const char *class,
    struct buf *out)
{
	put_format(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head>"
	    "<meta charset=\"utf-8\"/><meta name=\"robots\" "
	    "content=\"noindex\"/><title>", T(p, "nl", "en"));
	put_html(out, title);
	buf_text(out, "</title><style>");
	buf_text(out, style);
	put_format(out, "</style></head>\n<body class=\"%s\">\n", class);
	if (p->rehearsal) {
		put_format(out, "<div class=\"drill\">%s</div>\n", T(p,
		    "OEFENING - niet voor echte meldingen",
		    "REHEARSAL - not for real reports"));
	}
	buf_text(out, "<h1>");
	put_html(out, title);
	buf_text(out, "</h1>\n");
}

static enum err
page_end(struct buf *out)
{
	buf_text(out, "</body></html>\n");
	return out->failed ? ERR_LIMIT : OK;
}

static void
row(struct buf *out, const char *head, const char *value)
{
	buf_text(out, "<tr><th scope=\"row\">");
	put_html(out, head);
	buf_text(out, "</th><td>");
	put_html(out, value);
	buf_text(out, "</td></tr>\n");
}

static void
para(struct buf *out, const char *text)
{
	buf_text(out, "<p>");
	put_html(out, text);
	buf_text(out, "</p>\n");
}

static void
item(struct buf *out, const char *text)
{
	buf_text(out, "<li>");
	put_html(out, text);
	buf_text(out, "</li>\n");
}

/* Lines of a share as a table: number, groups, check */
static void
put_lines(const struct share *s, struct buf *out)
{
	char text[SHARE_TEXT], *save = NULL, *line;
	unsigned n = 0;

	share_text(s, text);
	buf_text(out, "<table class=\"share\">\n");
	for (line = strtok_r(text, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char *gap = strstr(line, "  ");
		put_format(out, "<tr><th scope=\"row\">%u</th>"
		    "<td class=\"mono\">", ++n);
		html_text(out, line, (size_t)(gap - line));
		buf_text(out, "</td><td class=\"mono check\">");
		put_html(out, gap + 2);
		buf_text(out, "</td></tr>\n");
	}
	buf_text(out, "</table>\n");
	secret_wipe(text, sizeof text);
}

static void
share_advice(const struct print *p, const struct share *s, struct buf *out)
{
	char line[256];

	put_format(out, "<h2>%s</h2>\n<ul>\n", T(p, "Voor wie dit blad bewaart",
	    "For who keeps this sheet"));
	snprintf(line, sizeof line, T(p, "Dit is deel %u van %u. Met %u "
	    "verschillende delen komt de sleutel terug; met minder niet.",
	    "This is share %u of %u. With %u different shares the key comes "
	    "back; with fewer it does not."), s->x, s->n, s->k);
	item(out, line);
	item(out, s->kind == SHARE_IDENTITY ? T(p, "Met deze sleutel wordt "
	    "beslist wie meldingen mag lezen. Hij opent zelf geen melding.",
	    "This key decides who may read reports. It opens no report "
	    "itself.") : T(p, "Met deze sleutel en een reservekopie opent het "
	    "dossierboek als een wachtwoord verloren is.",
	    "With this key and a backup the casebook opens when a passphrase "
	    "is lost."));
	item(out, T(p, "Doe het blad in een envelop, plak hem dicht, zet uw "
	    "handtekening over de rand en leg hem weg waar niemand anders bij "
	    "kan. Bewaar nooit twee delen op \xc3\xa9\xc3\xa9n plek.",
	    "Put the sheet in an envelope, seal it, sign across the edge and "
	    "keep it where nobody else can get at it. Never keep two shares "
	    "in one place."));
	item(out, T(p, "Maak geen foto, scan of kopie. De QR-code wordt "
	    "alleen gelezen op de computer zonder netwerk.",
	    "Make no photo, scan or copy. The QR code is read only on the "
	    "computer without network."));
	item(out, T(p, "Kwijt, open, of vertrekt u? Zeg het meteen: dan worden "
	    "nieuwe delen gemaakt en gelden deze niet meer.",
	    "Lost, opened, or are you leaving? Say so at once: new shares are "
	    "made and these no longer count."));
	buf_text(out, "</ul>\n");
	put_format(out, "<h2>%s</h2>\n", T(p, "Overtypen", "Typing it"));
	para(out, T(p, "Typ regel voor regel, met de vier tekens achteraan; "
	    "daarmee wijst het programma een typefout aan. Kleine letters en "
	    "spaties doen er niet toe. De letters I, L, O en U komen niet "
	    "voor.", "Type line by line, with the four characters at the end; "
	    "with them the program points at a slip. Small letters and spaces "
	    "do not matter. The letters I, L, O and U do not occur."));
}

enum err
print_share(const struct print *p, const struct share *s, const char *keeper,
    unsigned desk, struct buf *out)
{
	char title[128], set[SHARE_SET], day[DAY_TEXT], qr[SHARE_QR];
	char fingerprint[FINGERPRINT_TEXT];
	enum err e;

	if (s->kind == SHARE_IDENTITY) {
		snprintf(title, sizeof title, T(p, "Sleuteldeel %u van %u: "
		    "identiteit", "Key share %u of %u: identity"), s->x,
		    s->n);
	} else {
		snprintf(title, sizeof title, T(p, "Sleuteldeel %u van %u: "
		    "reservesleutel van loket %u", "Key share %u of %u: backup "
		    "key of desk %u"), s->x, s->n, desk);
	}
	share_set(s, set);
	day_text(p->today, day);
	sign_fingerprint(&p->k->identity, fingerprint);
	page_begin(p, title, "sheet", out);
	buf_text(out, "<div class=\"row\">");
	share_qr(s, qr);
	e = qr_svg(qr, 62, out);
	secret_wipe(qr, sizeof qr);
	buf_text(out, "<table>\n");
	row(out, T(p, "Organisatie", "Organisation"), p->k->organisation);
	row(out, T(p, "Gemaakt op", "Made on"), day);
	row(out, T(p, "Naam van de set", "Name of the set"), set);
	row(out, T(p, "Bewaard door", "Kept by"), keeper[0] != 0 ? keeper :
	    "........................................");
	row(out, T(p, "Vingerafdruk", "Fingerprint"), fingerprint);
	buf_text(out, "</table></div>\n");
	put_lines(s, out);
	share_advice(p, s, out);
	return e == OK ? page_end(out) : e;
}

/* Four groups, a line break, four groups */
static void
put_fingerprint(const struct sign_pk *pk, struct buf *out)
{
	char print[FINGERPRINT_TEXT];

	sign_fingerprint(pk, print);
	for (char *c = print; *c != 0; c++) {
		*c = *c == '-' ? ' ' : *c;
	}
	print[19] = '\n';
	buf_text(out, "<div class=\"print\">");
	put_html(out, print);
	buf_text(out, "</div>\n");
}

enum err
print_poster(const struct print *p, struct buf *out)
{
	const char *url = p->k->onion[0] != 0 ? p->k->onion : p->k->https;
	char print[FINGERPRINT_TEXT];
	enum err e = OK;

	page_begin(p, T(p, "Een misstand melden?", "Report wrongdoing?"),
	    "poster", out);
	buf_text(out, "<p><strong>");
	put_html(out, p->k->organisation);
	put_format(out, "</strong> %s</p>\n", T(p, "heeft een meldluik. U hoeft "
	    "uw naam niet te geven. De ICT-afdeling kan een melding niet "
	    "lezen.", "has a report hatch. You need not give your name. The "
	    "IT department cannot read a report."));
	if (url[0] != 0) {
		put_format(out, "<h2>%s</h2><div class=\"row\">", T(p,
		    "Het adres", "The address"));
		e = qr_svg(url, 48, out);
		buf_text(out, "<div class=\"where\">");
		if (p->k->onion[0] != 0) {
			buf_text(out, "<p>Tor Browser: <strong>");
			put_html(out, p->k->onion);
			buf_text(out, "</strong></p>");
		}
		if (p->k->https[0] != 0) {
			put_format(out, "<p>%s: <strong>", T(p,
			    "Elke browser", "Any browser"));
			put_html(out, p->k->https);
			buf_text(out, "</strong></p>");
		}
		para(out, T(p, "Gebruik een eigen apparaat, niet dat van uw "
		    "werk.", "Use a device of your own, not your "
		    "employer's."));
		buf_text(out, "</div></div>\n");
	}
	put_format(out, "<h2>%s</h2>\n", T(p, "Is het de echte pagina?",
	    "Is it the real page?"));
	para(out, T(p, "Op de pagina staat een vingerafdruk. Hij moet gelijk "
	    "zijn aan deze. Is er een teken anders: stuur niets en waarschuw "
	    "iemand die u vertrouwt.", "The page shows a fingerprint. It must "
	    "be equal to this one. If one character differs: send nothing and "
	    "warn somebody you trust."));
	buf_text(out, "<div class=\"row\">");
	put_fingerprint(&p->k->identity, out);
	sign_fingerprint(&p->k->identity, print);
	if (e == OK) {
		e = qr_svg(print, 40, out);
	}
	buf_text(out, "</div>\n");
	para(out, T(p, "U mag ook naar buiten: het Huis voor Klokkenluiders "
	    "(088 371 30 00) of een andere bevoegde autoriteit. Dat mag "
	    "meteen.", "You may also go outside: the Dutch Whistleblowers "
	    "Authority (088 371 30 00) or another competent authority. You "
	    "may do so at once."));
	return e == OK ? page_end(out) : e;
}

enum err
print_revocation(const struct print *p, const char *note, struct buf *out)
{
	char day[DAY_TEXT];
	enum err e = OK;

	day_text(p->today, day);
	page_begin(p, T(p, "Intrekking, alvast getekend",
	    "Revocation, signed in advance"), "", out);
	buf_text(out, "<table>\n");
	row(out, T(p, "Organisatie", "Organisation"), p->k->organisation);
	row(out, T(p, "Geprint op", "Printed on"), day);
	buf_text(out, "</table>\n");
	put_fingerprint(&p->k->identity, out);
	para(out, T(p, "Is de identiteitssleutel gestolen of zijn genoeg "
	    "sleuteldelen in verkeerde handen? Dan sluit dit blad het kanaal: "
	    "`revoke --note BESTAND`, daarna `export`, en de stick naar de "
	    "koerier. Melders lezen dan dat de sleutel is ingetrokken en "
	    "kunnen niets meer sturen. Het is niet terug te draaien.",
	    "Is the identity key stolen, or are enough key shares in wrong "
	    "hands? Then this sheet closes the channel: `revoke --note FILE`, "
	    "then `export`, and the stick to the courier. Reporters then read "
	    "that the key was withdrawn and can send nothing. It cannot be "
	    "undone."));
	para(out, T(p, "Bewaar het in de kluis. Wie het heeft kan het kanaal "
	    "sluiten, maar niets lezen en niets vervalsen. Hetzelfde staat op "
	    "de computer van het loket in public/revocation.note. Alleen wie "
	    "op die dag lezer was kan het afleveren: komt of gaat er een, "
	    "print het dan opnieuw (`revoke --print BESTAND`).",
	    "Keep it in the safe. Who has it can close the channel, but can "
	    "read and forge nothing. The same lies on the desk's computer in "
	    "public/revocation.note. Only a holder of that day can deliver "
	    "it: when one comes or goes, print it anew (`revoke --print "
	    "FILE`)."));
	if (strlen(note) > QR_TEXT_MAX) {
		para(out, T(p, "Meer dan één code: zet de teksten in deze "
		    "volgorde achter elkaar, met niets ertussen.", "More than "
		    "one code: put their texts one after the other, in this "
		    "order, with nothing between."));
	}
	/* with many holders it is too long for one code */
	for (size_t at = 0, len = strlen(note); e == OK && at < len;) {
		char piece[QR_TEXT_MAX + 1];
		size_t n;
		snprintf(piece, sizeof piece, "%s", note + at);
		n = strlen(piece);
		while (n > 1 && ((uint8_t)note[at + n] & 0xc0) == 0x80) {
			n--; /* a letter stays whole */
		}
		piece[n] = 0;
		at += n;
		e = qr_svg(piece, 110, out);
	}
	return e == OK ? page_end(out) : e;
}

static void
transcript_sets(const struct print *p, struct papers *papers,
    struct buf *out)
{
	put_format(out, "<h2>%s</h2>\n<table class=\"share\"><tr>"
	    "<th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>\n",
	    T(p, "Sleuteldelen", "Key shares"), T(p, "Set", "Set"),
	    T(p, "Deel", "Share"), T(p, "Bewaard door", "Kept by"),
	    T(p, "Bewezen leesbaar", "Proven readable"));
	for (unsigned kind = SHARE_IDENTITY; kind <= SHARE_BACKUP; kind++) {
		const struct paper_set *s = papers_set(papers,
		    (enum share_kind)kind);
		char name[SHARE_SET], day[DAY_TEXT];
		for (unsigned i = 0; s != NULL && i < s->n; i++) {
			paper_set_name(s, name);
			put_format(out, "<tr><td class=\"once\">%s %s "
			    "(%u %s %u)</td>"
			    "<td>%u</td><td>", kind == SHARE_IDENTITY ? T(p,
			    "identiteit", "identity") : T(p, "reservesleutel",
			    "backup key"), name, s->k, T(p, "van", "of"),
			    s->n, i + 1);
			put_html(out, s->keeper[i][0] != 0 ? s->keeper[i] :
			    "..............................");
			if (s->proven[i]) {
				day_text(s->proven_day[i], day);
			}
			put_format(out, "</td><td class=\"once\">%s</td>"
			    "</tr>\n", s->proven[i] ? day : "-");
		}
	}
	buf_text(out, "</table>\n");
}

enum err
print_transcript(const struct print *p, struct papers *papers,
    const char *person, bool identity_gone, struct buf *out)
{
	char day[DAY_TEXT], until[DAY_TEXT], text[FINGERPRINT_TEXT];
	char hex[2 * HASH_LEN + 1], serial[64];

	day_text(p->today, day);
	day_text(p->k->not_after, until);
	page_begin(p, p->renewal ? T(p, "Verslag van nieuwe sleuteldelen",
	    "Transcript of new key shares") : T(p,
	    "Verslag van de sleutelceremonie",
	    "Transcript of the key ceremony"), "record", out);
	buf_text(out, "<table>\n");
	row(out, T(p, "Organisatie", "Organisation"), p->k->organisation);
	row(out, T(p, "Dag", "Day"), day);
	row(out, T(p, "Uitgevoerd door", "Led by"), person);
	sign_fingerprint(&p->k->identity, text);
	row(out, T(p, "Vingerafdruk van de organisatie",
	    "Fingerprint of the organisation"), text);
	if (p->k->has_gateway) {
		sign_fingerprint(&p->k->gateway, text);
		row(out, T(p, "Vingerafdruk van de server",
		    "Fingerprint of the gateway"), text);
	}
	snprintf(serial, sizeof serial, T(p, "%llu, geldig tot en met %s",
	    "%llu, valid until %s"), (unsigned long long)p->k->serial, until);
	row(out, T(p, "Sleutelset", "Keyset"), serial);
	hex_encode(p->k->hash, HASH_LEN, hex);
	buf_text(out, "<tr><th>SHA-256</th><td class=\"small\">");
	put_html(out, hex);
	buf_text(out, "</td></tr></table>\n");
	put_format(out, "<h2>%s</h2>\n<table class=\"share\">", T(p,
	    "Mensen", "People"));
	for (unsigned i = 0; i < p->k->people; i++) {
		const struct keyset_person *one = &p->k->person[i];
		char who[96];
		sign_fingerprint(&one->key, text);
		snprintf(who, sizeof who, "%s, %s %u, %s", one->id, T(p,
		    "loket", "desk"), one->desk, one->role == PERSON_HOLDER ?
		    T(p, "lezer", "holder") : T(p, "medetekenaar",
		    "approver"));
		row(out, who, text);
	}
	buf_text(out, "</table>\n");
	transcript_sets(p, papers, out);
	put_format(out, "<h2>%s</h2>\n<ul>\n", T(p, "Gedaan", "Done"));
	if (p->renewal) {
		item(out, T(p, "De sleutel kwam terug van oude bladen en ging "
		    "op de nieuwe, die hierboven staan. Alle oude bladen zijn "
		    "vernietigd, waar wij bij waren.", "The key came back from "
		    "old sheets and went onto the new ones above. All old "
		    "sheets were destroyed before our eyes."));
	} else {
		item(out, T(p, "26 weeksleutels gemaakt voor dit loket.",
		    "Made 26 weekly keys for this desk."));
		item(out, T(p, "Intrekking vooraf getekend en weggeborgen.",
		    "Signed a revocation in advance and stored it."));
	}
	item(out, identity_gone ? T(p, "De identiteitssleutel is van deze "
	    "computer verwijderd; hij bestaat alleen nog op papier.",
	    "The identity key was removed from this computer; it exists on "
	    "paper only.") : T(p, "LET OP: de identiteitssleutel staat nog op "
	    "deze computer.", "NOTE: the identity key is still on this "
	    "computer."));
	item(out, T(p, "Reservekopieën van vóór dat moment bevatten hem: "
	    "vernietig ze en maak een nieuwe.", "Backups made before that "
	    "hold it: destroy them and make a new one."));
	buf_text(out, "</ul>\n");
	put_format(out, "<div class=\"keep\"><h2>%s</h2>\n"
	    "<table class=\"names\">", T(p,
	    "Handtekeningen", "Signatures"));
	for (unsigned i = 0; i < 3; i++) {
		put_format(out, "<tr><td class=\"sign half\">"
		    "%s</td><td class=\"sign\">%s</td></tr>\n", T(p, "Naam",
		    "Name"), T(p, "Handtekening, dag", "Signature, day"));
	}
	buf_text(out, "</table></div>\n");
	return page_end(out);
}
