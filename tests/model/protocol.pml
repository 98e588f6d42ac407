/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The way of a report between processes that can crash, media that can be
 * lost and a courier who may lie: report -> manifest -> import -> backup ->
 * confirmation -> erasure, and reply -> lane -> posted. README.md says which
 * function each step stands for.
 *
 * Desk 0 has two machines: 0 (coordinator) and 1 (the deputy who takes over,
 * or a new machine on which a backup is restored). Desk 1 confirms whatever
 * it likes, up and down: desk 0 must be safe beside it. Envelope 0 is for
 * desk 0, envelope 1 for another or chaff: both must be read by all. With
 * WEEKS=2 envelope 1 is for desk 0 too, of the week after.
 *
 * The courier brings any bundle ever made, again and in any order, any
 * prefix of the chain and any subset of the bodies. Signatures are taken for
 * granted: a bundle that nobody signed does not exist here.
 *
 * MUTANT=n takes guard n away; every mutant must break a property.
 */
#ifndef MUTANT
#define MUTANT 0
#endif
#ifndef FOCUS
#define FOCUS 1 /* 1: what is kept and erased; 2: what is posted */
#endif
#ifndef TAKEOVERS
#define TAKEOVERS 1
#endif
#define ENVELOPES 2
#define SERIALS 2   /* manifests */
#ifndef BUNDLES
#define BUNDLES 2 /* outbound bundles of one machine, at most 3 */
#endif
#define MACHINES 2
#define BIT(e) (1 << (e))
#ifndef KEYS
#define KEYS 0 /* 1: machines have keys of the week, which end */
#endif
#ifndef WEEKS
#define WEEKS 1 /* of KEYS */
#endif
#ifndef DENY
#define DENY 0 /* 1: the gateway tells once of a take-over that was none */
#endif
#ifndef ANEW
#define ANEW 0 /* 1: the gateway's store is lost once, before envelope 0 */
#endif
#ifndef START
#define START 0 /* 1: a machine with no backup may be followed by --start */
#endif

/* --- gateway (gateway/store) --- */
byte stored, receipted, marked, erased; /* sets of envelopes */
byte listed[ENVELOPES];                 /* manifest that names it; 0 none */
byte head;                              /* newest manifest */
byte confirmed[2];                      /* as each desk said last */
byte tenure_at, serial_at, maker_at;    /* applied bundle of desk 0 */
byte manifest_tenure[4];                /* of desk 0, as each manifest says */
byte manifest_serial[4], manifest_maker[4];
byte published;         /* machines with a key in the week's file */
byte sealed_to[WEEKS];  /* machines whose key opens envelope 0, 1 */
byte closed_by[WEEKS];  /* manifest that calls the week over; 0 none */
bool lied, anew;

/* --- machines (keys/decryptor) --- */
bool works[MACHINES];
byte told[MACHINES];    /* a tenure above its own; 0: none. Else read-only */
byte imported[MACHINES], held[MACHINES], backed[MACHINES];
byte opened[MACHINES];  /* of ours, has the text; held: counts as read */
byte tenure[MACHINES], out[MACHINES];
byte draft[MACHINES];   /* bundle that first carried the reply; 0: none */
bool posted[MACHINES];
/* the newest backup, on a medium of its own */
byte copy_imported, copy_held, copy_tenure, copy_out,
    copy_backed;
byte copy_opened;
byte ever_copied;       /* envelopes in any backup ever made */
byte key[MACHINES];     /* of the weeks */
byte written_off;       /* envelopes that two people gave up, by name */
byte takeovers;

/* --- every outbound bundle ever made --- */
typedef bundle { bool made; byte tenure, confirmed; bool reply };
typedef bundles { bundle b[4] }; /* by serial 1..BUNDLES */
bundles sent[MACHINES];
bool reply_live;        /* the lane in public carries the reply */

byte at; /* scratch, 0 between steps */

