// SPDX-License-Identifier: GPL-2.0-only
/*
 * The migration states: which arc does what, and every way in which a SET may
 * go wrong on demand.
 */
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/sched/signal.h>

#include "miglab.h"

static const char *const state_names[LAB_STATES] = {
	[VFIO_DEVICE_STATE_ERROR] = "ERROR",
	[VFIO_DEVICE_STATE_STOP] = "STOP",
	[VFIO_DEVICE_STATE_RUNNING] = "RUNNING",
	[VFIO_DEVICE_STATE_STOP_COPY] = "STOP_COPY",
	[VFIO_DEVICE_STATE_RESUMING] = "RESUMING",
	[VFIO_DEVICE_STATE_RUNNING_P2P] = "RUNNING_P2P",
	[VFIO_DEVICE_STATE_PRE_COPY] = "PRE_COPY",
	[VFIO_DEVICE_STATE_PRE_COPY_P2P] = "PRE_COPY_P2P",
};

const char *lab_state_name(u32 state)
{
	return state < LAB_STATES ? state_names[state] : "-";
}

int lab_state_of(const char *name)
{
	int i;

	for (i = 0; i < LAB_STATES; i++)
		if (sysfs_streq(name, state_names[i]))
			return i;
	return -EINVAL;
}

static bool is_saving(u32 state)
{
	return state == VFIO_DEVICE_STATE_STOP_COPY || state == VFIO_DEVICE_STATE_PRE_COPY ||
	       state == VFIO_DEVICE_STATE_PRE_COPY_P2P;
}

static void end_session(struct lab_stream **stream)
{
	if (*stream)
		lab_stream_end(*stream);
	*stream = NULL;
}

/* The device is in state now, whatever it was; sessions that do not belong to it are over. */
static void move_to(struct lab_device *dev, u32 state)
{
	if (!is_saving(state))
		end_session(&dev->saving);
	if (state != VFIO_DEVICE_STATE_RESUMING)
		end_session(&dev->resuming);
	dev->state = state;
}

static void reset_now(struct lab_device *dev)
{
	move_to(dev, VFIO_DEVICE_STATE_RUNNING);
	lab_log_reset(dev);
}

/* Lets go of the state, but not before a reset that came meanwhile was done. */
static void state_unlock(struct lab_device *dev)
{
	while (true) {
		spin_lock(&dev->reset_lock);
		if (!dev->deferred_reset)
			break;
		dev->deferred_reset = false;
		spin_unlock(&dev->reset_lock);
		reset_now(dev);
	}
	mutex_unlock(&dev->state_lock);
	spin_unlock(&dev->reset_lock);
}

/* What this SET was told to do. */
static void take_plan(struct lab_shared *shared, struct lab_plan *plan)
{
	struct lab_faults *faults = &shared->faults;

	spin_lock(&shared->lock);
	if (faults->fail_nth && !--faults->fail_nth) {
		plan->fail = true;
		plan->fail_errno = faults->fail_errno;
		plan->fail_leave = faults->fail_leave;
	}
	if (faults->sleep_nth && !--faults->sleep_nth) {
		plan->sleep_ms = faults->sleep_ms;
		plan->sleep_how = faults->sleep_how;
	}
	if (faults->drift_nth && !--faults->drift_nth) {
		plan->drift = true;
		plan->drift_to = faults->drift_to;
	}
	spin_unlock(&shared->lock);
}

static int oversleep(const struct lab_plan *plan)
{
	unsigned long left = msecs_to_jiffies(plan->sleep_ms);

	if (!plan->sleep_ms)
		return 0;
	switch (plan->sleep_how) {
	case LAB_HARD:
		msleep(plan->sleep_ms);
		return 0;
	case LAB_KILLABLE:
		return schedule_timeout_killable(left) ? -EINTR : 0;
	default:
		return schedule_timeout_interruptible(left) ? -EINTR : 0;
	}
}

static struct file *begin_session(struct lab_device *dev, struct lab_stream **place, enum lab_phase phase)
{
	struct lab_stream *stream = lab_stream_new(dev, phase);
	struct file *file = NULL;

	if (IS_ERR(stream))
		return ERR_CAST(stream);
	if (!lab_knob(dev->shared, no_fd)) {
		file = lab_stream_file(stream);
		if (IS_ERR(file)) {
			lab_stream_end(stream);
			return file;
		}
	}
	/* A state that was forced on the device may have left one. */
	end_session(place);
	*place = stream;
	return file;
}

static int finish_load(struct lab_device *dev)
{
	struct lab_shared *shared = dev->shared;
	u64 begin = ktime_get_ns(), seed = lab_knob(shared, seed), bytes = 0;
	int ret = dev->resuming ? lab_stream_load(dev->resuming, &seed, &bytes) : -EINVAL;

	lab_note(shared, LAB_LOADED, begin, LAB_NO_STATE, LAB_NO_STATE, ret, bytes, seed);
	if (ret)
		return ret;
	WRITE_ONCE(shared->knobs[LAB_seed], seed);
	WRITE_ONCE(dev->loaded_bytes, bytes);
	end_session(&dev->resuming);
	return 0;
}

