/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One tar header, written and read. Why not libarchive: its reader pulls,
 * where ours must take what arrives, and it is lenient by design, where we
 * accept exactly one header for a name and a size. So the check is to write
 * that header again and compare all 512 bytes; what stands before it only
 * names the difference.
 */
#include <stdbool.h>
#include <string.h>

#include "tarwrite.h"

/* POSIX.1-1988 ustar */
struct field {
	size_t at, len;
};
static const struct field f_name = { 0, 100 };
static const struct field f_mode = { 100, 8 };
static const struct field f_uid = { 108, 8 };
static const struct field f_gid = { 116, 8 };
static const struct field f_size = { 124, 12 };
static const struct field f_mtime = { 136, 12 };
static const struct field f_checksum = { 148, 8 };
static const struct field f_magic = { 257, 8 };
static const struct field f_devmajor = { 329, 8 };
static const struct field f_devminor = { 337, 8 };
static const struct field f_prefix = { 345, 155 };
#define TYPE_AT 156
#define MAGIC "ustar\00000"
#define MODE 0644

static const struct {
	const char *word;
	enum err code;
} faults[TAR_FAULTS] = {
	[TAR_FINE] = { "", OK },
	[TAR_CHECKSUM] = { "tar-checksum", ERR_FORMAT },
	[TAR_HARDLINK] = { "tar-hardlink", ERR_POLICY },
	[TAR_SYMLINK] = { "tar-symlink", ERR_POLICY },
	[TAR_DEVICE] = { "tar-device", ERR_POLICY },
	[TAR_DIRECTORY] = { "tar-directory", ERR_POLICY },
	[TAR_FIFO] = { "tar-fifo", ERR_POLICY },
	[TAR_PAX] = { "tar-pax", ERR_POLICY },
	[TAR_GNU_LONG] = { "tar-gnu-long", ERR_POLICY },
	[TAR_SPARSE] = { "tar-sparse", ERR_POLICY },
	[TAR_TYPE] = { "tar-type", ERR_POLICY },
	[TAR_MAGIC] = { "tar-magic", ERR_FORMAT },
	[TAR_NAME_LONG] = { "tar-name-long", ERR_LIMIT },
	[TAR_NAME_NUL] = { "tar-name-nul", ERR_FORMAT },
	[TAR_NAME_ABSOLUTE] = { "tar-name-absolute", ERR_FORMAT },
	[TAR_NAME_DOTS] = { "tar-name-dots", ERR_FORMAT },
	[TAR_NAME_LETTER] = { "tar-name-letter", ERR_FORMAT },
	[TAR_SIZE] = { "tar-size", ERR_FORMAT },
	[TAR_FIELDS] = { "tar-fields", ERR_FORMAT },
	[TAR_PADDING] = { "tar-padding", ERR_FORMAT },
	[TAR_TRAILING] = { "tar-trailing", ERR_FORMAT },
	[TAR_CUT] = { "tar-cut", ERR_FORMAT },
};

const char *
tar_fault_word(enum tar_fault f)
{
	return faults[f].word;
}

enum err
tar_fault_err(enum tar_fault f)
{
	return faults[f].code;
}

/* Octal digits over the whole field but a final NUL */
static void
octal_put(uint8_t *b, struct field f, uint64_t v)
{
	size_t i = f.len - 1;

	b[f.at + i] = '\0';
	while (i-- > 0) {
		b[f.at + i] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
}

/* Six digits, NUL, space: as every tar writes it */
static void
checksum_put(const uint8_t b[TAR_BLOCK], uint8_t out[8])
{
	unsigned sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++) {
		bool in = i >= f_checksum.at &&
		    i < f_checksum.at + f_checksum.len;
		sum += in ? ' ' : b[i];
	}
	for (size_t i = 6; i-- > 0; sum >>= 3) {
		out[i] = (uint8_t)('0' + (sum & 7));
	}
	out[6] = '\0';
	out[7] = ' ';
}

