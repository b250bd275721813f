// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data stream: made up as it is read, checked byte by byte as it is
 * written.
 *
 * A stream is a header, then records; a record's length counts its own 32
 * bytes, and the first one's also the header, so that what was announced is
 * what is read. A payload byte depends on the device's seed and on its place
 * in the stream alone. The last record is empty and carries the length of all:
 * an image that was cut is seen by what it lacks.
 */
#include <linux/anon_inodes.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "miglab.h"

#define HEADER_MAGIC 0x314241204c47494dULL
#define RECORD_MAGIC 0x4352474dU
#define DIRTY_GRAIN 4096ULL
#define MOST_DIRTY_RECORD (1ULL << 20)

enum { RECORD_INITIAL = 1, RECORD_DIRTY, RECORD_FINAL, RECORD_END };

static u64 pattern_word(u64 seed, u64 index)
{
	u64 word = (index ^ seed) * 0x9e3779b97f4a7c15ULL;

	return word ^ (word >> 29);
}

static u8 pattern_byte(u64 seed, u64 pos)
{
	return pattern_word(seed, pos >> 3) >> (8 * (pos & 7));
}

static void pattern_fill(u8 *to, u64 seed, u64 pos, size_t count)
{
	for (; count && (pos & 7); count--)
		*to++ = pattern_byte(seed, pos++);
	for (; count >= 8; count -= 8, pos += 8, to += 8)
		put_unaligned_le64(pattern_word(seed, pos >> 3), to);
	for (; count; count--)
		*to++ = pattern_byte(seed, pos++);
}

/* Index of the first byte that differs, or count. */
static size_t pattern_check(const u8 *from, u64 seed, u64 pos, size_t count)
{
	size_t i = 0;

	for (; i < count && ((pos + i) & 7); i++)
		if (from[i] != pattern_byte(seed, pos + i))
			return i;
	for (; count - i >= 8; i += 8)
		if (get_unaligned_le64(from + i) != pattern_word(seed, (pos + i) >> 3))
			break;
	for (; i < count; i++)
		if (from[i] != pattern_byte(seed, pos + i))
			return i;
	return count;
}

static u64 header_check(const u8 *head)
{
	u64 sum = HEADER_MAGIC;
	int i;

	for (i = 0; i < LAB_HEADER_BYTES - 8; i += 8)
		sum = pattern_word(sum, get_unaligned_le64(head + i));
	return sum;
}

/* ------------------------------------------------------------ life */

static struct kmem_cache *stream_cache;

int lab_stream_init(void)
{
	/* Of a stream, only the head is copied to users. */
	stream_cache = KMEM_CACHE_USERCOPY(lab_stream, SLAB_NO_MERGE | SLAB_ACCOUNT, head);
	return stream_cache ? 0 : -ENOMEM;
}

void lab_stream_exit(void)
{
	kmem_cache_destroy(stream_cache);
}

static void stream_free(struct kref *ref)
{
	struct lab_stream *stream = container_of(ref, struct lab_stream, ref);

	timer_shutdown_sync(&stream->timer);
	lab_shared_put(stream->shared);
	kvfree(stream->bounce);
	mutex_destroy(&stream->lock);
	kmem_cache_free(stream_cache, stream);
}

void lab_stream_put(struct lab_stream *stream)
{
	kref_put(&stream->ref, stream_free);
}

/* Softirq: only wakes, and what it wakes is kept by our own reference, which ends the timer first. */
static void stream_timer(struct timer_list *timer)
{
	struct lab_stream *stream = container_of(timer, struct lab_stream, timer);

	wake_up_all(&stream->shared->wait);
}

/* How much of the state goes ahead of the stop; the rest has room for what ends a stream. */
static u64 initial_share(u64 state_bytes, u64 initial)
{
	u64 most = state_bytes - min(state_bytes, (u64)2 * LAB_RECORD_BYTES);

	if (!initial || most < LAB_HEADER_BYTES + LAB_RECORD_BYTES)
		return 0;
	return clamp(initial, (u64)LAB_HEADER_BYTES + LAB_RECORD_BYTES, most);
}

/* Under the device's state_lock. */
struct lab_stream *lab_stream_new(struct lab_device *dev, enum lab_phase phase)
{
	struct lab_shared *shared = dev->shared;
	struct lab_stream *stream = kmem_cache_zalloc(stream_cache, GFP_KERNEL_ACCOUNT);

