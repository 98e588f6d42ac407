/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Public holidays as data, and counting in working days. The days that a
 * royal decree adds (Algemene termijnenwet art. 3(3)) cannot be computed, so
 * none are.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/clocks.h"
#include "meldluik/csv.h"

#define HOLIDAYS_MAX 4096u

struct holidays {
	size_t n;
	int first_year, last_year;
	day_t day[]; /* rising, no doubles */
};

static int
compare(const void *a, const void *b)
{
	day_t x = *(const day_t *)a, y = *(const day_t *)b;

	return x < y ? -1 : x > y;
}

static int
year_of(day_t d)
{
	int year, month, day;

	day_split(d, &year, &month, &day);
	return year;
}

enum err
holidays_load(const void *csv, size_t len, struct holidays **out)
{
	struct holidays *h = NULL;
	struct csv *t = NULL;
	enum err e;

	e = csv_parse(csv, len, &t, NULL);
	if (e != OK) {
		goto out;
	}
	if (csv_columns(t) != 3 || strcmp(csv_header(t, 0), "date") != 0 ||
	    strcmp(csv_header(t, 1), "name") != 0 ||
	    strcmp(csv_header(t, 2), "kind") != 0 || csv_rows(t) == 0) {
		e = ERR_FORMAT;
		goto out;
	}
	if (csv_rows(t) > HOLIDAYS_MAX) {
		e = ERR_LIMIT;
		goto out;
	}
	h = malloc(sizeof *h + csv_rows(t) * sizeof h->day[0]);
	if (h == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	h->n = csv_rows(t);
	for (size_t i = 0; i < h->n; i++) {
		const char *kind = csv_cell(t, i, 2);

		e = day_parse(csv_cell(t, i, 0), &h->day[i]);
		if (e == OK && strcmp(kind, "art3") != 0 &&
		    strcmp(kind, "besluit") != 0) {
			e = ERR_UNKNOWN;
		}
		if (e != OK) {
			goto out;
		}
	}
	qsort(h->day, h->n, sizeof h->day[0], compare);
	for (size_t i = 1; i < h->n; i++) {
		if (h->day[i] == h->day[i - 1]) {
			e = ERR_FORMAT;
			goto out;
		}
	}
	h->first_year = year_of(h->day[0]);
	h->last_year = year_of(h->day[h->n - 1]);
	*out = h;
	h = NULL; /* transferred */
out:
	csv_free(t);
	holidays_free(h);
	return e;
}

enum err
holidays_builtin(struct holidays **out)
{
	struct bytes b;
	enum err e = policy_data("holidays.csv", &b);

	return e == OK ? holidays_load(b.p, b.len, out) : e;
}

void
holidays_free(struct holidays *h)
{
	free(h);
}

bool
holidays_has(const struct holidays *h, day_t d)
{
	return bsearch(&d, h->day, h->n, sizeof h->day[0], compare) != NULL;
}

bool
holidays_covers(const struct holidays *h, day_t d)
{
	int year = year_of(d);

	return year >= h->first_year && year <= h->last_year;
}

bool
day_is_working(const struct holidays *h, day_t d)
{
	return day_weekday(d) < 6 && !holidays_has(h, d);
}

day_t
day_next_working(const struct holidays *h, day_t d)
{
	while (!day_is_working(h, d)) {
		d++;
	}
	return d;
}

day_t
day_add_working(const struct holidays *h, day_t d, int n)
{
	while (n > 0) {
		d++;
		n -= day_is_working(h, d) ? 1 : 0;
	}
	return d;
}
