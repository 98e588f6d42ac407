/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keyring.age on disk. Replaced whole; the old file is gone when a week key
 * was destroyed (as far as flash and file system forget: DESIGN.md says so).
 */
#include <string.h>

#include "desk.h"
#include "files.h"
#include "meldluik/secret.h"
#include "terminal.h"

#define FILE_MAX (KEYRING_MAX + 65536u)

enum err
keyringfile_save(struct desk *d)
{
	struct buf sealed = buf_new(FILE_MAX);
	enum err e = keyring_seal(d->ring, d->pass, d->passlen, &sealed);

	if (e == OK) {
		e = file_replace_over(d->dir, "keyring.age", sealed.p,
		    sealed.len);
	}
	if (e != OK) {
		say_error("the keyring could not be written: %s",
		    err_text(e));
	}
	buf_free(&sealed);
	return e;
}

enum err
keyringfile_load(struct desk *d)
{
	struct buf sealed = buf_new(FILE_MAX);
	enum err e = file_read(d->dir, "keyring.age", &sealed);

	if (e != OK) {
		say_error("the keyring in %s cannot be read: %s", d->home,
		    err_text(e));
	} else if (d->pass == NULL && (e = passphrase_get(d->passfile, false,
	    &d->pass, &d->passlen)) != OK) {
		say_error("%s", terminal_say("er is geen wachtzin: typ hem "
		    "in de terminal of geef hem met --passphrase-file",
		    "there is no passphrase: give it on the terminal or with "
		    "--passphrase-file"));
	} else if ((e = keyring_open(sealed.p, sealed.len, d->pass,
	    d->passlen, &d->ring)) == ERR_NO_MATCH) {
		say_error("%s", terminal_say("de wachtzin klopt niet",
		    "the passphrase is wrong"));
	} else if (e == ERR_MEMORY) {
		say_error("not enough memory to open the keyring (256 MiB "
		    "are needed); the passphrase was not judged");
	} else if (e == ERR_VERSION) {
		say_later("the keyring");
	} else if (e != OK) {
		say_error("the keyring is damaged: %s", err_text(e));
	}
	buf_free(&sealed);
	return e;
}

enum err
keyringfile_backup(const struct desk *d, struct buf *out)
{
	struct keyring *k = keyring_new();
	enum err e;

	if (k == NULL) {
		return ERR_MEMORY;
	}
	memcpy(k, d->ring, sizeof *k);
	secret_wipe(k->week, sizeof k->week);
	k->weeks = 0;
	e = keyring_seal(k, d->pass, d->passlen, out);
	keyring_free(k);
	return e;
}