	if (!stream)
		return ERR_PTR(-ENOMEM);
	stream->bounce = kvmalloc(LAB_BOUNCE_BYTES, GFP_KERNEL_ACCOUNT);
	if (!stream->bounce) {
		kmem_cache_free(stream_cache, stream);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&stream->ref);
	mutex_init(&stream->lock);
	timer_setup(&stream->timer, stream_timer, 0);
	kref_get(&shared->ref);
	stream->shared = shared;
	stream->dev = dev;
	stream->phase = phase;
	stream->seed = lab_knob(shared, seed);
	if (phase != LAB_RESUME) {
		u32 nth;

		stream->state_bytes = lab_knob(shared, state_bytes);
		spin_lock(&shared->lock);
		nth = ++shared->saves;
		spin_unlock(&shared->lock);
		if (lab_knob(shared, second_empty) && nth > 1)
			stream->state_bytes = 0;
	}
	if (phase == LAB_PRECOPY) {
		stream->initial_left = initial_share(stream->state_bytes, lab_knob(shared, initial_bytes));
		stream->dirty_cap = lab_knob(shared, dirty_cap) ?: stream->initial_left;
		if (!stream->state_bytes)
			stream->dirty_cap = 0;
		stream->running = true;
		stream->dirty_ns = ktime_get_ns();
	} else if (phase == LAB_FINAL) {
		stream->final_left = stream->state_bytes;
	}
	atomic_inc(&shared->sessions);
	return stream;
}

/* The session is over; whoever still has the file gets ENODEV. Drops the session's reference. */
void lab_stream_end(struct lab_stream *stream)
{
	mutex_lock(&stream->lock);
	stream->dead = true;
	stream->dev = NULL;
	mutex_unlock(&stream->lock);
	atomic_dec(&stream->shared->sessions);
	lab_wake(stream->shared);
	lab_stream_put(stream);
}

/* ------------------------------------------------------------ source */

static void dirty_update(struct lab_stream *stream)
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
	dirty_update(stream);
	stream->running = running;
	mutex_unlock(&stream->lock);
}

/* PRE_COPY or PRE_COPY_P2P to STOP_COPY: what is left now is all that will come. */
void lab_stream_stop(struct lab_stream *stream)
{
	mutex_lock(&stream->lock);
	dirty_update(stream);
	stream->running = false;
	stream->phase = LAB_FINAL;
	stream->final_left = stream->state_bytes - min(stream->state_bytes, stream->sent) + stream->dirty;
	stream->initial_left = 0;
	stream->dirty = 0;
	mutex_unlock(&stream->lock);
	lab_wake(stream->shared);
}

/* Bytes of the record that was begun and not yet read. */
static u64 begun_left(const struct lab_stream *stream)
{
	return stream->head_len - stream->head_off + stream->payload_left;
}

/* What a stop now would have to move. */
u64 lab_stream_remaining(struct lab_stream *stream)
{
	u64 left;

	mutex_lock(&stream->lock);
	dirty_update(stream);
	left = begun_left(stream);
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

static void head_add(struct lab_stream *stream, const void *bytes, u32 count)
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
		put_unaligned_le64(header_check(bytes), bytes + LAB_HEADER_BYTES - 8);
		head_add(stream, bytes, LAB_HEADER_BYTES);
		length -= LAB_HEADER_BYTES;
		memset(bytes, 0, sizeof(bytes));
	}
	put_unaligned_le32(RECORD_MAGIC, bytes);
	put_unaligned_le32(type, bytes + 4);
	put_unaligned_le64(length, bytes + 8);
	put_unaligned_le64(stream->record_seq++, bytes + 16);
	put_unaligned_le64(value, bytes + 24);
	head_add(stream, bytes, LAB_RECORD_BYTES);
	stream->record_type = type;
	stream->payload_left = length - LAB_RECORD_BYTES;
}

