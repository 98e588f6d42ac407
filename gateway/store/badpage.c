/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A page of the map that the disk cannot give raises SIGBUS in who touches
 * it. Of one report's bytes that must not end the store, which would come
 * back and be asked for the same again: the bytes are touched first, where
 * the signal can be caught. Anywhere else it ends the process, as before.
 */
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "store_private.h"

static _Thread_local sigjmp_buf back;
static _Thread_local volatile sig_atomic_t touching;

static void on_bus(int number)
{
	sigset_t this;

	if (touching != 0) {
		/* who jumps out leaves it blocked, and the next would kill */
		sigemptyset(&this);
		sigaddset(&this, number);
		pthread_sigmask(SIG_UNBLOCK, &this, NULL);
		siglongjmp(back, 1);
	}
	(void)signal(number, SIG_DFL); /* and it comes again, for good */
}

enum err badpage_catch(void)
{
	struct sigaction a;

	memset(&a, 0, sizeof(a));
	a.sa_handler = on_bus;
	return sigaction(SIGBUS, &a, NULL) == 0 ? OK : ERR_IO;
}

bool value_there(const void *p, size_t len)
{
	const volatile uint8_t *at = p;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (sigsetjmp(back, 0) != 0) {
		touching = 0;
		return false;
	}
	touching = 1;
	for (size_t i = 0; i < len; i += page) {
		(void)at[i];
	}
	if (len > 0) {
		(void)at[len - 1];
	}
	touching = 0;
	return true;
}
