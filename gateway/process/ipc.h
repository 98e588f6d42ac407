/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The wire between web and store: fixed messages over SOCK_SEQPACKET, and
 * one shared memory of fixed slots so that bodies are copied once. Web
 * chooses the slot and owns it until it asks; then it is the store's until
 * the answer.
 *
 * Caveats: web may be hostile; the store believes nothing of a message but
 * what ipc_request_decode checked, and takes headers out of a slot before
 * it parses them, because web can write there at any time.
 */
#ifndef MELDLUIK_GATEWAY_IPC_H
#define MELDLUIK_GATEWAY_IPC_H

#include <sys/types.h>

#include "../http/exchange.h"

#define SLOT_TEXT_LEN 73728u    /* the smallest envelope, 71,866, in pages */
#define SLOT_TEXTS 256u         /* as many text reports at once (figure B1) */
#define SLOT_LARGE_LEN 1048576u /* an upload part; a piece of a file */
#define SLOT_LARGES 16u
#define SLOTS (SLOT_TEXTS + SLOT_LARGES)
#define SLOT_NONE 0xffffu
#define SLOT_BYTES (SLOT_TEXTS * (size_t)SLOT_TEXT_LEN + \
    SLOT_LARGES * (size_t)SLOT_LARGE_LEN)

size_t slot_offset(unsigned slot);
size_t slot_len(unsigned slot);
/* Maps the shared memory; NULL when ${fd} is not of SLOT_BYTES */
uint8_t *slots_map(int fd);

#define IPC_INLINE 2048u     /* an answer this short needs no slot */
#define IPC_REQUEST_LEN 186u /* exactly */
#define IPC_ANSWER_MAX (64u + IPC_INLINE)

/* When a request may be made; asked out of turn it ends web */
enum ipc_when {
	IPC_ALWAYS,
	IPC_COURIER /* only where a courier door is configured */
};
struct ipc_rule {
	const char *name;
	uint32_t min, max; /* payload bytes in the slot */
	bool slot;         /* a slot goes along, for payload or answer */
	bool large;        /* it must be a large one */
	enum ipc_when when;
};
/* The request table; indexed by enum ask */
extern const struct ipc_rule ipc_rules[ASK_COUNT];

struct ipc_request {
	uint32_t tag; /* web's own number, returned with the answer */
	uint16_t slot;
	uint32_t len; /* payload bytes in it */
	struct ask_request q; /* payload NULL */
};
void ipc_request_encode(const struct ipc_request *r,
    uint8_t out[IPC_REQUEST_LEN]);
/* ERR_FORMAT or ERR_POLICY: the peer is broken, end it */
enum err ipc_request_decode(const uint8_t *p, size_t len, bool courier,
    struct ipc_request *out);

struct ipc_answer {
	uint32_t tag;
	uint16_t slot; /* where the payload lies, or SLOT_NONE: inline */
	struct ask_answer a;
};
size_t ipc_answer_encode(const struct ipc_answer *r,
    uint8_t out[IPC_ANSWER_MAX]);
/* Inline payload is a view into ${p}; that of a slot is left NULL */
enum err ipc_answer_decode(const uint8_t *p, size_t len,
    struct ipc_answer *out);
/* First byte of a message from the store */
#define IPC_ANSWER 'a'
#define IPC_PUBLIC 'p' /* and one descriptor: the public files */

/* A message with up to ${n} descriptors. ipc_receive: bytes, 0 at the end,
 * -1 with errno; descriptors that came are closed on exec. */
#define IPC_FDS 4u
bool ipc_send(int fd, const void *p, size_t len, const int *fds, unsigned n);
ssize_t ipc_receive(int fd, void *p, size_t max, int fds[IPC_FDS],
    unsigned *n);

/* Descriptors of a process at its start */
enum role_fd {
	FD_CONTROL = 3,
	FD_CONFIG = 4,
	FD_COURIER = 5,
	FD_METRICS = 6,
	FD_PUBLIC = 7 /* and on */
};
/* Control messages, one byte each */
#define CONTROL_LINK 'L'   /* monitor: link and slots as descriptors; of the
                            * store: it has none any more */
#define CONTROL_READY 'R'  /* child */
#define CONTROL_BROKEN 'B' /* store: web broke the rules */
#define CONTROL_ALIVE 'A'  /* child, at least every ALIVE_SECONDS */
#define ALIVE_SECONDS 2

#endif
