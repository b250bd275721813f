// SPDX-License-Identifier: GPL-2.0-only
/*
 * The destination's half of a stream: every byte that is written is checked,
 * and an image that was cut is seen by what it lacks.
 */
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "stream.h"

/* Takes what belongs to a head into stream->head; true once it is whole. */
static bool gather(struct lab_stream *stream, const u8 **from, size_t *count, u32 wanted)
{
	u32 part = min_t(size_t, *count, wanted - stream->head_len);

	lab_head_add(stream, *from, part);
	*from += part;
	*count -= part;
	stream->pos += part;
	if (stream->head_len < wanted)
		return false;
	stream->head_len = 0;
	return true;
}

static int mismatch(struct lab_stream *stream, u64 pos, u8 seen)
{
	lab_note(stream->shared, LAB_MISMATCH, ktime_get_ns(), LAB_NO_STATE, LAB_NO_STATE, seen, pos,
		 lab_pattern_byte(stream->seed, pos));
	return -EINVAL;
}

/* Checks a stretch of the stream; stream->pos ends behind what was good. */
static int take(struct lab_stream *stream, const u8 *from, size_t count)
{
	const u8 *head = stream->head;
	size_t part, good;

	while (count) {
		switch (stream->parse) {
		case LAB_AT_HEADER:
			if (!gather(stream, &from, &count, LAB_HEADER_BYTES))
				break;
			if (get_unaligned_le64(head) != HEADER_MAGIC || get_unaligned_le64(head + 8) != 1 ||
			    get_unaligned_le64(head + LAB_HEADER_BYTES - 8) != lab_header_check(head))
				return mismatch(stream, 0, head[0]);
			stream->seed = get_unaligned_le64(head + 16);
			stream->state_bytes = get_unaligned_le64(head + 24);
			stream->parse = LAB_AT_RECORD;
			break;
		case LAB_AT_RECORD:
			if (!gather(stream, &from, &count, LAB_RECORD_BYTES))
				break;
			stream->record_type = get_unaligned_le32(head + 4);
			stream->payload_left = get_unaligned_le64(head + 8) - LAB_RECORD_BYTES;
			if (get_unaligned_le32(head) != RECORD_MAGIC || stream->record_type < RECORD_INITIAL ||
			    stream->record_type > RECORD_END || get_unaligned_le64(head + 8) < LAB_RECORD_BYTES ||
			    get_unaligned_le64(head + 16) != stream->record_seq++)
				return mismatch(stream, stream->pos - LAB_RECORD_BYTES, head[0]);
			if (stream->record_type == RECORD_END) {
				if (stream->payload_left || get_unaligned_le64(head + 24) != stream->pos)
					return mismatch(stream, stream->pos - LAB_RECORD_BYTES, head[0]);
				stream->complete = true;
				stream->parse = LAB_AT_END;
			} else if (stream->payload_left) {
				stream->parse = LAB_AT_PAYLOAD;
			}
			break;
		case LAB_AT_PAYLOAD:
			part = min_t(u64, count, stream->payload_left);
			good = lab_pattern_check(from, stream->seed, stream->pos, part);
			stream->pos += good;
			if (good < part)
				return mismatch(stream, stream->pos, from[good]);
			stream->payload_left -= part;
			from += part;
			count -= part;
			if (!stream->payload_left)
				stream->parse = LAB_AT_RECORD;
			break;
		case LAB_AT_END:
			/* More than a device's state is more than it takes. */
			return -ENOMEM;
		}
	}
	return 0;
}

static ssize_t accept(struct lab_stream *stream, const char __user *from, size_t most)
{
	size_t done = 0;
	int error;

	while (done < most) {
		size_t count = min_t(size_t, LAB_BOUNCE_BYTES, most - done);

		if (copy_from_user(stream->bounce, from + done, count))
			return done ?: -EFAULT;
		error = take(stream, stream->bounce, count);
		if (error) {
			stream->failed = true;
			return error;
		}
		done += count;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

ssize_t lab_stream_write(struct file *file, const char __user *from, size_t count, loff_t *unused)
{
	struct lab_stream *stream = file->private_data;
	struct lab_shared *shared = stream->shared;
	u64 begin = ktime_get_ns(), at, most, wait_ns;
	ssize_t ret;
	int error;

	if (mutex_lock_interruptible(&stream->lock))
		return -ERESTARTSYS;
	at = stream->pos;
	while (true) {
		int change = atomic_read_acquire(&shared->change);

		most = count;
		error = 0;
		if (stream->dead || stream->failed) {
			ret = -ENODEV;
			break;
		}
		if (!count) {
			ret = 0;
			break;
		}
		if (lab_fault_due(stream, false, &most, &error)) {
			stream->failed = true;
			ret = error;
			break;
		}
		wait_ns = lab_hold_back(stream, false, &most);
		if (wait_ns) {
			ret = lab_doze(stream, file, wait_ns, change);
			if (ret)
				break;
			continue;
		}
		at = stream->pos;
		ret = accept(stream, from, most);
		if (ret > 0)
			lab_pace(stream, false, ret);
		break;
	}
	lab_note(shared, LAB_WRITE, begin, LAB_NO_STATE, LAB_NO_STATE, ret, at, count);
	mutex_unlock(&stream->lock);
	return ret;
}

/* RESUMING to STOP: is what was written a whole state? */
int lab_stream_load(struct lab_stream *stream, u64 *seed, u64 *bytes)
{
	struct lab_shared *shared = stream->shared;
	bool whole;
	int ret = 0;

	mutex_lock(&stream->lock);
	whole = stream->complete || (!stream->pos && !lab_knob(shared, state_bytes));
	if (stream->failed || (!whole && !lab_knob(shared, accept_cut)))
		ret = -EINVAL;
	if (stream->parse != LAB_AT_HEADER)
		*seed = stream->seed;
	*bytes = stream->pos;
	mutex_unlock(&stream->lock);
	return ret;
}