/* Sees to it that something is begun, if there is anything. False: nothing now, or nothing ever. */
static bool have_data(struct lab_stream *stream)
{
	u64 length;

	if (begun_left(stream))
		return true;
	dirty_update(stream);
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

/* ------------------------------------------------------------ pace, stalls, sleep */

/* 0: go on with up to *most bytes. Else the time to wait in ns, KTIME_MAX for ever. */
static u64 hold_back(struct lab_stream *stream, bool reading, u64 *most)
{
	struct lab_shared *shared = stream->shared;
	u64 stall = reading ? lab_knob(shared, stall_read) : lab_knob(shared, stall_write);
	u64 bps = reading ? lab_knob(shared, read_bps) : lab_knob(shared, write_bps);
	u64 chunk = reading ? lab_knob(shared, max_read) : lab_knob(shared, max_write);
	u64 now;

	if (chunk)
		*most = min(*most, chunk);
	if (stall) {
		if (stream->pos >= stall)
			return KTIME_MAX;
		*most = min(*most, stall - stream->pos);
	}
	if (!bps)
		return 0;
	now = ktime_get_ns();
	if (now < stream->next_ns)
		return stream->next_ns - now;
	*most = min(*most, max(bps / 50, 4096ULL));
	return 0;
}

static void pace(struct lab_stream *stream, bool reading, u64 moved)
{
	u64 bps = reading ? lab_knob(stream->shared, read_bps) : lab_knob(stream->shared, write_bps);
	u64 now = ktime_get_ns();

	if (!bps)
		return;
	/* A late reader may catch up a little, not all that it missed. */
	if (stream->next_ns + 50 * NSEC_PER_MSEC < now)
		stream->next_ns = now;
	stream->next_ns += mul_u64_u64_div_u64(moved, NSEC_PER_SEC, bps);
}

/*
 * Drops the lock, sleeps, takes it again. 0, or what the call ends with. Whoever looked at the stream read `change` before: what
 * happens after that look ends the sleep.
 */
static int doze(struct lab_stream *stream, struct file *file, u64 wait_ns, int change)
{
	struct lab_shared *shared = stream->shared;
	int ret;

	if ((file->f_flags & O_NONBLOCK) && lab_knob(shared, nonblock) != 1)
		return stream->phase == LAB_PRECOPY && lab_knob(shared, nonblock) == 2 ? -ENOMSG : -EAGAIN;
	mutex_unlock(&stream->lock);
	ret = wait_event_interruptible_hrtimeout(shared->wait, atomic_read(&shared->change) != change,
						 wait_ns == KTIME_MAX ? KTIME_MAX : ns_to_ktime(wait_ns));
	mutex_lock(&stream->lock);
	return ret == -ETIME ? 0 : ret;
}

static bool fault_due(struct lab_stream *stream, bool reading, u64 *most, int *error)
{
	struct lab_shared *shared = stream->shared;
	struct lab_faults *faults = &shared->faults;
	u64 *at = reading ? &faults->read_at : &faults->write_at;
	bool due = false;

	spin_lock(&shared->lock);
	if (*at && stream->pos >= *at) {
		*error = -(int)(reading ? faults->read_errno : faults->write_errno);
		*at = 0;
		due = true;
	} else if (*at) {
		*most = min(*most, *at - stream->pos);
	}
	spin_unlock(&shared->lock);
	return due;
}

/* ------------------------------------------------------------ read */

static ssize_t emit(struct lab_stream *stream, char __user *to, size_t most)
{
	u64 corrupt = lab_knob(stream->shared, corrupt_at);
	size_t done = 0;

	while (done < most && have_data(stream)) {
		u32 head = stream->head_len - stream->head_off;
		size_t count;
		u8 *from;

		if (head) {
			count = min_t(size_t, head, most - done);
			from = stream->head + stream->head_off;
		} else {
			count = min3((u64)LAB_BOUNCE_BYTES, stream->payload_left, (u64)(most - done));
			from = stream->bounce;
			pattern_fill(from, stream->seed, stream->pos, count);
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

static ssize_t stream_read(struct file *file, char __user *to, size_t count, loff_t *unused)
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
		if (fault_due(stream, true, &most, &error)) {
			ret = error;
			break;
		}
		if (!have_data(stream)) {
			ret = stream->phase == LAB_PRECOPY && !lab_knob(shared, precopy_zero) ? -ENOMSG : 0;
			break;
		}
		wait_ns = hold_back(stream, true, &most);
		if (wait_ns) {
			ret = doze(stream, file, wait_ns, change);
			if (ret)
				break;
			continue;
		}
		ret = emit(stream, to, most);
		if (ret > 0)
			pace(stream, true, ret);
		break;
	}
	lab_note(shared, LAB_READ, begin, LAB_NO_STATE, LAB_NO_STATE, ret, at, count);
	mutex_unlock(&stream->lock);
	return ret;
}

/* ------------------------------------------------------------ write */

/* Takes what belongs to a head into stream->head; true once it is whole. */
static bool gather(struct lab_stream *stream, const u8 **from, size_t *count, u32 wanted)
{
	u32 part = min_t(size_t, *count, wanted - stream->head_len);

	head_add(stream, *from, part);
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
		 pattern_byte(stream->seed, pos));
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
			    get_unaligned_le64(head + LAB_HEADER_BYTES - 8) != header_check(head))
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
			good = pattern_check(from, stream->seed, stream->pos, part);
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

static ssize_t stream_write(struct file *file, const char __user *from, size_t count, loff_t *unused)
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
		if (fault_due(stream, false, &most, &error)) {
			stream->failed = true;
			ret = error;
			break;
		}
		wait_ns = hold_back(stream, false, &most);
		if (wait_ns) {
			ret = doze(stream, file, wait_ns, change);
			if (ret)
				break;
			continue;
		}
		at = stream->pos;
		ret = accept(stream, from, most);
		if (ret > 0)
			pace(stream, false, ret);
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

/* ------------------------------------------------------------ the file */

static long stream_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const size_t least = offsetofend(struct vfio_precopy_info, dirty_bytes);
	struct lab_stream *stream = file->private_data;
	struct vfio_precopy_info info = {};
	u64 begin = ktime_get_ns();
	long ret = 0;

	if (cmd != VFIO_MIG_GET_PRECOPY_INFO)
		return -ENOTTY;
	if (copy_from_user(&info, (void __user *)arg, least))
		return -EFAULT;
	if (info.argsz < least)
		return -EINVAL;
	mutex_lock(&stream->lock);
	if (stream->dead) {
		ret = -ENODEV;
	} else if (stream->phase != LAB_PRECOPY) {
		ret = -EINVAL;
	} else {
		dirty_update(stream);
		info.initial_bytes = stream->initial_left;
		info.dirty_bytes = stream->dirty;
		if (stream->record_type == RECORD_INITIAL)
			info.initial_bytes += begun_left(stream);
		else
			info.dirty_bytes += begun_left(stream);
#ifdef VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2
		if (stream->dev->vdev.precopy_info_v2) {
			info.flags = stream->reinit ? VFIO_PRECOPY_INFO_REINIT : 0;
			stream->reinit = false;
		}
#endif
	}
	lab_note(stream->shared, LAB_INFO, begin, LAB_NO_STATE, LAB_NO_STATE, ret, info.initial_bytes,
		 info.dirty_bytes);
	mutex_unlock(&stream->lock);
	if (!ret && copy_to_user((void __user *)arg, &info, least))
		ret = -EFAULT;
	return ret;
}