/* Highest manifest of ${m} up to which every body was read */
#define READ(m, e, upto) \
	(listed[e] == 0 || listed[e] > (upto) || (held[m] & BIT(e)) != 0)
#define COMPLETE_TO(m, upto) (READ(m, 0, upto) && READ(m, 1, upto))
inline complete(m) {
	at = 0;
	if
	:: imported[m] >= 3 && COMPLETE_TO(m, 3) -> at = 3
	:: imported[m] == 2 && COMPLETE_TO(m, 2) -> at = 2
	:: imported[m] >= 3 && !COMPLETE_TO(m, 3) && COMPLETE_TO(m, 2) ->
		at = 2
	:: else ->
		if
		:: imported[m] >= 1 && COMPLETE_TO(m, 1) -> at = 1
		:: else
		fi
	fi
}

inline receipt(e) {
	if
	:: e < WEEKS -> sealed_to[e % WEEKS] = published
	:: else
	fi;
	stored = stored | BIT(e);
	receipted = receipted | BIT(e)
}

inline cut() {
	head++;
	if
	:: (stored & 1) && listed[0] == 0 -> listed[0] = head
	:: else
	fi;
	if
	:: (stored & 2) && listed[1] == 0 -> listed[1] = head
	:: else
	fi;
	manifest_tenure[head] = tenure_at;
	manifest_serial[head] = serial_at;
	manifest_maker[head] = maker_at
}

/* Every desk with a block in the epoch confirmed a manifest that lists it */
#if MUTANT == 1
#define DUE(e) (listed[e] != 0 && (confirmed[0] >= listed[e] || \
	confirmed[1] >= listed[e]))
#else
#define DUE(e) (listed[e] != 0 && confirmed[0] >= listed[e] && \
	confirmed[1] >= listed[e])
#endif
inline daily_one(e) {
	if
	:: (stored & BIT(e)) && !DUE(e) -> marked = marked & ~BIT(e)
	:: (stored & BIT(e)) && DUE(e) && !(marked & BIT(e)) ->
		marked = marked | BIT(e)
	:: (stored & BIT(e)) && DUE(e) && (marked & BIT(e)) ->
		stored = stored & ~BIT(e);
		erased = erased | BIT(e);
		/* P3: what is erased is in a backup of its desk */
		assert(e >= WEEKS || (ever_copied & BIT(e)) ||
		    (written_off & BIT(e)))
	:: else
	fi
}

#if MUTANT == 2
#define NEWER(t, s) (true)
#else
#define NEWER(t, s) ((t) > tenure_at || \
	((t) == tenure_at && (s) > serial_at))
#endif
inline apply(m, s) {
	if
	:: NEWER(sent[m].b[s].tenure, s) ->
		/* P9: a desk's board never goes back */
		assert(sent[m].b[s].tenure > tenure_at ||
		    (sent[m].b[s].tenure == tenure_at &&
		    s > serial_at));
		tenure_at = sent[m].b[s].tenure;
		serial_at = s;
		maker_at = m;
		confirmed[0] = sent[m].b[s].confirmed;
		published = published | BIT(m); /* a bundle brings keys */
		reply_live = sent[m].b[s].reply
	:: else
	fi
}

/* What a manifest says of our own bundles */
#if MUTANT == 3
#define OURS(m, s) (true)
#else
#define OURS(m, s) (manifest_maker[s] == (m))
#endif
inline learn(m, s) {
	if
	:: manifest_tenure[s] > tenure[m] ->
		told[m] = manifest_tenure[s]
	:: manifest_tenure[s] == tenure[m] &&
	    draft[m] != 0 && manifest_serial[s] >= draft[m] && OURS(m, s) ->
		if
		:: !posted[m] ->
			posted[m] = true;
			/* `posted` is the legal fact: it was in public */
			assert(sent[m].b[manifest_serial[s]].reply)
		:: else
		fi
	:: else
	fi
}
/* Another desk's is known by its header; ours needs the key */
#define OPENS(m, e) (!KEYS || ((key[m] & BIT(e)) && \
	(sealed_to[(e) % WEEKS] & BIT(m))))
