/* SPDX-License-Identifier: EUPL-1.2 */
/* Does a copy survive what ends the original? */
#ifndef DECRYPTOR_MEDIUM_H
#define DECRYPTOR_MEDIUM_H

#include <stdbool.h>

/*
 * medium_second(home, there): is what lies open as ${there} on another medium
 * than the folder ${home}? Not in memory, which a power cut empties, and on no
 * disk that also holds ${home}, as far as the system tells which disk lies
 * under a partition, a mapper or a RAID.
 *
 * Caveats: a container file on the same disk, and a partition beside a Btrfs
 * that spans it, look like disks of their own.
 */
bool medium_second(int home, int there);

#endif
