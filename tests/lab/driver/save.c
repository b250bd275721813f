// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source's half of a stream: what is initial, dirty and left, records
 * made up as they are read.
 */
#include <linux/math64.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "stream.h"

void lab_dirty_update(struct lab_stream *stream)
{
	u64 rate = lab_knob(stream->shared, dirty_bps), now = ktime_get_ns(), more;

	if (!stream->running || !rate) {
		stream->dirty_ns = now;
		return;
	}
	more = mul_u64_u64_div_u64(min(now - stream->dirty_ns, 3600 * (u64)NSEC_PER_SEC), rate, NSEC_PER_SEC);
	if (!more)
		return;
	stream->dirty = min(stream->dirty + more, stream->dirty_cap);
	stream->dirty_ns = now;
}

/* Whether the device changes its state now: it does in PRE_COPY, and no longer in PRE_COPY_P2P. */
void lab_stream_run(struct lab_stream *stream, bool running)
{
	mutex_lock(&stream->lock);
	lab_dirty_update(stream);
	stream->running = running;
	mutex_unlock(&stream->lock);
}

/* PRE_COPY or PRE_COPY_P2P to STOP_COPY: what is left now is all that will come. */
void lab_stream_stop(struct lab_stream *stream)
{
	mutex_lock(&stream->lock);
	lab_dirty_update(stream);
	stream->running = false;
	stream->phase = LAB_FINAL;
	stream->final_left = stream->state_bytes - min(stream->state_bytes, stream->sent) + stream->dirty;
	stream->initial_left = 0;
	stream->dirty = 0;
	mutex_unlock(&stream->lock);
	lab_wake(stream->shared);
}

/* Bytes of the record that was begun and not yet read. */
u64 lab_begun_left(const struct lab_stream *stream)
{
	return stream->head_len - stream->head_off + stream->payload_left;
}

/* What a stop now would have to move. */
u64 lab_stream_remaining(struct lab_stream *stream)
{
	u64 left;

	mutex_lock(&stream->lock);
	lab_dirty_update(stream);
	left = lab_begun_left(stream);
	if (stream->phase == LAB_PRECOPY)
		left += stream->state_bytes - min(stream->state_bytes, stream->sent) + stream->dirty;
	else
		left += stream->final_left;
	mutex_unlock(&stream->lock);
	return left;
}

/* New initial data, as after a reconfiguration; what was dirty counts from here. */
void lab_stream_reinit(struct lab_stream *stream, u64 bytes)
{
	mutex_lock(&stream->lock);
	if (stream->phase == LAB_PRECOPY && bytes >= LAB_RECORD_BYTES && stream->sent) {
		u64 room = LAB_MAX_STATE_BYTES - min(LAB_MAX_STATE_BYTES, stream->initial_left);

		bytes = min(bytes, room);
		stream->initial_left += bytes;
		/* As much as goes twice is more than the state: it does not shrink what the stop has to move. */
		stream->state_bytes += bytes;
		stream->dirty = 0;
		stream->reinit = true;
	}
	mutex_unlock(&stream->lock);
	lab_wake(stream->shared);
}

void lab_head_add(struct lab_stream *stream, const void *bytes, u32 count)
{
	memcpy(stream->head + stream->head_len, bytes, count);
	stream->head_len += count;
}

/* Begins a record of length bytes, which count its own head and, in the first one, the stream's. */
static void begin_record(struct lab_stream *stream, u32 type, u64 length, u64 value)
{
	u8 bytes[LAB_HEADER_BYTES] = {};

	stream->head_len = 0;
	stream->head_off = 0;
	if (!stream->pos) {
		put_unaligned_le64(HEADER_MAGIC, bytes);
		put_unaligned_le64(1, bytes + 8);
		put_unaligned_le64(stream->seed, bytes + 16);
		put_unaligned_le64(stream->state_bytes, bytes + 24);
		put_unaligned_le64(lab_header_check(bytes), bytes + LAB_HEADER_BYTES - 8);
		lab_head_add(stream, bytes, LAB_HEADER_BYTES);
		length -= LAB_HEADER_BYTES;
		memset(bytes, 0, sizeof(bytes));
	}
	put_unaligned_le32(RECORD_MAGIC, bytes);
	put_unaligned_le32(type, bytes + 4);
	put_unaligned_le64(length, bytes + 8);
	put_unaligned_le64(stream->record_seq++, bytes + 16);
	put_unaligned_le64(value, bytes + 24);
	lab_head_add(stream, bytes, LAB_RECORD_BYTES);
	stream->record_type = type;
	stream->payload_left = length - LAB_RECORD_BYTES;
}

