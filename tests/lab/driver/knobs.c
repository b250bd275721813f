// SPDX-License-Identifier: GPL-2.0-only
/*
 * The knobs: one file each, below the device's folder in sysfs. They may be
 * turned at any time; whoever sleeps on one looks again.
 */
#include <linux/device.h>
#include <linux/random.h>

#include "miglab.h"

static struct lab_device *of(struct device *dev)
{
	return dev_get_drvdata(dev);
}

/* ------------------------------------------------------------ numbers */

struct lab_number {
	struct device_attribute attr;
	enum lab_knob knob;
	u64 first, least, most;
};

static ssize_t number_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lab_number *number = container_of(attr, struct lab_number, attr);

	return sysfs_emit(buf, "%llu\n", READ_ONCE(of(dev)->shared->knobs[number->knob]));
}

static ssize_t number_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_number *number = container_of(attr, struct lab_number, attr);
	struct lab_shared *shared = of(dev)->shared;
	u64 value;
	int ret = kstrtou64(buf, 0, &value);

	if (ret)
		return ret;
	if (value < number->least || value > number->most)
		return -EINVAL;
	/* A state that is there has room for the stream's own words. */
	if (number->knob == LAB_state_bytes && value && value < LAB_LEAST_BYTES)
		return -EINVAL;
	if (number->knob == LAB_second_empty) {
		spin_lock(&shared->lock);
		shared->saves = 0;
		spin_unlock(&shared->lock);
	}
	WRITE_ONCE(shared->knobs[number->knob], value);
	lab_wake(shared);
	return count;
}

#define LAB_NUMBER(name_, first_, least_, most_)                          \
	static struct lab_number number_##name_ = {                       \
		.attr = __ATTR(name_, 0644, number_show, number_store),   \
		.knob = LAB_##name_,                                      \
		.first = first_,                                          \
		.least = least_,                                          \
		.most = most_,                                            \
	};
LAB_KNOBS(LAB_NUMBER)
#undef LAB_NUMBER

static struct lab_number *const numbers[LAB_NR_KNOBS] = {
#define LAB_PLACE(name, first, least, most) [LAB_##name] = &number_##name,
	LAB_KNOBS(LAB_PLACE)
#undef LAB_PLACE
};

void lab_knobs_init(struct lab_shared *shared)
{
	int i;

	for (i = 0; i < LAB_NR_KNOBS; i++)
		shared->knobs[i] = numbers[i]->first;
	shared->knobs[LAB_seed] = get_random_u64();
}

/* ------------------------------------------------------------ words */

static const char *const leave_names[LAB_NR_LEAVES] = { "stay", "midway", "moved", "error" };
static const char *const sleep_names[LAB_NR_SLEEPS] = { "hard", "killable", "soft" };

static int word_of(const char *const *names, int count, const char *word)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(names[i], word))
			return i;
	return -EINVAL;
}

/* "0" turns a knob of several fields off. */
static bool is_off(const char *buf)
{
	return sysfs_streq(buf, "0");
}

static ssize_t fail_set_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lab_faults *faults = &of(dev)->shared->faults;

	return sysfs_emit(buf, "%u %u %s\n", READ_ONCE(faults->fail_nth), READ_ONCE(faults->fail_errno),
			  leave_names[READ_ONCE(faults->fail_leave)]);
}

/* NTH ERRNO stay|midway|moved|error */
static ssize_t fail_set_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	u32 nth = 0, error = 0;
	int leave = LAB_STAY;
	char word[16];

	if (!is_off(buf)) {
		if (sscanf(buf, "%u %u %15s", &nth, &error, word) != 3 || !error || error > MAX_ERRNO)
			return -EINVAL;
		leave = word_of(leave_names, LAB_NR_LEAVES, word);
		if (leave < 0)
			return leave;
	}
	spin_lock(&shared->lock);
	shared->faults.fail_nth = nth;
	shared->faults.fail_errno = error;
	shared->faults.fail_leave = leave;
	spin_unlock(&shared->lock);
	return count;
}
static DEVICE_ATTR_RW(fail_set);

static ssize_t sleep_set_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lab_faults *faults = &of(dev)->shared->faults;

	return sysfs_emit(buf, "%u %u %s\n", READ_ONCE(faults->sleep_nth), READ_ONCE(faults->sleep_ms),
			  sleep_names[READ_ONCE(faults->sleep_how)]);
}

