/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every label that separates one use of a key or hash from another
 * (keys/FORMAT.md). No such string may stand anywhere else: two equal labels
 * would be seen here at a glance.
 */
#ifndef MELDLUIK_LABELS_H
#define MELDLUIK_LABELS_H

/* Hashed before the 15 bytes of a code: its check characters */
#define LABEL_CODE_CHECK "meldluik/v1/code-check"

/* HKDF info, ikm = code, salt = org */
#define LABEL_MAILBOX "meldluik/v1/mailbox"
#define LABEL_THREAD "meldluik/v1/thread"
#define LABEL_TAG "meldluik/v1/tag"
#define LABEL_MESSAGE_ID "meldluik/v1/message-id"

/* HMAC under the tag key: tag of a slot */
#define LABEL_SLOT "meldluik/v1/slot"

/* Hashed first: commitment to a paper share, set of shares, typed line */
#define LABEL_SHARE "meldluik/v1/share"
#define LABEL_SHARE_SET "meldluik/v1/share-set"
#define LABEL_SHARE_LINE "meldluik/v1/share-line"

/* age v1 and HPKE (RFC 9180): fixed by those specifications */
#define LABEL_AGE_HEADER "header"
#define LABEL_AGE_PAYLOAD "payload"
#define LABEL_AGE_SCRYPT "age-encryption.org/v1/scrypt"
#define LABEL_AGE_HYBRID "age-encryption.org/mlkem768x25519"
#define LABEL_HPKE_VERSION "HPKE-v1"

#endif
