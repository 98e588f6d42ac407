/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For LD_PRELOAD shims that want to know what is opened: defines open and
 * openat, which call the shim's own shim_opening before and shim_opened
 * after.
 */
#ifndef TESTS_FAULTS_SHIM_H
#define TESTS_FAULTS_SHIM_H

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void shim_opening(const char *path);
static int shim_opened(int fd); /* returns what the caller gets */

static int
shim_has_mode(int how)
{
	return (how & O_CREAT) != 0 || (how & O_TMPFILE) == O_TMPFILE;
}

int
open(const char *path, int how, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, how);
	mode = shim_has_mode(how) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	shim_opening(path);
	return shim_opened(REAL(open)(path, how, mode));
}

int
openat(int dir, const char *path, int how, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, how);
	mode = shim_has_mode(how) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	shim_opening(path);
	return shim_opened(REAL(openat)(dir, path, how, mode));
}

#endif