/* NTH MILLISECONDS hard|killable|soft */
static ssize_t sleep_set_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	u32 nth = 0, ms = 0;
	int how = LAB_HARD;
	char word[16];

	if (!is_off(buf)) {
		if (sscanf(buf, "%u %u %15s", &nth, &ms, word) != 3 || ms > LAB_MAX_SLEEP_MS)
			return -EINVAL;
		how = word_of(sleep_names, LAB_NR_SLEEPS, word);
		if (how < 0)
			return how;
	}
	spin_lock(&shared->lock);
	shared->faults.sleep_nth = nth;
	shared->faults.sleep_ms = ms;
	shared->faults.sleep_how = how;
	spin_unlock(&shared->lock);
	return count;
}
static DEVICE_ATTR_RW(sleep_set);

static ssize_t drift_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lab_faults *faults = &of(dev)->shared->faults;

	return sysfs_emit(buf, "%u %s\n", READ_ONCE(faults->drift_nth), lab_state_name(READ_ONCE(faults->drift_to)));
}

/* NTH STATE: after the n-th SET has succeeded, the state is another. */
static ssize_t drift_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	int state = VFIO_DEVICE_STATE_RUNNING;
	char word[16];
	u32 nth = 0;

	if (!is_off(buf)) {
		if (sscanf(buf, "%u %15s", &nth, word) != 2)
			return -EINVAL;
		state = lab_state_of(word);
		if (state < 0 || !lab_mig_knows(of(dev), state))
			return -EINVAL;
	}
	spin_lock(&shared->lock);
	shared->faults.drift_nth = nth;
	shared->faults.drift_to = state;
	spin_unlock(&shared->lock);
	return count;
}
static DEVICE_ATTR_RW(drift);

static ssize_t reset_fault_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lab_faults *faults = &of(dev)->shared->faults;

	return sysfs_emit(buf, "%u %u\n", READ_ONCE(faults->reset_errno), READ_ONCE(faults->reset_times));
}

/* ERRNO TIMES */
static ssize_t reset_fault_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	u32 error = 0, times = 0;

	if (!is_off(buf) && (sscanf(buf, "%u %u", &error, &times) != 2 || !error || error > MAX_ERRNO))
		return -EINVAL;
	spin_lock(&shared->lock);
	shared->faults.reset_errno = error;
	shared->faults.reset_times = times;
	spin_unlock(&shared->lock);
	return count;
}
static DEVICE_ATTR_RW(reset_fault);

/* BYTES ERRNO: the call that reaches that place fails, once. */
static int parse_call_fault(const char *buf, u64 *at, u32 *error)
{
	*at = 0;
	*error = 0;
	if (is_off(buf))
		return 0;
	return sscanf(buf, "%llu %u", at, error) == 2 && *error && *error <= MAX_ERRNO ? 0 : -EINVAL;
}

/* One knob for each direction. */
static struct device_attribute dev_attr_read_fault;

static struct lab_call_fault *call_fault(struct lab_shared *shared, const struct device_attribute *attr)
{
	return attr == &dev_attr_read_fault ? &shared->faults.read : &shared->faults.write;
}

static ssize_t call_fault_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct lab_call_fault *fault = call_fault(of(dev)->shared, attr);

	return sysfs_emit(buf, "%llu %u\n", READ_ONCE(fault->at), READ_ONCE(fault->error));
}

static ssize_t call_fault_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	struct lab_call_fault wanted;
	int ret = parse_call_fault(buf, &wanted.at, &wanted.error);

	if (ret)
		return ret;
	spin_lock(&shared->lock);
	*call_fault(shared, attr) = wanted;
	spin_unlock(&shared->lock);
	lab_wake(shared);
	return count;
}

static DEVICE_ATTR(read_fault, 0644, call_fault_show, call_fault_store);
static DEVICE_ATTR(write_fault, 0644, call_fault_show, call_fault_store);

static ssize_t arc_us_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lab_faults *faults = &of(dev)->shared->faults;
	int from, to, length = 0;

	for (from = 0; from < LAB_STATES; from++) {
		for (to = 0; to < LAB_STATES; to++) {
			u32 us = READ_ONCE(faults->arc_us[from][to]);

			if (us)
				length += sysfs_emit_at(buf, length, "%s %s %u\n", lab_state_name(from),
							lab_state_name(to), us);
		}
	}
	return length;
}

