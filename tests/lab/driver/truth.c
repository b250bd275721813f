// SPDX-License-Identifier: GPL-2.0-only
/*
 * What devices and their files share, and the ring of truth: what the kernel
 * saw of every call, read through debugfs.
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "miglab.h"

static unsigned int ring = 16384;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "entries that each device's truth keeps");

static struct dentry *lab_root;
static struct kmem_cache *shared_cache;

static const char *const kind_names[LAB_NR_KINDS] = {
	[LAB_OPEN] = "open",
	[LAB_CLOSE] = "close",
	[LAB_SET] = "set",
	[LAB_ARC] = "arc",
	[LAB_GET] = "get",
	[LAB_SIZE] = "size",
	[LAB_RESET] = "reset",
	[LAB_FORCE] = "force",
	[LAB_READ] = "read",
	[LAB_WRITE] = "write",
	[LAB_INFO] = "info",
	[LAB_RELEASE] = "release",
	[LAB_LOADED] = "loaded",
	[LAB_MISMATCH] = "mismatch",
	[LAB_LOG_START] = "log-start",
	[LAB_LOG_READ] = "log-read",
	[LAB_LOG_STOP] = "log-stop",
};

struct lab_shared *lab_shared_new(const char *name)
{
	struct lab_shared *shared = kmem_cache_zalloc(shared_cache, GFP_KERNEL);

	if (!shared)
		return NULL;
	shared->ring_size = clamp(ring, 16U, 1U << 20);
	shared->ring = vzalloc(array_size(shared->ring_size, sizeof(*shared->ring)));
	if (!shared->ring) {
		kmem_cache_free(shared_cache, shared);
		return NULL;
	}
	kref_init(&shared->ref);
	spin_lock_init(&shared->lock);
	init_waitqueue_head(&shared->wait);
	strscpy(shared->name, name, sizeof(shared->name));
	lab_knobs_init(shared);
	atomic_inc(&lab_shareds);
	return shared;
}

static void lab_shared_free(struct kref *ref)
{
	struct lab_shared *shared = container_of(ref, struct lab_shared, ref);

	vfree(shared->ring);
	kmem_cache_free(shared_cache, shared);
	atomic_dec(&lab_shareds);
}

void lab_shared_put(struct lab_shared *shared)
{
	kref_put(&shared->ref, lab_shared_free);
}

/* Something changed that sleepers wait for, or that ends their wait. */
void lab_wake(struct lab_shared *shared)
{
	atomic_inc_return_release(&shared->change);
	wake_up_all(&shared->wait);
}

void lab_note(struct lab_shared *shared, enum lab_kind kind, u64 begin, u32 from, u32 to, s64 ret,
	      u64 a, u64 b)
{
	u64 end = ktime_get_ns();
	struct lab_entry *entry;

	spin_lock(&shared->lock);
	entry = &shared->ring[shared->ring_next % shared->ring_size];
	*entry = (struct lab_entry){
		.seq = shared->ring_next++,
		.begin = begin,
		.end = end,
		.a = a,
		.b = b,
		.ret = ret,
		.pid = task_pid_nr(current),
		.kind = kind,
		.from = from,
		.to = to,
	};
	spin_unlock(&shared->lock);
}

/* Oldest entry that is still there; under the lock. */
static u64 ring_oldest(struct lab_shared *shared)
{
	u64 kept = min_t(u64, shared->ring_next, shared->ring_size);

	return max(shared->ring_first, shared->ring_next - kept);
}

/* A reader's place: entries are copied out one at a time. */
struct lab_reader {
	struct lab_shared *shared;
	u64 first, lost;
	struct lab_entry entry;
};

static void *reader_at(struct lab_reader *reader, loff_t pos)
{
	struct lab_shared *shared = reader->shared;
	void *found = NULL;
	u64 seq;

	if (pos == 0)
		return SEQ_START_TOKEN;
	spin_lock(&shared->lock);
	/* What was overwritten since the file was opened is passed over: its numbers are missing. */
	seq = max(reader->first + pos - 1, ring_oldest(shared));
	if (seq < shared->ring_next) {
		reader->entry = shared->ring[seq % shared->ring_size];
		reader->first = seq - (pos - 1);
		found = &reader->entry;
	}
	spin_unlock(&shared->lock);
	return found;
}

