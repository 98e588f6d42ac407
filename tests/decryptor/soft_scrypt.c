/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked into desk_soft in the place of age_scrypt_key (linker option
 * --wrap): the same function with a small work factor. The program is the
 * product's in everything else, so that scripts can run it a hundred times
 * a minute. Files of it open only with it.
 */
#include "seal/age_header.h"

enum err __real_age_scrypt_key(const char *pass, size_t len,
    const uint8_t salt[16], unsigned log_n, uint8_t key[32]);
enum err __wrap_age_scrypt_key(const char *pass, size_t len,
    const uint8_t salt[16], unsigned log_n, uint8_t key[32]);

enum err
__wrap_age_scrypt_key(const char *pass, size_t len, const uint8_t salt[16],
    unsigned log_n, uint8_t key[32])
{
	(void)log_n;
	return __real_age_scrypt_key(pass, len, salt, 8, key);
}