/* FROM TO MICROSECONDS; "*" is every state. */
static ssize_t arc_us_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_faults *faults = &of(dev)->shared->faults;
	int from, to, from_wanted = -1, to_wanted = -1;
	char from_word[16], to_word[16];
	u32 us;

	if (sscanf(buf, "%15s %15s %u", from_word, to_word, &us) != 3 || us > LAB_MAX_SLEEP_MS * 1000)
		return -EINVAL;
	if (strcmp(from_word, "*")) {
		from_wanted = lab_state_of(from_word);
		if (from_wanted < 0)
			return from_wanted;
	}
	if (strcmp(to_word, "*")) {
		to_wanted = lab_state_of(to_word);
		if (to_wanted < 0)
			return to_wanted;
	}
	for (from = 0; from < LAB_STATES; from++)
		for (to = 0; to < LAB_STATES; to++)
			if ((from_wanted < 0 || from == from_wanted) && (to_wanted < 0 || to == to_wanted))
				WRITE_ONCE(faults->arc_us[from][to], us);
	return count;
}
static DEVICE_ATTR_RW(arc_us);

static ssize_t size_offset_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lld\n", READ_ONCE(of(dev)->shared->faults.size_offset));
}

static ssize_t size_offset_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	s64 value;
	int ret = kstrtos64(buf, 0, &value);

	if (ret)
		return ret;
	spin_lock(&shared->lock);
	shared->faults.size_offset = value;
	spin_unlock(&shared->lock);
	return count;
}
static DEVICE_ATTR_RW(size_offset);

/* ------------------------------------------------------------ acts */

/* The state as it is, for who looks from outside; a write forces another on the device. */
static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", lab_state_name(READ_ONCE(of(dev)->state)));
}

static ssize_t state_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	int state = lab_state_of(buf);

	if (state < 0 || !lab_mig_knows(of(dev), state))
		return -EINVAL;
	lab_mig_force(of(dev), state);
	return count;
}
static DEVICE_ATTR_RW(state);

/* BYTES of new initial data, while there is a pre-copy session. */
static ssize_t reinit_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	u64 bytes;
	int ret = kstrtou64(buf, 0, &bytes);

	if (ret)
		return ret;
	if (bytes > LAB_MAX_STATE_BYTES)
		return -EINVAL;
	lab_mig_reinit(of(dev), bytes);
	return count;
}
static DEVICE_ATTR_WO(reinit);

/* Bytes of the last stream that was loaded, all of them checked. */
static ssize_t loaded_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(of(dev)->loaded_bytes));
}
static DEVICE_ATTR_RO(loaded_bytes);

/* All knobs as they were at first; the seed, the device's content, stays. */
static ssize_t calm_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct lab_shared *shared = of(dev)->shared;
	int i;

	spin_lock(&shared->lock);
	memset(&shared->faults, 0, sizeof(shared->faults));
	shared->saves = 0;
	spin_unlock(&shared->lock);
	for (i = 0; i < LAB_NR_KNOBS; i++)
		if (i != LAB_seed)
			WRITE_ONCE(shared->knobs[i], numbers[i]->first);
	lab_wake(shared);
	return count;
}
static DEVICE_ATTR_WO(calm);

static struct attribute *lab_attrs[] = {
#define LAB_ATTR(name, first, least, most) &number_##name.attr.attr,
	LAB_KNOBS(LAB_ATTR)
#undef LAB_ATTR
	&dev_attr_fail_set.attr,
	&dev_attr_sleep_set.attr,
	&dev_attr_drift.attr,
	&dev_attr_reset_fault.attr,
	&dev_attr_read_fault.attr,
	&dev_attr_write_fault.attr,
	&dev_attr_arc_us.attr,
	&dev_attr_size_offset.attr,
	&dev_attr_state.attr,
	&dev_attr_reinit.attr,
	&dev_attr_loaded_bytes.attr,
	&dev_attr_calm.attr,
	NULL,
};

static const struct attribute_group lab_group = {
	.name = "lab",
	.attrs = lab_attrs,
};

const struct attribute_group *lab_groups[] = { &lab_group, NULL };
