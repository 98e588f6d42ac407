/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The one tar header this project writes and accepts (keys/FORMAT.md
 * section 3): ustar, regular file, mode 0644, everything else zero.
 */
#ifndef MELDLUIK_TARWRITE_H
#define MELDLUIK_TARWRITE_H

#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

#define TAR_BLOCK 512u
#define TAR_NAME 100u            /* name with NUL */
#define TAR_SIZE_MAX 077777777777ull
#define TAR_END (2 * TAR_BLOCK)  /* the end mark */

/* What is wrong with a tar; each has one word and one code */
enum tar_fault {
	TAR_FINE = 0,
	TAR_CHECKSUM,     /* also: no header at all */
	TAR_HARDLINK,
	TAR_SYMLINK,
	TAR_DEVICE,       /* character or block */
	TAR_DIRECTORY,
	TAR_FIFO,
	TAR_PAX,          /* extended header, local or global */
	TAR_GNU_LONG,
	TAR_SPARSE,
	TAR_TYPE,         /* any other type, also the old NUL */
	TAR_MAGIC,        /* old tar or GNU tar, not ustar */
	TAR_NAME_LONG,    /* 100 bytes or a prefix */
	TAR_NAME_NUL,     /* bytes after the NUL, or no name */
	TAR_NAME_ABSOLUTE,
	TAR_NAME_DOTS,    /* "..", "." or an empty part */
	TAR_NAME_LETTER,  /* outside [A-Za-z0-9._/-] */
	TAR_SIZE,         /* not eleven octal digits */
	TAR_FIELDS,       /* any other byte differs from the one header */
	TAR_PADDING,      /* non-zero bytes after a member */
	TAR_TRAILING,     /* non-zero bytes after the end mark */
	TAR_CUT,          /* ends inside a member or before the end mark */
	TAR_FAULTS
};
/* A word for tests and reports ("tar-symlink"); never NULL */
const char *tar_fault_word(enum tar_fault f);
/* ERR_POLICY for types, ERR_LIMIT for long names, else ERR_FORMAT */
enum err tar_fault_err(enum tar_fault f);

/* ${name}: 1..99 of [A-Za-z0-9._/-]; ${size} <= TAR_SIZE_MAX; both checked
 * by the caller */
void tar_header(const char *name, uint64_t size, uint8_t out[TAR_BLOCK]);
enum tar_fault tar_header_read(const uint8_t b[TAR_BLOCK],
    char name[TAR_NAME], uint64_t *size);
/* Zeros that follow a member of ${size} bytes */
size_t tar_pad(uint64_t size);
/* Bytes a member of ${size} bytes takes, header and zeros included */
uint64_t tar_member(uint64_t size);

#endif