#if MUTANT == 8
#define READS(m, e) (true)
#else
#define READS(m, e) ((e) >= WEEKS || OPENS(m, e))
#endif
/* A backup counts up to where all was read, so this is the one guard */
#if MUTANT == 7
#define ALL_SAFE(m, w) (true)
#else
#define ALL_SAFE(m, w) (backed[m] >= closed_by[w])
#endif
#if MUTANT == 12
#define OF_WEEK(w) 3
#else
#define OF_WEEK(w) BIT(w)
#endif
inline end_key(m, w) {
	if
	:: (key[m] & BIT(w)) && closed_by[w] != 0 &&
	    imported[m] >= closed_by[w] && ALL_SAFE(m, w) ->
		key[m] = key[m] & ~OF_WEEK(w);
		/* P7 takes nothing from P3: what it opened is in a backup */
		assert(!(sealed_to[w] & BIT(m)) || (ever_copied & BIT(w)) ||
		    (written_off & BIT(w)))
	:: else
	fi
}
#define CAME(e, s, set) ((stored & (set) & BIT(e)) && listed[e] != 0 && \
	listed[e] <= (s))
/* Of the bodies not erased, up to manifest s, those in ${set} come along. Then
 * the key of a week that is over goes, once all of it was read and is in a
 * backup. */
inline import(m, s, set) {
	if
	:: imported[m] < s -> imported[m] = s; learn(m, s)
	:: else
	fi;
	opened[m] = opened[m] | (CAME(0, s, set) && OPENS(m, 0) -> 1 : 0) |
	    (WEEKS == 2 && CAME(1, s, set) && OPENS(m, 1) -> 2 : 0);
	held[m] = held[m] | (CAME(0, s, set) && READS(m, 0) -> 1 : 0) |
	    (CAME(1, s, set) && READS(m, 1) -> 2 : 0);
	end_key(m, 0);
#if WEEKS == 2
	end_key(m, 1)
#endif
}

/* What no key of this machine opens is named, and two people sign for it */
inline write_off(m, e) {
	if
	:: KEYS && !(held[m] & BIT(e)) && listed[e] != 0 &&
	    listed[e] <= imported[m] && !OPENS(m, e) ->
		written_off = written_off | BIT(e);
		held[m] = held[m] | BIT(e)
	:: else
	fi
}

inline backup(m) {
	complete(m);
	backed[m] = (backed[m] > at -> backed[m] : at);
	copy_imported = imported[m];
	copy_held = held[m];
	copy_tenure = tenure[m];
	copy_out = out[m];
	copy_backed = at;
	copy_opened = opened[m];
	ever_copied = ever_copied | opened[m];
	at = 0
}

/* The number of the next bundle: above all that a manifest tells of, because
 * a restored machine does not know what it exported since its backup */
inline number(m) {
#if MUTANT != 6
	if
	:: imported[m] != 0 &&
	    manifest_tenure[imported[m]] == tenure[m] &&
	    manifest_serial[imported[m]] > out[m] ->
		out[m] = manifest_serial[imported[m]]
	:: else
	fi;
#endif
	out[m]++
}

inline export(m) {
	number(m);
	complete(m);
	sent[m].b[out[m]].made = true;
	sent[m].b[out[m]].tenure = tenure[m];
#if MUTANT == 4
	sent[m].b[out[m]].confirmed = at;
#elif MUTANT == 5
	sent[m].b[out[m]].confirmed = imported[m];
#else
	sent[m].b[out[m]].confirmed = (at < backed[m] -> at : backed[m]);
#endif
	at = 0;
#if FOCUS == 2
	if
	:: (held[m] & 1) && draft[m] == 0 -> draft[m] = out[m]
	:: else
	fi;
#endif
	sent[m].b[out[m]].reply = (draft[m] != 0)
}