static void *truth_start(struct seq_file *file, loff_t *pos)
{
	return reader_at(file->private, *pos);
}

static void *truth_next(struct seq_file *file, void *at, loff_t *pos)
{
	++*pos;
	return reader_at(file->private, *pos);
}

static void truth_stop(struct seq_file *file, void *at)
{
}

static int truth_show(struct seq_file *file, void *at)
{
	struct lab_reader *reader = file->private;
	const struct lab_entry *entry = at;

	if (at == SEQ_START_TOKEN) {
		seq_printf(file, "# miglab truth 1 device %s lost %llu\n", reader->shared->name, reader->lost);
		seq_puts(file, "# seq kind begin_ns end_ns pid from to ret a b\n");
		return 0;
	}
	seq_printf(file, "%llu %s %llu %llu %u %s %s %lld %llu %llu\n", entry->seq, kind_names[entry->kind],
		   entry->begin, entry->end, entry->pid, lab_state_name(entry->from), lab_state_name(entry->to),
		   entry->ret, entry->a, entry->b);
	return 0;
}

static const struct seq_operations truth_seq = {
	.start = truth_start,
	.next = truth_next,
	.stop = truth_stop,
	.show = truth_show,
};

static int truth_open(struct inode *inode, struct file *file)
{
	struct lab_shared *shared = inode->i_private;
	struct lab_reader *reader = __seq_open_private(file, &truth_seq, sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	kref_get(&shared->ref);
	reader->shared = shared;
	spin_lock(&shared->lock);
	reader->first = ring_oldest(shared);
	reader->lost = reader->first - shared->ring_first;
	spin_unlock(&shared->lock);
	return 0;
}

static int truth_release(struct inode *inode, struct file *file)
{
	struct lab_reader *reader = ((struct seq_file *)file->private_data)->private;
	struct lab_shared *shared = reader->shared;

	seq_release_private(inode, file);
	lab_shared_put(shared);
	return 0;
}

/* Any write forgets what was seen so far. */
static ssize_t truth_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct lab_reader *reader = ((struct seq_file *)file->private_data)->private;
	struct lab_shared *shared = reader->shared;

	spin_lock(&shared->lock);
	shared->ring_first = shared->ring_next;
	spin_unlock(&shared->lock);
	return count;
}

static const struct file_operations truth_fops = {
	.owner = THIS_MODULE,
	.open = truth_open,
	.read = seq_read,
	.write = truth_write,
	.llseek = seq_lseek,
	.release = truth_release,
};

static int live_show(struct seq_file *file, void *unused)
{
	struct lab_shared *shared = file->private;

	seq_printf(file, "files %d\nsessions %d\nreferences %u\n", atomic_read(&shared->files),
		   atomic_read(&shared->sessions), kref_read(&shared->ref));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(live);

static int all_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "devices %d\nfiles %d\nshared %d\n", atomic_read(&lab_devices), atomic_read(&lab_files),
		   atomic_read(&lab_shareds));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(all);

/* Caches of our own: the kernel itself complains at unload when something of them is still in use. */
int lab_truth_init(void)
{
	shared_cache = KMEM_CACHE(lab_shared, SLAB_NO_MERGE);
	if (!shared_cache)
		return -ENOMEM;
	lab_root = debugfs_create_dir(LAB_NAME, NULL);
	debugfs_create_file("live", 0444, lab_root, NULL, &all_fops);
	return 0;
}

void lab_truth_exit(void)
{
	debugfs_remove_recursive(lab_root);
	kmem_cache_destroy(shared_cache);
}

/* The caller keeps the shared part alive until the folder is removed. */
struct dentry *lab_truth_add(struct lab_shared *shared)
{
	struct dentry *folder = debugfs_create_dir(shared->name, lab_root);

	debugfs_create_file("truth", 0600, folder, shared, &truth_fops);
	debugfs_create_file("live", 0444, folder, shared, &live_fops);
	return folder;
}
