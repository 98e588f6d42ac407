/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Building of a dossier; see the header. Originals stay as they are: what is
 * left out is left out of a copy. Files to scrub lie for a moment in a
 * folder of the home, which is removed.
 */
#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts_private.h"
#include "attachment.h"
#include "content.h"
#include "dossier.h"
#include "filekind.h"
#include "files.h"
#include "html_page.h"
#include "letters.h"
#include "member.h"
#include "meldluik/json.h"
#include "question.h"
#include "redact.h"
#include "scrub.h"

#define PAGE_MAX (8u << 20)

struct making {
	struct desk *d;
	size_t k;
	const struct plan *plan;
	struct refusal *why;
	int room;
	json_t *files; /* of the manifest */
	struct buf page, body; /* body: messages, put into the page at last */
	unsigned parts;
	bool left_out; /* something of the case is not carried */
	bool no_files; /* on paper the files stay behind */
};

static const json_t *
planned(const json_t *list, unsigned message, const char *key,
    const json_t *is)
{
	size_t i;
	json_t *v;

	json_array_foreach ((json_t *)(uintptr_t)list, i, v) {
		if (json_integer_value(json_object_get(v, "message")) ==
		    (json_int_t)message && json_equal(json_object_get(v, key),
		    is) && json_is_true(json_object_get(v, "carry"))) {
			return v;
		}
	}
	return NULL;
}

static enum err
answer_put(struct making *m, const struct report_answer *a, unsigned number)
{
	const char *question = question_text(a, false),
	    *text_in = answer_words(a, false);
	json_t *key = json_string(a->key);
	const json_t *p = planned(json_object_get(m->plan->o, "fields"),
	    number, "field", key);
	struct buf text = buf_new_secret(REPORT_JSON_MAX * 8u);
	enum err e = OK;

	json_decref(key);
	m->left_out |= p == NULL || json_array_size(json_object_get(p,
	    "redact")) > 0;
	if (p == NULL) {
		buf_free(&text);
		return OK;
	}
	e = redact_text(text_in, strlen(text_in), json_object_get(p,
	    "redact"), &text);
	if (e == ERR_UNKNOWN || e == ERR_FORMAT) {
		refuse(m->why, e, "Een woord of stuk dat weg moet, staat niet "
		    "in de tekst. Controleer het plan.", "A word or range to "
		    "leave out does not stand in the text. Check the plan.");
	}
	if (e == OK) {
		buf_text(&m->body, "<h3>");
		html_text(&m->body, question, strlen(question));
		buf_text(&m->body, "</h3>\n");
		if (question_of_page(a)) {
			buf_text(&m->body, "<p><small>Zo vroeg de meldpagina "
			    "het.</small></p>\n");
		}
		html_page_text(&m->body, (const char *)text.p, text.len);
	}
	buf_free(&text);
	return e;
}

