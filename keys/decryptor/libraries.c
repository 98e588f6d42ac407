/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The page and the archives bring two dozen libraries with them, of which
 * parsing an envelope needs none. Copying their maps is most of the price of
 * a fork, and their code is of use only to somebody who took the child over.
 */
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sandbox.h"

/* Names as the loader knows them, without the version behind; by the library
 * that brings them. libsodium, libcrypto and libjansson need none of them. */
static const char *const unneeded[] = {
	"libmicrohttpd", "libgnutls", "libp11-kit", "libidn2",
	"libunistring", "libtasn1", "libhogweed", "libnettle", "libgmp",
	"libffi",
	"libarchive", "libacl", "liblzma", "libzstd", "liblz4", "libbz2",
	"libz", "libxml2", "libicuuc", "libicudata", "libstdc++",
	"libqrencode", "liblmdb", "libseccomp",
};

static bool
is_unneeded(const char *path)
{
	const char *name = strrchr(path, '/'), *end;

	name = name == NULL ? path : name + 1;
	end = strstr(name, ".so");
	for (size_t i = 0; end != NULL &&
	    i < sizeof unneeded / sizeof *unneeded; i++) {
		size_t len = strlen(unneeded[i]);
		if (len == (size_t)(end - name) &&
		    memcmp(name, unneeded[i], len) == 0) {
			return true;
		}
	}
	return false;
}

static int
leave_out(struct dl_phdr_info *o, size_t size, void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), low = UINTPTR_MAX,
	    high = 0;

	(void)size;
	(void)arg;
	if (!is_unneeded(o->dlpi_name)) {
		return 0;
	}
	for (unsigned i = 0; i < o->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &o->dlpi_phdr[i];
		uintptr_t from = o->dlpi_addr + p->p_vaddr;
		if (p->p_type == PT_LOAD) {
			low = from < low ? from : low;
			high = from + p->p_memsz > high ? from + p->p_memsz :
			    high;
		}
	}
	if (low < high) {
		low &= ~(page - 1);
		high = (high + page - 1) & ~(page - 1);
		/* a hole is no fault; where it fails, the child has more */
		madvise((void *)low, high - low, MADV_DONTFORK);
	}
	return 0;
}

void
libraries_leave(void)
{
	dl_iterate_phdr(leave_out, NULL);
}
