/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs every file named on the command line through a fuzz target once. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		if (f == NULL) {
			perror(argv[i]);
			return 1;
		}
		uint8_t *p = malloc(1 << 20);
		size_t len = p == NULL ? 0 : fread(p, 1, 1 << 20, f);
		fclose(f);
		LLVMFuzzerTestOneInput(p, len);
		free(p);
	}
	return 0;
}