void
tar_header(const char *name, uint64_t size, uint8_t out[TAR_BLOCK])
{
	uint8_t sum[8];

	memset(out, 0, TAR_BLOCK);
	memcpy(out + f_name.at, name, strnlen(name, TAR_NAME - 1));
	octal_put(out, f_mode, MODE);
	octal_put(out, f_uid, 0);
	octal_put(out, f_gid, 0);
	octal_put(out, f_size, size);
	octal_put(out, f_mtime, 0);
	out[TYPE_AT] = '0';
	memcpy(out + f_magic.at, MAGIC, f_magic.len);
	octal_put(out, f_devmajor, 0);
	octal_put(out, f_devminor, 0);
	checksum_put(out, sum);
	memcpy(out + f_checksum.at, sum, sizeof(sum));
}

static enum tar_fault
type_read(uint8_t type)
{
	switch (type) {
	case '0':
		return TAR_FINE;
	case '1':
		return TAR_HARDLINK;
	case '2':
		return TAR_SYMLINK;
	case '3':
	case '4':
		return TAR_DEVICE;
	case '5':
		return TAR_DIRECTORY;
	case '6':
		return TAR_FIFO;
	case 'x':
	case 'g':
	case 'X':
		return TAR_PAX;
	case 'L':
	case 'K':
	case 'N':
		return TAR_GNU_LONG;
	case 'S':
		return TAR_SPARSE;
	default:
		return TAR_TYPE;
	}
}

static bool
letter_valid(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/' ||
	    c == '-';
}

/* A part between slashes */
static bool
part_valid(const char *p, size_t len)
{
	return len > 0 && !(len == 1 && p[0] == '.') &&
	    !(len == 2 && p[0] == '.' && p[1] == '.');
}

static enum tar_fault
name_read(const uint8_t b[TAR_BLOCK], char name[TAR_NAME])
{
	const char *from = (const char *)b + f_name.at;
	size_t len = strnlen(from, f_name.len), start = 0;

	if (len == f_name.len || b[f_prefix.at] != 0) {
		return TAR_NAME_LONG;
	}
	if (len == 0) {
		return TAR_NAME_NUL;
	}
	for (size_t i = len; i < f_name.len; i++) {
		if (from[i] != '\0') {
			return TAR_NAME_NUL;
		}
	}
	if (from[0] == '/') {
		return TAR_NAME_ABSOLUTE;
	}
	for (size_t i = 0; i < len; i++) {
		if (!letter_valid(from[i])) {
			return TAR_NAME_LETTER;
		}
	}
	for (size_t i = 0; i <= len; i++) {
		if (i == len || from[i] == '/') {
			if (!part_valid(from + start, i - start)) {
				return TAR_NAME_DOTS;
			}
			start = i + 1;
		}
	}
	memcpy(name, from, len + 1);
	return TAR_FINE;
}

static enum tar_fault
size_read(const uint8_t b[TAR_BLOCK], uint64_t *size)
{
	const uint8_t *d = b + f_size.at;
	uint64_t v = 0;

	for (size_t i = 0; i < f_size.len - 1; i++) {
		if (d[i] < '0' || d[i] > '7') {
			return TAR_SIZE;
		}
		v = v << 3 | (d[i] - (uint64_t)'0');
	}
	if (d[f_size.len - 1] != '\0') {
		return TAR_SIZE;
	}
	*size = v;
	return TAR_FINE;
}

enum tar_fault
tar_header_read(const uint8_t b[TAR_BLOCK], char name[TAR_NAME],
    uint64_t *size)
{
	uint8_t sum[8], want[TAR_BLOCK];
	char n[TAR_NAME];
	uint64_t s;
	enum tar_fault f;

	checksum_put(b, sum);
	if (memcmp(b + f_checksum.at, sum, sizeof(sum)) != 0) {
		return TAR_CHECKSUM;
	}
	if ((f = type_read(b[TYPE_AT])) != TAR_FINE) {
		return f;
	}
	if (memcmp(b + f_magic.at, MAGIC, f_magic.len) != 0) {
		return TAR_MAGIC;
	}
	if ((f = name_read(b, n)) != TAR_FINE ||
	    (f = size_read(b, &s)) != TAR_FINE) {
		return f;
	}
	tar_header(n, s, want);
	if (memcmp(b, want, TAR_BLOCK) != 0) {
		return TAR_FIELDS;
	}
	memcpy(name, n, strlen(n) + 1);
	*size = s;
	return TAR_FINE;
}

size_t
tar_pad(uint64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

uint64_t
tar_member(uint64_t size)
{
	return TAR_BLOCK + size + tar_pad(size);
}
