/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Result codes of every function that can fail. 0 is success. Outputs are
 * set only on success unless a header says otherwise.
 *
 * Three fates, never mixed: hostile input returns a code; a broken peer
 * process ends; a broken own invariant aborts after wiping.
 */
#ifndef MELDLUIK_ERR_H
#define MELDLUIK_ERR_H

enum err {
	OK = 0,
	ERR_FORMAT,    /* bytes do not follow the layout of keys/FORMAT.md */
	ERR_LIMIT,     /* well formed, but over a stated limit */
	ERR_VERSION,   /* a type or version this program does not know */
	ERR_POLICY,    /* well formed, not allowed here (classical recipient) */
	ERR_CRYPT,     /* decryption failed, whatever the reason; only code */
	ERR_NO_MATCH,  /* a right file, sealed to somebody else */
	ERR_SIGNATURE, /* signature, signer or trusted comment is wrong */
	ERR_FOREIGN,   /* of another organisation, desk or gateway */
	ERR_STALE,     /* expired, closed, or older than what was seen */
	ERR_CHAIN,     /* a link is missing, edited, replayed or forked */
	ERR_CONFLICT,  /* same identity, other content; or out of turn */
	ERR_UNKNOWN,   /* names something that does not exist */
	ERR_FULL,      /* no room: disk, table, slot or budget */
	ERR_IO,        /* the system refused to read or write */
	ERR_MEMORY,    /* no memory (also for a KDF: never "wrong passphrase") */
	ERR_BUSY,      /* right, but not now; try again */
	ERR_USAGE,     /* the caller asked for something senseless */
	ERR_COUNT      /* number of codes; not a result */
};

/* A short English phrase for a code, without a full stop. Never NULL. */
const char *err_text(enum err e);

#endif
