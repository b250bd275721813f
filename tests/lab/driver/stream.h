/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The form of a stream, for those who make and check it.
 *
 * A stream is a header, then records; a record's length counts its own 32
 * bytes, and the first one's also the header, so that what was announced is
 * what is read. The last record is empty and carries the length of all.
 */
#ifndef MIGLAB_STREAM_H
#define MIGLAB_STREAM_H

#include "miglab.h"

#define HEADER_MAGIC 0x314241204c47494dULL
#define RECORD_MAGIC 0x4352474dU
#define DIRTY_GRAIN 4096ULL
#define MOST_DIRTY_RECORD (1ULL << 20)

enum { RECORD_INITIAL = 1, RECORD_DIRTY, RECORD_FINAL, RECORD_END };

/* pattern.c */
u8 lab_pattern_byte(u64 seed, u64 pos);
void lab_pattern_fill(u8 *to, u64 seed, u64 pos, size_t count);
size_t lab_pattern_check(const u8 *from, u64 seed, u64 pos, size_t count);
u64 lab_header_check(const u8 *head);

/* stream.c; all under the stream's lock */
u64 lab_hold_back(struct lab_stream *stream, bool reading, u64 *most);
void lab_pace(struct lab_stream *stream, bool reading, u64 moved);
int lab_doze(struct lab_stream *stream, struct file *file, u64 wait_ns, int change);
bool lab_fault_due(struct lab_stream *stream, bool reading, u64 *most, int *error);

/* save.c */
void lab_dirty_update(struct lab_stream *stream);
u64 lab_begun_left(const struct lab_stream *stream);
bool lab_have_data(struct lab_stream *stream);
void lab_head_add(struct lab_stream *stream, const void *bytes, u32 count);
ssize_t lab_stream_read(struct file *file, char __user *to, size_t count, loff_t *unused);

/* load.c */
ssize_t lab_stream_write(struct file *file, const char __user *from, size_t count, loff_t *unused);

#endif
