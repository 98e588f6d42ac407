/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a ceremony printed to its folder, one file a page, as it stands: to be
 * printed from the browser. Only names that a ceremony writes are read. A
 * sheet with a share is shown while the sheets are proven, and is gone with
 * its file.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../files.h"
#include "../sheets_print.h"
#include "ui.h"

#define PAPER_MAX (1u << 20)

static bool
known(const char *name)
{
	char one[64];
	const char *file;

	for (unsigned i = 0; (file = ceremony_file(i, one)) != NULL; i++) {
		if (strcmp(file, name) == 0) {
			return true;
		}
	}
	return false;
}

void
page_paper(struct visit *v)
{
	const char *name = v->query(v, "name");
	struct buf page = buf_new_secret(PAPER_MAX);
	int dir = -1;

	if (!v->ui->founding.waits || !known(name) ||
	    ceremony_folder_open(&v->ui->founding.c, &dir) != OK ||
	    file_read(dir, name, &page) != OK) {
		visit_plain(v, 404, TEXT_NO_PAPER);
	} else {
		char hash[STYLE_HASH];
		sheets_style_hash(hash);
		v->policy = visit_text(v, "default-src 'none'; style-src "
		    "'sha256-%s'; form-action 'none'; base-uri 'none'; "
		    "frame-ancestors 'none'", hash);
		v->body = page;
		page = buf_new(0); /* transferred */
		v->status = 200;
		v->type = "text/html; charset=utf-8";
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&page);
}
