/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Does the time of a comparison tell an equal from a different secret?
 * Welch's t between the two classes, in random turn, over all times and over
 * the quickest nine in ten, as dudect does.
 *
 *   welch WHAT N REPEATS    N measurements of each class, up to REPEATS times
 *     tag       the tag of a slot
 *     pass      two passphrases of one length
 *     token     the courier's token against its hash
 *     leaky     a comparison that ends at the first difference
 *
 * Exit 1 ("leaks"): |t| was over the bar every time and in one direction.
 * What one busy moment of the machine did, another does not repeat.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "http/credential.h"
#include "meldluik/board.h"
#include "meldluik/secret.h"

#define BAR 10.0 /* where dudect calls it probably not constant */
#define BATCH 32 /* calls of a measurement; one is below the clock's step */
#define LEN_MAX 64u

/* One buffer for both classes: its address and its cache lines are the same */
static struct {
	uint8_t secret[LEN_MAX], given[LEN_MAX];
	uint8_t hash[HASH_LEN];
	char header[8 + LEN_MAX];
} in;
static volatile bool sink;

static bool
run_tag(void)
{
	return secret_equal(in.secret, in.given, SLOT_TAG);
}

static bool
run_pass(void)
{
	return secret_equal(in.secret, in.given, LEN_MAX);
}

static bool
run_token(void)
{
	return credential_fits(in.header, in.hash);
}

static bool
run_leaky(void)
{
	const volatile uint8_t *a = in.secret, *b = in.given;

	for (size_t i = 0; i < LEN_MAX; i++) {
		if (a[i] != b[i]) {
			return false;
		}
	}
	return true;
}

static const struct what {
	const char *name;
	bool (*run)(void);
} whats[] = {
	{"tag", run_tag},
	{"pass", run_pass},
	{"token", run_token},
	{"leaky", run_leaky},
};

/* ${same}: what is given is the secret; else it differs from the start. Both
 * are written alike: how a byte was stored is felt by who reads it next. */
static void
input_make(bool same)
{
	static const char letters[] = "abcdefghijklmnop";
	uint8_t other[LEN_MAX], mask = same ? 0xff : 0;

	randombytes_buf(other, sizeof(other));
	other[0] = (uint8_t)(in.secret[0] ^ 0x55);
	for (size_t i = 0; i < sizeof(in.given); i++) {
		in.given[i] = (uint8_t)((in.secret[i] & mask) |
		    (other[i] & ~mask));
	}
	memcpy(in.header, "Bearer ", 7);
	for (size_t i = 0; i < LEN_MAX; i++) {
		in.header[7 + i] = letters[in.given[i] & 15];
	}
	in.header[7 + LEN_MAX] = 0;
}

static double
measure(bool (*run)(void))
{
	struct timespec a, b;

	sink = run(); /* what input_make() left is read once before */
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < BATCH; i++) {
		sink = run();
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e9 +
	    (double)(b.tv_nsec - a.tv_nsec);
}

/* Welch's t of the times that are at most ${top} */
static double
welch(const double *time, const bool *same, size_t n, double top)
{
	double mean[2] = {0, 0}, sum[2] = {0, 0}, count[2] = {0, 0}, d, v;

	for (size_t i = 0; i < n; i++) {
		int k = same[i];

		if (time[i] <= top) { /* Welford */
			count[k]++;
			d = time[i] - mean[k];
			mean[k] += d / count[k];
			sum[k] += d * (time[i] - mean[k]);
		}
	}
	if (count[0] < 2 || count[1] < 2) {
		return 0;
	}
	v = sum[0] / (count[0] - 1) / count[0] +
	    sum[1] / (count[1] - 1) / count[1];
	return v <= 0 ? 0 : (mean[0] - mean[1]) / sqrt(v);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The larger t in absolute value of all times and of the quickest */
static double
once(const struct what *w, double *time, double *sorted, bool *same,
    size_t n)
{
	double all, quick;

	for (size_t i = 0; i < n; i++) {
		same[i] = randombytes_random() & 1;
		input_make(same[i]);
		time[i] = sorted[i] = measure(w->run);
	}
	qsort(sorted, n, sizeof(*sorted), by_size);
	all = welch(time, same, n, sorted[n - 1]);
	quick = welch(time, same, n, sorted[n * 9 / 10]);
	printf("%s: %zu times, median %.1f ns, t %.2f, of the quickest %.2f\n",
	    w->name, n, sorted[n / 2] / BATCH, all, quick);
	return fabs(quick) > fabs(all) ? quick : all;
}

static int
judge(const struct what *w, size_t n, unsigned repeats)
{
	double *time = calloc(n, sizeof(*time));
	double *sorted = calloc(n, sizeof(*sorted)), t = 0, first = 0;
	bool *same = calloc(n, sizeof(*same)), leaks = true;

	if (time == NULL || sorted == NULL || same == NULL) {
		free(time);
		free(sorted);
		free(same);
		return 2;
	}
	for (unsigned i = 0; i < repeats && leaks; i++) {
		t = once(w, time, sorted, same, n);
		first = i == 0 ? t : first;
		leaks = fabs(t) >= BAR && (t > 0) == (first > 0);
	}
	free(time);
	free(sorted);
	free(same);
	return leaks ? 1 : 0;
}

int
main(int argc, char **argv)
{
	long n, repeats;

	if (argc != 4 || (n = strtol(argv[2], NULL, 10)) < 1000 ||
	    (repeats = strtol(argv[3], NULL, 10)) < 1 ||
	    secret_setup() != OK) {
		return 2;
	}
	randombytes_buf(in.secret, sizeof(in.secret));
	input_make(true);
	hash_bytes(in.header + 7, LEN_MAX, in.hash);
	for (size_t i = 0; i < sizeof(whats) / sizeof(*whats); i++) {
		if (strcmp(argv[1], whats[i].name) == 0) {
			return judge(&whats[i], 2 * (size_t)n,
			    (unsigned)repeats);
		}
	}
	return 2;
}