static enum err
to_file(struct making *m, const struct content_file *f,
    const struct report_attachment *a, const char *name)
{
	uint8_t hash[HASH_LEN];
	uint64_t size = 0;
	int fd = openat(m->room, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	enum err e = fd < 0 ? ERR_IO : attachment_read(m->d->attachments, f,
	    fd, &size, hash);

	if (e == OK && (size != a->size || memcmp(hash, a->sha256,
	    HASH_LEN) != 0)) {
		e = ERR_CRYPT;
	}
	if (fd >= 0) {
		close(fd);
	}
	return e;
}

static enum err
kind_of(struct making *m, const char *name, const struct filekind **out)
{
	uint8_t head[FILEKIND_HEAD];
	int fd = openat(m->room, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);

	if (fd >= 0) {
		close(fd);
	}
	*out = filekind_of(head, n < 0 ? 0 : (size_t)n);
	return n < 0 ? ERR_IO : OK;
}

/* One chosen file as files/NN.KIND, scrubbed unless the plan says not */
static enum err
file_put(struct making *m, const struct content *c, unsigned i,
    unsigned number)
{
	const struct report_attachment *a = &c->report->attachment[i];
	json_t *place = json_integer(i + 1), *o;
	const json_t *p = planned(json_object_get(m->plan->o, "files"),
	    number, "file", place);
	const struct filekind *kind = NULL;
	struct buf report = buf_new(1024);
	char name[40], line[200], hex[2 * HASH_LEN + 1];
	uint8_t hash[HASH_LEN];
	bool scrub;
	enum err e;

	json_decref(place);
	if (p == NULL) {
		m->left_out = true;
		return OK;
	}
	scrub = json_is_true(json_object_get(p, "scrub"));
	e = to_file(m, &c->file[i], a, "original");
	if (e == OK) {
		e = kind_of(m, "original", &kind);
	}
	if (e == OK) {
		snprintf(name, sizeof name, "%02u.%s", ++m->parts,
		    kind->ending);
	}
	if (e == OK && scrub) {
		enum scrub_result r = kind->scrub ? scrub_file(m->room,
		    "original", name, kind->ending, &report, hash) :
		    SCRUB_FAILED;
		if (r != SCRUB_DONE) {
			e = refuse(m->why, ERR_POLICY, r == SCRUB_NO_TOOL ?
			    "mat2 en bubblewrap ontbreken: metadata kan niet "
			    "weg. Laat het bestand weg of zet scrub uit." :
			    "Van een bestand kan de metadata niet weg. Laat "
			    "het weg of zet scrub uit.", r == SCRUB_NO_TOOL ?
			    "mat2 and bubblewrap are missing: metadata cannot "
			    "be removed. Leave the file out or set scrub to "
			    "false." : "The metadata of a file cannot be "
			    "removed. Leave it out or set scrub to false.");
		} else {
			unlinkat(m->room, "original", 0);
		}
	} else if (e == OK) {
		memcpy(hash, a->sha256, HASH_LEN);
		e = renameat(m->room, "original", m->room, name) == 0 ? OK :
		    ERR_IO;
	}
	if (e == OK) {
		o = json_object();
		snprintf(line, sizeof line, "files/%s", name);
		json_object_set_new(o, "path", json_string(line));
		event_hex(o, "sha256", hash, HASH_LEN);
		event_hex(o, "original_sha256", a->sha256, HASH_LEN);
		json_object_set_new(o, "scrubbed", json_boolean(scrub));
		json_array_append_new(m->files, o);
		hex_encode(hash, HASH_LEN, hex);
		snprintf(line, sizeof line, "<li>files/%s, %s, %s<br>SHA-256 "
		    "<code>%s</code></li>\n", name, kind->nl, scrub ?
		    "zonder metadata" : "zoals ontvangen", hex);
		buf_text(&m->body, line);
	}
	buf_free(&report);
	return e;
}

/* Did the plan know this message? A later one nobody signed for. */
static bool
message_known(const struct making *m, unsigned number)
{
	static const char *const lists[] = {"fields", "files"};
	size_t i;
	json_t *v;

	for (unsigned l = 0; l < 2; l++) {
		json_array_foreach (json_object_get(m->plan->o, lists[l]), i,
		    v) {
			if (json_integer_value(json_object_get(v,
			    "message")) == (json_int_t)number) {
				return true;
			}
		}
	}
	return false;
}

static enum err
message_put(struct making *m, const struct message *msg, unsigned number,
    bool files)
{
	struct content *c = NULL;
	char day[LETTER_DAY];
	enum err e;

	if (!message_known(m, number)) {
		m->left_out = true;
		return OK;
	}
	e = desk_content(m->d, msg, &c);

	if (e == OK) {
		letter_day(msg->received, true, day);
		buf_text(&m->body, "<h2>");
		buf_text(&m->body, number == 1 ? "Melding, ontvangen " :
		    "Aanvulling, ontvangen ");
		buf_text(&m->body, day);
		buf_text(&m->body, "</h2>\n");
	}
	for (unsigned i = 0; e == OK && i < c->report->answers; i++) {
		e = answer_put(m, &c->report->answer[i], number);
	}
	m->no_files |= e == OK && !files && c->files > 0;
	if (e == OK && files && c->files > 0) {
		buf_text(&m->body, "<ul>\n");
		for (unsigned i = 0; e == OK && i < c->files; i++) {
			e = file_put(m, c, i, number);
		}
		buf_text(&m->body, "</ul>\n");
	}
	content_free(c);
	return e;
}

static void
line_put(struct buf *b, const char *label, const char *value)
{
	buf_text(b, "<tr><th scope=\"row\">");
	buf_text(b, label);
	buf_text(b, "</th><td>");
	html_text(b, value, strlen(value));
	buf_text(b, "</td></tr>\n");
}

/* A code in words; none when it was not chosen yet */
static const char *
code_words(const struct making *m, const char *vocabulary, const char *code)
{
	const struct vocabulary *w = taxonomy_find(m->d->profile, vocabulary);
	int i = w == NULL || code[0] == 0 ? -1 : vocabulary_index(w, code);

	return i < 0 ? code : vocabulary_label(w, (size_t)i, NULL, "nl");
}

static enum err
page_make(struct making *m, bool files)
{
	const struct state *s = m->d->state;
	const struct kase *k = &s->kase[m->k];
	struct target t = target_of(m->plan->to, m->plan->receiver);
	unsigned number = 0;
	char day[LETTER_DAY];
	enum err e = OK;

	for (size_t i = 0; e == OK && i < s->messages; i++) {
		if (s->message[i].kase == m->k) {
			e = message_put(m, &s->message[i], ++number, files);
		}
	}
	html_page_open(&m->page, "nl", "Dossier");
	buf_text(&m->page, "<h1>Dossier</h1>\n<table>\n<tbody>\n");
	line_put(&m->page, "Van", m->d->keyset->organisation);
	line_put(&m->page, "Aan", plan_receiver(m->d, t.to, t.receiver,
	    m->plan->name, false));
	line_put(&m->page, "Kenmerk", k->ref);
	letter_day(k->received, true, day);
	line_put(&m->page, "Ontvangen", day);
	letter_day(m->d->today, true, day);
	line_put(&m->page, "Opgemaakt", day);
	line_put(&m->page, "Soort", code_words(m, "type", k->type));
	line_put(&m->page, "Gebied", code_words(m, "area",
	    k->code[KASE_AREA]));
	line_put(&m->page, "Grond", consent_holds(s, m->k, &t) ?
	    "toestemming van de melder" : ground_day(s, m->k, GROUND_DUTY,
	    &t) != DAY_NONE ? "wettelijke plicht" :
	    t.to == DEST_INVESTIGATOR ? "onderzoek in opdracht" :
	    t.to == DEST_AUTHORITY && !forward_consent(m->d->profile) ?
	    "doorzending aan de bevoegde instantie (Richtlijn 2019/1937, "
	    "artikel 11, zesde lid)" : "nog niet vastgelegd");
	line_put(&m->page, "Weggelaten", m->left_out || m->plan->modified ?
	    "ja: velden, woorden of bestanden" : m->no_files ? "alleen de "
	    "bestanden, als dit op papier gaat" : "nee");
	buf_text(&m->page, "</tbody>\n</table>\n<p>De identiteit van de melder is "
	    "vertrouwelijk (Wbk 1a; Richtlijn 2019/1937, artikel 16).</p>\n");
	buf_put(&m->page, m->body.p, m->body.len);
	html_page_close(&m->page);
	return e == OK && (m->page.failed || m->body.failed) ? ERR_LIMIT : e;
}

enum err
dossier_page(struct desk *d, size_t k, const struct plan *p,
    struct buf *page, struct refusal *why)
{
	struct making m = {.d = d, .k = k, .plan = p, .why = why,
		.room = -1, .page = buf_new_secret(PAGE_MAX),
		.body = buf_new_secret(PAGE_MAX)};
	enum err e = page_make(&m, false);

	if (e == OK) {
		buf_put(page, m.page.p, m.page.len);
		e = page->failed ? ERR_LIMIT : OK;
	}
	buf_free(&m.page);
	buf_free(&m.body);
	return e == OK || why->e != OK ? e : refuse_err(why, e);
}

struct taring {
	dossier_sink sink;
	void *arg;
	enum err e;
};

static la_ssize_t
tar_out(struct archive *a, void *arg, const void *p, size_t len)
{
	struct taring *t = arg;

	t->e = t->sink(t->arg, p, len);
	if (t->e != OK) {
		archive_set_error(a, EIO, "sealing failed");
		return -1;
	}
	return (la_ssize_t)len;
}

static enum err
member_file(struct archive *a, int room, const char *path)
{
	int fd = openat(room, path + 6, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = fd < 0 ? ERR_IO : member_fd(a, path, fd);

	if (fd >= 0) {
		close(fd);
	}
	return e;
}

static enum err
manifest_make(struct making *m, struct buf *doc, struct buf *sig)
{
	struct sign_purpose why = {.purpose = "dossier",
		.desk = m->d->ring->desk};
	json_t *o = json_object();
	uint8_t hash[HASH_LEN];
	enum err e;

	memcpy(why.org, m->d->ring->org, ORG_LEN);
	hash_bytes(m->page.p, m->page.len, hash);
	json_object_set_new(o, "type", json_string("meldluik-dossier"));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", m->d->ring->org, ORG_LEN);
	json_object_set_new(o, "desk", json_integer(m->d->ring->desk));
	json_object_set_new(o, "case", json_string(
	    m->d->state->kase[m->k].ref));
	event_day(o, "day", m->d->today);
	json_object_set_new(o, "to", json_string(
	    destination_word(m->plan->to)));
	json_object_set_new(o, "receiver", json_string(m->plan->receiver));
	event_hex(o, "plan", m->plan->sha256, HASH_LEN);
	event_hex(o, "page_sha256", hash, HASH_LEN);
	json_object_set(o, "files", m->files);
	e = json_write(o, doc);
	json_decref(o);
	return e == OK ? sign_make(m->d->ring->operational, &why, doc->p,
	    doc->len, sig) : e;
}

static enum err
tar_write(struct making *m, struct archive *a)
{
	struct buf doc = buf_new(PLAN_MAX), sig = buf_new(SIGN_TEXT_MAX);
	enum err e = manifest_make(m, &doc, &sig);
	size_t i;
	json_t *v;

	if (e == OK) {
		e = member_buf(a, "dossier.html", &m->page);
	}
	if (e == OK) {
		e = member_buf(a, "manifest.json", &doc);
	}
	if (e == OK) {
		e = member_buf(a, "manifest.json.minisig", &sig);
	}
	json_array_foreach (m->files, i, v) {
		if (e == OK) {
			e = member_file(a, m->room, json_string_value(
			    json_object_get(v, "path")));
		}
	}
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

enum err
dossier_write(struct desk *d, size_t k, const struct plan *p,
    dossier_sink sink, void *arg, struct refusal *why)
{
	struct making m = {.d = d, .k = k, .plan = p, .why = why,
		.room = -1, .files = json_array(),
		.page = buf_new_secret(PAGE_MAX),
		.body = buf_new_secret(PAGE_MAX)};
	struct taring t = {sink, arg, OK};
	struct archive *a = archive_write_new();
	enum err e = a == NULL ? ERR_MEMORY : OK;

	folder_remove(d->dir, ROOM_FORWARD);
	if (e == OK) {
		e = folder_open(d->dir, ROOM_FORWARD, true, &m.room);
	}
	if (e == OK) {
		e = page_make(&m, true);
	}
	if (e == OK && (archive_write_set_format_ustar(a) != ARCHIVE_OK ||
	    archive_write_open(a, &t, NULL, tar_out, NULL) != ARCHIVE_OK)) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		e = tar_write(&m, a);
	}
	if (e == OK && archive_write_close(a) != ARCHIVE_OK) {
		e = ERR_IO;
	}
	e = t.e != OK ? t.e : e;
	archive_write_free(a);
	if (m.room >= 0) {
		close(m.room);
	}
	folder_remove(d->dir, ROOM_FORWARD);
	json_decref(m.files);
	buf_free(&m.page);
	buf_free(&m.body);
	return e == OK || why->e != OK ? e : refuse_err(why, e);
}