static __poll_t stream_poll(struct file *file, poll_table *wait)
{
	struct lab_stream *stream = file->private_data;
	bool reading = stream->phase != LAB_RESUME;
	u64 most = U64_MAX, wait_ns = 0;
	__poll_t mask = 0;

	poll_wait(file, &stream->shared->wait, wait);
	mutex_lock(&stream->lock);
	if (stream->dead || stream->failed) {
		mask = EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM | EPOLLERR | EPOLLHUP;
	} else if (reading && !have_data(stream) && stream->phase == LAB_PRECOPY) {
		/* Drained for now; it fills again while the device runs. */
		wait_ns = stream->running && lab_knob(stream->shared, dirty_bps) ? 10 * NSEC_PER_MSEC : KTIME_MAX;
	} else {
		wait_ns = hold_back(stream, reading, &most);
		if (!wait_ns)
			mask = reading ? EPOLLIN | EPOLLRDNORM : EPOLLOUT | EPOLLWRNORM;
	}
	if (wait_ns && wait_ns != KTIME_MAX)
		mod_timer(&stream->timer, jiffies + max(nsecs_to_jiffies(wait_ns), 1UL));
	mutex_unlock(&stream->lock);
	return mask;
}

static int stream_release(struct inode *inode, struct file *file)
{
	struct lab_stream *stream = file->private_data;
	u64 now = ktime_get_ns();

	lab_note(stream->shared, LAB_RELEASE, now, LAB_NO_STATE, LAB_NO_STATE, 0, stream->pos, 0);
	atomic_dec(&stream->shared->files);
	lab_stream_put(stream);
	atomic_dec(&lab_files);
	return 0;
}

static const struct file_operations read_fops = {
	.owner = THIS_MODULE,
	.read = stream_read,
	.poll = stream_poll,
	.unlocked_ioctl = stream_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = stream_release,
};

static const struct file_operations read_nopoll_fops = {
	.owner = THIS_MODULE,
	.read = stream_read,
	.unlocked_ioctl = stream_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = stream_release,
};

static const struct file_operations write_fops = {
	.owner = THIS_MODULE,
	.write = stream_write,
	.poll = stream_poll,
	.release = stream_release,
};

static const struct file_operations write_nopoll_fops = {
	.owner = THIS_MODULE,
	.write = stream_write,
	.release = stream_release,
};

/* A file with a reference of its own, or an error. */
struct file *lab_stream_file(struct lab_stream *stream)
{
	bool poll = lab_knob(stream->shared, poll), resume = stream->phase == LAB_RESUME;
	const struct file_operations *fops;
	struct file *file;

	if (resume)
		fops = poll ? &write_fops : &write_nopoll_fops;
	else
		fops = poll ? &read_fops : &read_nopoll_fops;
	file = anon_inode_getfile("miglab", fops, stream, resume ? O_WRONLY : O_RDONLY);
	if (IS_ERR(file))
		return file;
	stream_open(file_inode(file), file);
	kref_get(&stream->ref);
	atomic_inc(&stream->shared->files);
	atomic_inc(&lab_files);
	return file;
}
