/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The second rival of B3: what is left of an upload when everything is taken
 * away that Meldluik adds for safety. One process, one connection at a time,
 * no libmicrohttpd, no LMDB, no other process, nothing checked: parts are
 * received whole and answered at once, then hashed and sealed by a second
 * thread, and written by a third, which syncs as often as the store does.
 *   bench_bare FILE    says its port; ends when its input does
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PART (1u << 20)
#define SEALED (PART + 4096u) /* as much as the store writes */
#define AHEAD 6u
#define SYNC 3u /* parts */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static struct {
	uint8_t *bytes;
	size_t len;
} part[AHEAD];
/* Parts that came, that are sealed, that are on the disk; each below the one
 * before, and at most AHEAD apart */
static unsigned long came, sealed, written;
static int file;
static uint8_t key[32];
static EVP_MD_CTX *hash;

static void need(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void await(const unsigned long *n, unsigned long least)
{
	pthread_mutex_lock(&lock);
	while (*n < least) {
		pthread_cond_wait(&moved, &lock);
	}
	pthread_mutex_unlock(&lock);
}

static void advance(unsigned long *n, unsigned long by)
{
	pthread_mutex_lock(&lock);
	*n += by;
	pthread_cond_broadcast(&moved);
	pthread_mutex_unlock(&lock);
}

static void *seal(void *arg)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t nonce[12] = { 0 };
	int n;

	(void)arg;
	for (unsigned long i = 0;; i++) {
		uint8_t *p;

		await(&came, i + 1);
		p = part[i % AHEAD].bytes;
		memcpy(nonce, &i, sizeof(i));
		need(EVP_DigestUpdate(hash, p, part[i % AHEAD].len) == 1 &&
			EVP_EncryptInit_ex2(c, EVP_chacha20_poly1305(), key,
			    nonce, NULL) == 1 &&
			EVP_EncryptUpdate(c, p, &n, p,
			    (int)part[i % AHEAD].len) == 1 &&
			EVP_EncryptFinal_ex(c, p + n, &n) == 1 &&
			EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16,
			    p + part[i % AHEAD].len) == 1,
		    "seal");
		advance(&sealed, 1);
	}
	return NULL;
}

static void *keep(void *arg)
{
	unsigned long done = 0;

	(void)arg;
	for (;;) {
		unsigned long from = done, to;

		await(&sealed, done + 1);
		pthread_mutex_lock(&lock);
		to = sealed;
		pthread_mutex_unlock(&lock);
		if (to - from > SYNC) {
			to = from + SYNC;
		}
		for (; done < to; done++) {
			need(pwrite(file, part[done % AHEAD].bytes, SEALED,
				 (off_t)(done * SEALED)) == SEALED,
			    "write");
		}
		need(fdatasync(file) == 0, "sync");
		posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
		advance(&written, to - from);
	}
	return NULL;
}

/* The length of the body; what of it came along is in ${p}, ${have} bytes */
static long request(int s, uint8_t *p, size_t *have)
{
	char head[4096], *end = NULL, *length;
	size_t n = 0;

	while (end == NULL) {
		ssize_t got = recv(s, head + n, sizeof(head) - 1 - n, 0);

		if (got <= 0) {
			return -1;
		}
		n += (size_t)got;
		head[n] = '\0';
		end = strstr(head, "\r\n\r\n");
	}
	length = strcasestr(head, "content-length:");
	*have = n - (size_t)(end + 4 - head);
	memcpy(p, end + 4, *have);
	return length == NULL || length > end ? 0 : atol(length + 15);
}

static void serve(int s)
{
	static const char taken[] = "HTTP/1.1 204 No Content\r\n\r\n";
	static const char whole[] =
	    "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
	uint8_t digest[32];

	for (;;) {
		size_t n;
		uint8_t *p;
		long len;

		await(&written, came + 1 < AHEAD ? 0 : came + 1 - AHEAD);
		p = part[came % AHEAD].bytes;
		if ((len = request(s, p, &n)) < 0 || len > (long)PART) {
			return;
		}
		while (n < (size_t)len) {
			ssize_t got = recv(s, p + n, (size_t)len - n, 0);

			if (got <= 0) {
				return;
			}
			n += (size_t)got;
		}
		if (len == 0) {
			await(&written, came);
			EVP_DigestFinal_ex(hash, digest, NULL);
			EVP_DigestInit_ex2(hash, EVP_sha256(), NULL);
			need(send(s, whole, sizeof(whole) - 1, 0) > 0,
			    "send");
			continue;
		}
		part[came % AHEAD].len = n;
		advance(&came, 1);
		need(send(s, taken, sizeof(taken) - 1, 0) > 0, "send");
	}
}

static void *ended(void *arg)
{
	(void)arg;
	while (getchar() != EOF) {
	}
	exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t t;

	need(argc == 2, "bench_bare FILE");
	file = open(argv[1], O_RDWR | O_CREAT, 0600);
	hash = EVP_MD_CTX_new();
	need(file >= 0 && EVP_DigestInit_ex2(hash, EVP_sha256(), NULL) == 1,
	    argv[1]);
	for (unsigned i = 0; i < AHEAD; i++) {
		part[i].bytes = calloc(1, SEALED);
		need(part[i].bytes != NULL, "memory");
	}
	need(bind(s, (struct sockaddr *)&at, n) == 0 && listen(s, 4) == 0 &&
		getsockname(s, (struct sockaddr *)&at, &n) == 0,
	    "socket");
	need(pthread_create(&t, NULL, seal, NULL) == 0 &&
		pthread_create(&t, NULL, keep, NULL) == 0 &&
		pthread_create(&t, NULL, ended, NULL) == 0,
	    "thread");
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		int c = accept(s, NULL, NULL);

		need(c >= 0, "accept");
		serve(c);
		close(c);
	}
}