/* Sees to it that something is begun, if there is anything. False: nothing now, or nothing ever. */
bool lab_have_data(struct lab_stream *stream)
{
	u64 length;

	if (lab_begun_left(stream))
		return true;
	lab_dirty_update(stream);
	if (stream->phase == LAB_PRECOPY) {
		if (stream->initial_left) {
			length = stream->initial_left;
			stream->initial_left = 0;
			stream->sent += length;
			begin_record(stream, RECORD_INITIAL, length, 0);
			return true;
		}
		/* A device without initial data sends its header with the rest. */
		if (stream->dirty >= DIRTY_GRAIN) {
			length = min(round_down(stream->dirty, DIRTY_GRAIN), MOST_DIRTY_RECORD);
			stream->dirty -= length;
			begin_record(stream, RECORD_DIRTY, length, 0);
			return true;
		}
		return false;
	}
	if (stream->end_sent || !stream->state_bytes)
		return false;
	if (lab_knob(stream->shared, endless)) {
		begin_record(stream, RECORD_FINAL, 1 << 30, 0);
		return true;
	}
	if (stream->final_left > LAB_RECORD_BYTES) {
		length = stream->final_left - LAB_RECORD_BYTES;
		stream->final_left = LAB_RECORD_BYTES;
		begin_record(stream, RECORD_FINAL, length, 0);
		return true;
	}
	stream->final_left = 0;
	stream->end_sent = true;
	begin_record(stream, RECORD_END, LAB_RECORD_BYTES, stream->pos + LAB_RECORD_BYTES);
	return true;
}

static ssize_t emit(struct lab_stream *stream, char __user *to, size_t most)
{
	u64 corrupt = lab_knob(stream->shared, corrupt_at);
	size_t done = 0;

	while (done < most && lab_have_data(stream)) {
		u32 head = stream->head_len - stream->head_off;
		size_t count;
		u8 *from;

		if (head) {
			count = min_t(size_t, head, most - done);
			from = stream->head + stream->head_off;
		} else {
			count = min3((u64)LAB_BOUNCE_BYTES, stream->payload_left, (u64)(most - done));
			from = stream->bounce;
			lab_pattern_fill(from, stream->seed, stream->pos, count);
		}
		if (corrupt > stream->pos && corrupt <= stream->pos + count)
			from[corrupt - 1 - stream->pos] ^= 0xff;
		if (copy_to_user(to + done, from, count))
			return done ?: -EFAULT;
		if (head)
			stream->head_off += count;
		else
			stream->payload_left -= count;
		stream->pos += count;
		done += count;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

ssize_t lab_stream_read(struct file *file, char __user *to, size_t count, loff_t *unused)
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
		u64 eof = lab_knob(shared, eof_at);

		at = stream->pos;
		most = count;
		error = 0;
		if (stream->dead) {
			ret = -ENODEV;
			break;
		}
		if (!count || (eof && stream->pos >= eof)) {
			ret = 0;
			break;
		}
		if (eof)
			most = min(most, eof - stream->pos);
		if (lab_fault_due(stream, true, &most, &error)) {
			ret = error;
			break;
		}
		if (!lab_have_data(stream)) {
			ret = stream->phase == LAB_PRECOPY && !lab_knob(shared, precopy_zero) ? -ENOMSG : 0;
			break;
		}
		wait_ns = lab_hold_back(stream, true, &most);
		if (wait_ns) {
			ret = lab_doze(stream, file, wait_ns, change);
			if (ret)
				break;
			continue;
		}
		ret = emit(stream, to, most);
		if (ret > 0)
			lab_pace(stream, true, ret);
		break;
	}
	lab_note(shared, LAB_READ, begin, LAB_NO_STATE, LAB_NO_STATE, ret, at, count);
	mutex_unlock(&stream->lock);
	return ret;
}