/* Machine 0 is lost, or its holder away: the deputy goes on from the newest
 * backup with a higher tenure, or (same_tenure) the coordinator restores it
 * on a new machine. Machine 0 may still be there, and so are its bundles. */
inline go_on(same_tenure) {
	takeovers++;
	works[1] = true;
	imported[1] = copy_imported;
	held[1] = copy_held;
	opened[1] = copy_opened;
	backed[1] = copy_backed;
#ifdef CALM
	works[0] = false; /* nobody works on beside the one who goes on */
#endif
	if
	:: same_tenure ->
		works[0] = false;
		tenure[1] = copy_tenure;
		out[1] = copy_out
	:: else -> tenure[1] = copy_tenure + 1
	fi
}

#define WORKS(m) (works[m] && told[m] == 0)

/* The gateway says that another machine took over, and takes no bundle that
 * is not above that, as if it had applied one of nobody's */
inline lie() {
	lied = true;
	tenure_at++;
	maker_at = MACHINES
}

/* A holder's word that nobody did: above what was told. She may be wrong. */
inline deny(m) {
#if MUTANT != 9
	tenure[m] = told[m] + 1;
#endif
	told[m] = 0
}

/* Machine 0 is gone and no backup is at hand: a home made with the sheets goes
 * on at what the gateway's fetch begins with, because the desk has confirmed
 * all before it; two people look that it does. */
inline start_at(n) {
	takeovers++;
	works[0] = false;
	works[1] = true;
	imported[1] = n - 1;
	held[1] = (listed[0] != 0 && listed[0] < n -> 1 : 0) |
	    (listed[1] != 0 && listed[1] < n -> 2 : 0);
	tenure[1] = manifest_tenure[n] + 1
}
#if MUTANT == 11
#define BEGINS(n) (head >= (n))
#else
#define BEGINS(n) (head >= (n) && confirmed[0] == (n) - 1)
#endif

/*
 * The store is lost and the gateway made anew: it knows no bundle, no
 * confirmation and no body, and a body of before is waited for no more. Its
 * manifests have numbers above all of before; the courier still has the
 * bundles of before.
 */
inline make_anew() {
	anew = true;
	stored = 0; marked = 0;
	listed[1] = 0;
	confirmed[0] = 0; confirmed[1] = 0;
	tenure_at = 0; serial_at = 0; maker_at = 0;
#if MUTANT == 10
	head = 0;
#endif
	reply_live = false
}

/* From here on everybody is honest and nothing is lost: then the gateway takes
 * the next bundle, and everything that was receipted is read, backed up,
 * confirmed and erased within one round. */
inline calm(m) {
	cut();
	import(m, head, 3);
#if DENY
	if
	:: told[m] != 0 -> deny(m)
	:: else
	fi;
#endif
	assert(told[m] == 0);
	/* the coordinator's own machine had the keys until all was read */
	assert(m != 0 || (stored & ~held[m] & (WEEKS == 2 -> 3 : 1)) == 0);
	write_off(m, 0);
#if WEEKS == 2
	write_off(m, 1);
#endif
#if START
	/* what a late bundle of the machine before had erased comes no more:
	 * two people write it off by name (lost.c) */
	held[m] = held[m] | erased;
#endif
	backup(m);
	import(m, head, 0);
	assert(closed_by[0] == 0 || !(key[m] & 1)); /* P7: a week that is over */
	assert(WEEKS == 1 || closed_by[WEEKS - 1] == 0 || !(key[m] & 2));
	number(m);
	assert(NEWER(tenure[m], out[m]));
	complete(m);
	confirmed[0] = (at < backed[m] -> at : backed[m]);
	at = 0;
	confirmed[1] = head;
	daily_one(0); daily_one(1); daily_one(0); daily_one(1);
	assert(stored == 0)
}