/* One arc. NULL: done, no file. The state is the caller's to change. */
static struct file *go_arc(struct lab_device *dev, u32 from, u32 to)
{
	u32 us = READ_ONCE(dev->shared->faults.arc_us[from][to]);
	int ret;

	if (us)
		usleep_range(us, us + us / 64 + 1);
	if (!is_saving(from) && is_saving(to))
		return begin_session(dev, &dev->saving, to == VFIO_DEVICE_STATE_STOP_COPY ? LAB_FINAL : LAB_PRECOPY);
	if (to == VFIO_DEVICE_STATE_RESUMING)
		return begin_session(dev, &dev->resuming, LAB_RESUME);
	if (from == VFIO_DEVICE_STATE_RESUMING) {
		ret = finish_load(dev);
		return ret ? ERR_PTR(ret) : NULL;
	}
	if (!is_saving(from))
		return NULL;
	if (!is_saving(to))
		end_session(&dev->saving);
	else if (!dev->saving)
		return NULL;
	else if (to == VFIO_DEVICE_STATE_STOP_COPY)
		lab_stream_stop(dev->saving);
	else
		lab_stream_run(dev->saving, to == VFIO_DEVICE_STATE_PRE_COPY);
	return NULL;
}

/*
 * Two questions must not reach the core's helper: from ERROR it warns, and
 * before 7.x it never comes back when asked for the way from STOP_COPY to
 * PRE_COPY.
 */
static int next_state(struct lab_device *dev, enum vfio_device_mig_state wanted, enum vfio_device_mig_state *next)
{
	if (dev->state == VFIO_DEVICE_STATE_ERROR)
		return -EINVAL;
	if (dev->state == VFIO_DEVICE_STATE_STOP_COPY &&
	    (wanted == VFIO_DEVICE_STATE_PRE_COPY || wanted == VFIO_DEVICE_STATE_PRE_COPY_P2P))
		return -EINVAL;
	return vfio_mig_get_next_state(&dev->vdev, dev->state, wanted, next);
}

/* The way to wanted, arc by arc, as far as the plan lets it go. */
static struct file *walk(struct lab_device *dev, enum vfio_device_mig_state wanted, const struct lab_plan *plan)
{
	struct lab_shared *shared = dev->shared;
	enum vfio_device_mig_state next;
	struct file *file = NULL;
	int ret;

	while (dev->state != wanted) {
		u32 from = dev->state;
		u64 begin = ktime_get_ns();

		ret = next_state(dev, wanted, &next);
		if (ret)
			goto fail;
		if (plan->fail && (plan->fail_leave == LAB_STAY ||
				   (plan->fail_leave == LAB_MIDWAY && next == wanted))) {
			ret = -(int)plan->fail_errno;
			goto fail;
		}
		if (file)
			fput(file);
		file = go_arc(dev, from, next);
		lab_note(shared, LAB_ARC, begin, from, next, PTR_ERR_OR_ZERO(file), 0, 0);
		if (IS_ERR(file))
			return file;
		dev->state = next;
	}
	if (!plan->fail)
		return file;
	ret = -(int)plan->fail_errno;
	if (plan->fail_leave == LAB_TO_ERROR)
		move_to(dev, VFIO_DEVICE_STATE_ERROR);
fail:
	if (file)
		fput(file);
	return ERR_PTR(ret);
}

/* A file that belongs to no session. */
static struct file *stray_file(struct lab_device *dev)
{
	struct lab_stream *stream = lab_stream_new(dev, LAB_FINAL);
	struct file *file;

	if (IS_ERR(stream))
		return NULL;
	file = lab_stream_file(stream);
	lab_stream_end(stream);
	return IS_ERR(file) ? NULL : file;
}

static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state wanted)
{
	struct lab_device *dev = to_lab_device(vdev);
	struct lab_shared *shared = dev->shared;
	u64 called = ktime_get_ns(), begin;
	struct lab_plan plan = {};
	struct file *file;
	u32 from;
	int ret;

	mutex_lock(&dev->state_lock);
	begin = ktime_get_ns();
	from = dev->state;
	if (from != wanted)
		take_plan(shared, &plan);
	ret = oversleep(&plan);
	file = ret ? ERR_PTR(ret) : walk(dev, wanted, &plan);
	if (!file && from != wanted && lab_knob(shared, extra_fd))
		file = stray_file(dev);
	/* a: whether a file is given; b: what the call waited for others. */
	lab_note(shared, LAB_SET, called, from, wanted, PTR_ERR_OR_ZERO(file), !IS_ERR_OR_NULL(file), begin - called);
	if (plan.drift && !IS_ERR(file)) {
		lab_note(shared, LAB_FORCE, ktime_get_ns(), dev->state, plan.drift_to, 0, 0, 0);
		move_to(dev, plan.drift_to);
	}
	state_unlock(dev);
	return file;
}

