// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging: pages that the device pretends to write.
 *
 * It writes log_pages_per_s pages a second, one after the other through all
 * ranges and round again; with log_stride, every n-th page is dirty at each
 * report besides. A kernel without IOMMUFD_DRIVER has no bitmap to report
 * into: there the core answers EOPNOTSUPP before it asks us.
 */
#include <linux/bitmap.h>
#include <linux/interval_tree.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "miglab.h"

#if IS_ENABLED(CONFIG_IOMMUFD_DRIVER)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS("IOMMUFD");
#else
MODULE_IMPORT_NS(IOMMUFD);
#endif
#endif

#define MOST_PAGES (1ULL << 24)

void lab_log_init(struct lab_log *log)
{
	mutex_init(&log->lock);
}

static void log_stop_locked(struct lab_log *log)
{
	kvfree(log->ranges);
	kvfree(log->bits);
	log->ranges = NULL;
	log->bits = NULL;
	log->active = false;
}

void lab_log_reset(struct lab_device *dev)
{
	mutex_lock(&dev->log.lock);
	log_stop_locked(&dev->log);
	mutex_unlock(&dev->log.lock);
}

static int log_begin(struct lab_log *log, struct rb_root_cached *ranges, u32 nr, u64 page_size)
{
	struct interval_tree_node *node;
	u32 i = 0;

	if (log->active || !nr || !is_power_of_2(page_size))
		return -EINVAL;
	log->ranges = kvcalloc(nr, sizeof(*log->ranges), GFP_KERNEL_ACCOUNT);
	if (!log->ranges)
		return -ENOMEM;
	log->pages = 0;
	for (node = interval_tree_iter_first(ranges, 0, ULONG_MAX); node && i < nr;
	     node = interval_tree_iter_next(node, 0, ULONG_MAX), i++) {
		log->ranges[i].iova = round_down((u64)node->start, page_size);
		log->ranges[i].length = (u64)node->last - log->ranges[i].iova + 1;
		log->pages += DIV_ROUND_UP(log->ranges[i].length, page_size);
		if (log->pages > MOST_PAGES)
			return -ENOSPC;
	}
	log->bits = kvcalloc(BITS_TO_LONGS(log->pages), sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!log->bits)
		return -ENOMEM;
	log->nr_ranges = i;
	log->page_size = page_size;
	log->cursor = 0;
	log->since_ns = ktime_get_ns();
	log->active = true;
	return 0;
}

static int log_start(struct vfio_device *vdev, struct rb_root_cached *ranges, u32 nr, u64 *page_size)
{
	struct lab_device *dev = to_lab_device(vdev);
	struct lab_shared *shared = dev->shared;
	struct lab_log *log = &dev->log;
	u64 begin = ktime_get_ns(), size = rounddown_pow_of_two(lab_knob(shared, log_page_size));
	int ret = -(int)lab_knob(shared, log_errno);

	mutex_lock(&log->lock);
	if (!ret && log->active)
		ret = -EINVAL;
	if (!ret) {
		ret = log_begin(log, ranges, nr, size);
		if (ret)
			log_stop_locked(log);
		else
			*page_size = size;
	}
	mutex_unlock(&log->lock);
	lab_note(shared, LAB_LOG_START, begin, LAB_NO_STATE, LAB_NO_STATE, ret, nr, size);
	return ret;
}

static int log_stop(struct vfio_device *vdev)
{
	struct lab_device *dev = to_lab_device(vdev);
	u64 begin = ktime_get_ns();

	lab_log_reset(dev);
	lab_note(dev->shared, LAB_LOG_STOP, begin, LAB_NO_STATE, LAB_NO_STATE, 0, 0, 0);
	return 0;
}

/* What the device has written since the last look. */
static void log_advance(struct lab_shared *shared, struct lab_log *log)
{
	u64 rate = lab_knob(shared, log_pages_per_s), now = ktime_get_ns(), stride = lab_knob(shared, log_stride), page;
	u64 more = mul_u64_u64_div_u64(min(now - log->since_ns, 3600 * (u64)NSEC_PER_SEC), rate, NSEC_PER_SEC);

	if (more || !rate)
		log->since_ns = now;
	for (more = min(more, log->pages); more; more--) {
		__set_bit(log->cursor, log->bits);
		if (++log->cursor == log->pages)
			log->cursor = 0;
	}
	for (page = 0; stride && page < log->pages; page += stride)
		__set_bit(page, log->bits);
}

static u64 log_report(struct lab_log *log, u64 iova, u64 length, struct iova_bitmap *dirty)
{
	u64 last = iova + length - 1, base = 0, found = 0, page;
	u32 i;

	for (i = 0; i < log->nr_ranges; i++) {
		u64 first = log->ranges[i].iova, end = first + log->ranges[i].length - 1;
		u64 pages = DIV_ROUND_UP(log->ranges[i].length, log->page_size);

		if (iova <= end && last >= first) {
			u64 from = iova > first ? (iova - first) / log->page_size : 0;
			u64 upto = last < end ? (last - first) / log->page_size + 1 : pages;

			for (page = find_next_bit(log->bits, base + upto, base + from); page < base + upto;
			     page = find_next_bit(log->bits, base + upto, page + 1)) {
				__clear_bit(page, log->bits);
				iova_bitmap_set(dirty, first + (page - base) * log->page_size, log->page_size);
				found++;
			}
		}
		base += pages;
	}
	return found;
}

static int log_read_and_clear(struct vfio_device *vdev, unsigned long iova, unsigned long length,
			      struct iova_bitmap *dirty)
{
	struct lab_device *dev = to_lab_device(vdev);
	struct lab_log *log = &dev->log;
	u64 begin = ktime_get_ns(), found = 0;
	int ret = 0;

	mutex_lock(&log->lock);
	if (!log->active || !length) {
		ret = -EINVAL;
	} else {
		log_advance(dev->shared, log);
		found = log_report(log, iova, length, dirty);
	}
	mutex_unlock(&log->lock);
	lab_note(dev->shared, LAB_LOG_READ, begin, LAB_NO_STATE, LAB_NO_STATE, ret, found, iova);
	return ret;
}

const struct vfio_log_ops lab_log_ops = {
	.log_start = log_start,
	.log_stop = log_stop,
	.log_read_and_clear = log_read_and_clear,
};