#define IMPORT(m, s, set) \
	:: d_step { WORKS(m) && head >= s -> import(m, s, set) }
#if FOCUS == 1
#define IMPORTS(m, s) \
	IMPORT(m, s, 0) IMPORT(m, s, 1) IMPORT(m, s, 2) IMPORT(m, s, 3)
#else
#define IMPORTS(m, s) IMPORT(m, s, 0) IMPORT(m, s, 1)
#endif
#define DESKWORK(m) \
	IMPORTS(m, 1) IMPORTS(m, 2) \
	:: d_step { WORKS(m) && imported[m] != 0 -> backup(m) } \
	:: d_step { WORKS(m) && out[m] < BUNDLES && (imported[m] == 0 || \
	    manifest_serial[imported[m]] < BUNDLES) -> export(m) }
#define DELIVER(m, s) \
	:: d_step { sent[m].b[s].made && \
	    NEWER(sent[m].b[s].tenure, s) -> apply(m, s) }

active proctype world() {
	d_step {
		tenure[0] = 1; tenure[1] = 1;
		copy_tenure = 1;
		works[0] = true;
		key[0] = BIT(WEEKS) - 1; key[1] = BIT(WEEKS) - 1;
		published = 1
	}
#if KEYS
	if
	:: published = 3 /* machine 1 is a deputy's, who published a key */
	:: skip
	fi;
#endif
	do
	:: d_step { !(receipted & 1) && closed_by[0] == 0 -> receipt(0) }
	:: d_step { head < SERIALS -> cut() }
#if KEYS
	:: d_step { head < SERIALS && closed_by[0] == 0 ->
		cut(); closed_by[0] = head }
	:: d_step { WORKS(0) -> write_off(0, 0) }
	:: d_step { WORKS(1) -> write_off(1, 0) }
#if WEEKS == 2
	:: d_step { head < SERIALS && closed_by[1] == 0 ->
		cut(); closed_by[1] = head;
		closed_by[0] = (closed_by[0] == 0 -> head : closed_by[0]) }
	:: d_step { WORKS(0) -> write_off(0, 1) }
	:: d_step { WORKS(1) -> write_off(1, 1) }
#endif
#endif
	DESKWORK(0)
	DESKWORK(1)
	DELIVER(0, 1) DELIVER(0, 2) DELIVER(0, 3)
	DELIVER(1, 1) DELIVER(1, 2) DELIVER(1, 3)
#if FOCUS == 1
	:: d_step { !(receipted & 2) && (WEEKS == 1 ||
	    closed_by[WEEKS - 1] == 0) -> receipt(1) }
	:: d_step { (stored & marked) || DUE(0) || DUE(1) ->
		daily_one(0); daily_one(1) }
	:: d_step { confirmed[1] < head -> confirmed[1]++ }
	:: d_step { confirmed[1] > 0 -> confirmed[1]-- }
#endif
#if DENY
	:: d_step { !lied -> lie() }
	:: d_step { works[0] && told[0] != 0 -> deny(0) }
	:: d_step { works[1] && told[1] != 0 -> deny(1) }
#endif
#if ANEW
	:: d_step { !anew && !(receipted & 1) && head != 0 -> make_anew() }
#endif
#if START
	:: d_step { !works[1] && takeovers < TAKEOVERS && BEGINS(1) ->
		start_at(1) }
	:: d_step { !works[1] && takeovers < TAKEOVERS && BEGINS(2) ->
		start_at(2) }
#endif
#ifdef CALM
	:: d_step { WORKS(0) && !works[1] -> calm(0) }; break
	:: d_step { WORKS(1) -> calm(1) }; break
#endif
	:: d_step { works[0] && takeovers < TAKEOVERS -> works[0] = false }
	:: d_step { !works[1] && takeovers < TAKEOVERS -> go_on(0) }
	:: d_step { !works[1] && takeovers < TAKEOVERS && published != 3 ->
		go_on(1) }
	od
}

