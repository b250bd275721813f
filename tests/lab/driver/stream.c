// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's data file: its life, its pace, and what both halves of a
 * stream (save.c, load.c) share.
 */
#include <linux/anon_inodes.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "stream.h"

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

/* ------------------------------------------------------------ pace, stalls, sleep */

/* 0: go on with up to *most bytes. Else the time to wait in ns, KTIME_MAX for ever. */
u64 lab_hold_back(struct lab_stream *stream, bool reading, u64 *most)
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

void lab_pace(struct lab_stream *stream, bool reading, u64 moved)
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
int lab_doze(struct lab_stream *stream, struct file *file, u64 wait_ns, int change)
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

bool lab_fault_due(struct lab_stream *stream, bool reading, u64 *most, int *error)
{
	struct lab_shared *shared = stream->shared;
	struct lab_call_fault *fault = reading ? &shared->faults.read : &shared->faults.write;
	bool due = false;

	spin_lock(&shared->lock);
	if (fault->at && stream->pos >= fault->at) {
		*error = -(int)fault->error;
		fault->at = 0;
		due = true;
	} else if (fault->at) {
		*most = min(*most, fault->at - stream->pos);
	}
	spin_unlock(&shared->lock);
	return due;
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
		lab_dirty_update(stream);
		info.initial_bytes = stream->initial_left;
		info.dirty_bytes = stream->dirty;
		if (stream->record_type == RECORD_INITIAL)
			info.initial_bytes += lab_begun_left(stream);
		else
			info.dirty_bytes += lab_begun_left(stream);
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
	} else if (reading && !lab_have_data(stream) && stream->phase == LAB_PRECOPY) {
		/* Drained for now; it fills again while the device runs. */
		wait_ns = stream->running && lab_knob(stream->shared, dirty_bps) ? 10 * NSEC_PER_MSEC : KTIME_MAX;
	} else {
		wait_ns = lab_hold_back(stream, reading, &most);
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
	.read = lab_stream_read,
	.poll = stream_poll,
	.unlocked_ioctl = stream_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = stream_release,
};

static const struct file_operations read_nopoll_fops = {
	.owner = THIS_MODULE,
	.read = lab_stream_read,
	.unlocked_ioctl = stream_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = stream_release,
};

static const struct file_operations write_fops = {
	.owner = THIS_MODULE,
	.write = lab_stream_write,
	.poll = stream_poll,
	.release = stream_release,
};

static const struct file_operations write_nopoll_fops = {
	.owner = THIS_MODULE,
	.write = lab_stream_write,
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