static int get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	struct lab_device *dev = to_lab_device(vdev);
	u64 begin = ktime_get_ns();

	mutex_lock(&dev->state_lock);
	*state = dev->state;
	lab_note(dev->shared, LAB_GET, begin, dev->state, LAB_NO_STATE, 0, 0, 0);
	state_unlock(dev);
	return 0;
}

static int get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	struct lab_device *dev = to_lab_device(vdev);
	struct lab_shared *shared = dev->shared;
	u64 begin = ktime_get_ns(), bytes;
	s64 offset;
	int ret;

	mutex_lock(&dev->state_lock);
	bytes = dev->saving ? lab_stream_remaining(dev->saving) : lab_knob(shared, state_bytes);
	bytes = div_u64(bytes * lab_knob(shared, size_percent), 100);
	spin_lock(&shared->lock);
	offset = shared->faults.size_offset;
	spin_unlock(&shared->lock);
	bytes = offset < 0 && bytes < -(u64)offset ? 0 : bytes + offset;
	ret = -(int)lab_knob(shared, size_errno);
	/* As a driver does that gives an error's number for a size. */
	if (lab_knob(shared, size_leak))
		bytes = -lab_knob(shared, size_leak);
	*length = bytes;
	lab_note(shared, LAB_SIZE, begin, dev->state, LAB_NO_STATE, ret, bytes, 0);
	state_unlock(dev);
	return ret;
}

const struct vfio_migration_ops lab_migration_ops = {
	.migration_set_state = set_state,
	.migration_get_state = get_state,
	.migration_get_data_size = get_data_size,
};

int lab_mig_open(struct lab_device *dev)
{
	u64 begin = ktime_get_ns();

	mutex_lock(&dev->state_lock);
	if (!lab_knob(dev->shared, keep_state))
		move_to(dev, VFIO_DEVICE_STATE_RUNNING);
	lab_note(dev->shared, LAB_OPEN, begin, dev->state, LAB_NO_STATE, 0, 0, 0);
	state_unlock(dev);
	return 0;
}

void lab_mig_close(struct lab_device *dev)
{
	u64 begin = ktime_get_ns();

	mutex_lock(&dev->state_lock);
	lab_note(dev->shared, LAB_CLOSE, begin, dev->state, LAB_NO_STATE, 0, 0, 0);
	end_session(&dev->saving);
	end_session(&dev->resuming);
	if (!lab_knob(dev->shared, keep_state))
		reset_now(dev);
	lab_log_reset(dev);
	state_unlock(dev);
}

int lab_mig_reset(struct lab_device *dev)
{
	struct lab_shared *shared = dev->shared;
	u64 begin = ktime_get_ns();
	bool busy;
	int ret = 0;

	spin_lock(&shared->lock);
	if (shared->faults.reset_times) {
		shared->faults.reset_times--;
		ret = -(int)shared->faults.reset_errno;
	}
	spin_unlock(&shared->lock);
	if (!ret) {
		spin_lock(&dev->reset_lock);
		dev->deferred_reset = true;
		busy = !mutex_trylock(&dev->state_lock);
		spin_unlock(&dev->reset_lock);
		if (!busy)
			state_unlock(dev);
	}
	lab_note(shared, LAB_RESET, begin, LAB_NO_STATE, LAB_NO_STATE, ret, 0, 0);
	return ret;
}

/* Only what the device has may be forced on it: the core warns of any other. */
bool lab_mig_knows(struct lab_device *dev, u32 state)
{
	u32 needed = 0;

	if (state == VFIO_DEVICE_STATE_RUNNING_P2P || state == VFIO_DEVICE_STATE_PRE_COPY_P2P)
		needed |= VFIO_MIGRATION_P2P;
	if (state == VFIO_DEVICE_STATE_PRE_COPY || state == VFIO_DEVICE_STATE_PRE_COPY_P2P)
		needed |= VFIO_MIGRATION_PRE_COPY;
	return state < LAB_STATES && (dev->vdev.migration_flags & needed) == needed;
}

/* Behind the user's back; state is one that the device knows. */
void lab_mig_force(struct lab_device *dev, u32 state)
{
	mutex_lock(&dev->state_lock);
	lab_note(dev->shared, LAB_FORCE, ktime_get_ns(), dev->state, state, 0, 0, 0);
	move_to(dev, state);
	state_unlock(dev);
}

/* New initial data in the middle of pre-copy. */
void lab_mig_reinit(struct lab_device *dev, u64 bytes)
{
	mutex_lock(&dev->state_lock);
	if (dev->saving)
		lab_stream_reinit(dev->saving, bytes);
	state_unlock(dev);
}
