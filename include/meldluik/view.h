/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The template engine of gateway and desk: {{name}} escaped, {{{name}}} as it stands (only for
 * markup of our own making), {{#name}}..{{/name}} when true or once per row,
 * {{^name}}..{{/name}} when not. Rows see the values of what is around them.
 *
 * Caveat: values are views; they must live until the page is rendered. Give
 * a secret buffer when any value is secret.
 */
#ifndef MELDLUIK_VIEW_H
#define MELDLUIK_VIEW_H

#include "meldluik/bytes.h"

#define VIEW_VALUES 48u

struct view {
	const struct view *parent;
	struct {
		const char *name;
		const char *text; /* NULL: false */
		size_t len;
		const struct view *rows; /* a list, of ${len} rows */
		bool list;
	} value[VIEW_VALUES];
	unsigned values;
};

/* ${parent} may be NULL */
void view_init(struct view *v, const struct view *parent);
void view_text(struct view *v, const char *name, const char *text);
void view_bytes(struct view *v, const char *name, const char *p, size_t len);
void view_flag(struct view *v, const char *name, bool on);
void view_list(struct view *v, const char *name, const struct view *rows,
    size_t n);

/*
 * view_render(v, tmpl, len, out): ERR_UNKNOWN when the template asks for a
 * value nobody set (a name that is only tested is false then), ERR_FORMAT
 * when it is not well formed, ERR_LIMIT when ${out} is full.
 */
enum err view_render(const struct view *v, const char *tmpl, size_t len,
    struct buf *out);

#endif
