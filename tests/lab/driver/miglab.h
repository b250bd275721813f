/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * miglab: a migratable VFIO device that does as it is told, right or wrong.
 *
 * One object outlives the other: a data file may stay open after its device
 * is gone, so all that a file looks at (knobs, ring of truth, wait queue)
 * lives in a lab_shared with a count of its own. The device itself is only
 * reached through lab_stream::dev, which is valid under the stream's lock
 * and while the session is not over.
 *
 * Locks, outermost first: lab_device::state_lock, lab_stream::lock,
 * lab_shared::lock (a spinlock, for knobs of several fields and the ring).
 */
#ifndef MIGLAB_H
#define MIGLAB_H

#include <linux/cache.h>
#include <linux/debugfs.h>
#include <linux/kref.h>
#include <linux/mdev.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vfio.h>
#include <linux/wait.h>

#define LAB_NAME "miglab"

#define LAB_STATES VFIO_DEVICE_STATE_NR
#define LAB_MAX_STATE_BYTES (8ULL << 30)
/* A longer uninterruptible sleep would look like a hung task. */
#define LAB_MAX_SLEEP_MS 60000

/*
 * The knobs that are one number: X(name, first value, least, most). Each is a
 * file of the device in sysfs; what they do stands in README.md.
 */
#define LAB_KNOBS(X)                                                           \
	X(state_bytes, 1 << 20, 0, LAB_MAX_STATE_BYTES)                        \
	X(initial_bytes, 64 << 10, 0, LAB_MAX_STATE_BYTES)                     \
	X(dirty_bps, 0, 0, 100000000000ULL)                                    \
	X(dirty_cap, 0, 0, LAB_MAX_STATE_BYTES)                                \
	X(seed, 0, 0, U64_MAX)                                                 \
	X(read_bps, 0, 0, 100000000000ULL)                                     \
	X(write_bps, 0, 0, 100000000000ULL)                                    \
	X(max_read, 0, 0, U32_MAX)                                             \
	X(max_write, 0, 0, U32_MAX)                                            \
	X(poll, 1, 0, 1)                                                       \
	X(nonblock, 0, 0, 2)                                                   \
	X(precopy_zero, 0, 0, 1)                                               \
	X(size_percent, 100, 0, 1000000)                                       \
	X(size_errno, 0, 0, MAX_ERRNO)                                         \
	X(size_leak, 0, 0, MAX_ERRNO)                                          \
	X(no_fd, 0, 0, 1)                                                      \
	X(extra_fd, 0, 0, 1)                                                   \
	X(endless, 0, 0, 1)                                                    \
	X(stall_read, 0, 0, U64_MAX)                                           \
	X(stall_write, 0, 0, U64_MAX)                                          \
	X(eof_at, 0, 0, U64_MAX)                                               \
	X(corrupt_at, 0, 0, U64_MAX)                                           \
	X(keep_state, 0, 0, 1)                                                 \
	X(second_empty, 0, 0, 1)                                               \
	X(accept_cut, 0, 0, 1)                                                 \
	X(log_page_size, 4096, 4096, 1 << 30)                                  \
	X(log_stride, 0, 0, U32_MAX)                                           \
	X(log_pages_per_s, 0, 0, 100000000)                                    \
	X(log_errno, 0, 0, MAX_ERRNO)

enum lab_knob {
#define LAB_ENUM(name, first, least, most) LAB_##name,
	LAB_KNOBS(LAB_ENUM)
#undef LAB_ENUM
	LAB_NR_KNOBS
};

/* Where a failed SET leaves the device. */
enum lab_leave { LAB_STAY, LAB_MIDWAY, LAB_MOVED, LAB_TO_ERROR, LAB_NR_LEAVES };

/* How a SET sleeps: not to be woken, by a deadly signal, by any signal. */
enum lab_sleep { LAB_HARD, LAB_KILLABLE, LAB_SOFT, LAB_NR_SLEEPS };

/* The call that reaches this place fails; 0 is off. */
struct lab_call_fault {
	u64 at;
	u32 error;
};

/* Knobs of several fields; under lab_shared::lock. nth: 0 is off, 1 is next. */
struct lab_faults {
	u32 fail_nth, fail_errno, fail_leave;
	u32 sleep_nth, sleep_ms, sleep_how;
	u32 drift_nth, drift_to;
	u32 reset_errno, reset_times;
	struct lab_call_fault read, write;
	u32 arc_us[LAB_STATES][LAB_STATES];
	s64 size_offset;
};

/* What one SET is to do; taken once, at its start. */
struct lab_plan {
	bool fail, drift;
	u32 fail_errno, fail_leave, sleep_ms, sleep_how, drift_to;
};

enum lab_kind {
	LAB_OPEN,
	LAB_CLOSE,
	LAB_SET,
	LAB_ARC,
	LAB_GET,
	LAB_SIZE,
	LAB_RESET,
	LAB_FORCE,
	LAB_READ,
	LAB_WRITE,
	LAB_INFO,
	LAB_RELEASE,
	LAB_LOADED,
	LAB_MISMATCH,
	LAB_LOG_START,
	LAB_LOG_READ,
	LAB_LOG_STOP,
	LAB_NR_KINDS
};

#define LAB_NO_STATE 0xff

/* One line of the ring: times are ktime_get_ns(), CLOCK_MONOTONIC. */
struct lab_entry {
	u64 seq, begin, end, a, b;
	s64 ret;
	u32 pid;
	u8 kind, from, to;
};

struct lab_shared {
	struct kref ref;
	spinlock_t lock;
	wait_queue_head_t wait;
	/* Raised by every change that a sleeper has to look at. */
	atomic_t change;
	u64 knobs[LAB_NR_KNOBS];
	struct lab_faults faults;
	u32 saves;
	atomic_t files, sessions;
	char name[40];
	u32 ring_size;
	u64 ring_first, ring_next;
	struct lab_entry *ring;
};

struct lab_device;

enum lab_phase { LAB_PRECOPY, LAB_FINAL, LAB_RESUME };

/* Where the destination is in the stream that it checks. */
enum lab_parse { LAB_AT_HEADER, LAB_AT_RECORD, LAB_AT_PAYLOAD, LAB_AT_END };

#define LAB_HEADER_BYTES 64
#define LAB_RECORD_BYTES 32
#define LAB_LEAST_BYTES (LAB_HEADER_BYTES + 2 * LAB_RECORD_BYTES)
#define LAB_BOUNCE_BYTES (64 << 10)

/* One session and its file; everything but the timer is under the lock. */
struct lab_stream {
	struct kref ref;
	struct mutex lock;
	struct lab_shared *shared;
	struct lab_device *dev;
	struct timer_list timer;
	bool dead, failed, running, complete, end_sent;
	enum lab_phase phase;
	u64 pos, seed, state_bytes, next_ns;
	/* Source: a head that lies ready, then a payload to generate. */
	u8 head[LAB_HEADER_BYTES + LAB_RECORD_BYTES];
	u32 head_len, head_off;
	u64 payload_left;
	u32 record_type;
	u64 record_seq, initial_left, sent, dirty, dirty_cap, dirty_ns, final_left;
	bool reinit;
	/* Destination. */
	enum lab_parse parse;
	u8 *bounce;
};

struct lab_log {
	struct mutex lock;
	bool active;
	u32 nr_ranges;
	u64 page_size, pages, cursor, since_ns;
	struct {
		u64 iova, length;
	} *ranges;
	unsigned long *bits;
};

struct lab_device {
	struct vfio_device vdev;
	struct lab_shared *shared;
	struct mutex state_lock;
	/* A reset that finds state_lock taken leaves its work to the holder. */
	spinlock_t reset_lock;
	bool deferred_reset;
	enum vfio_device_mig_state state;
	struct lab_stream *saving, *resuming;
	u64 loaded_bytes;
	struct lab_log log;
	struct mutex io_lock;
	u8 config[256], writable[256];
	u8 *bar;
	struct eventfd_ctx *trigger[VFIO_PCI_NUM_IRQS];
	struct dentry *debug;
};

struct lab_type {
	struct mdev_type type;
	u32 flags;
};

#define to_lab_device(v) container_of(v, struct lab_device, vdev)
#define to_lab_type(t) container_of(t, struct lab_type, type)
#define lab_knob(shared, name) READ_ONCE((shared)->knobs[LAB_##name])

/* main.c */
extern atomic_t lab_devices, lab_files, lab_shareds;

/* mig.c */
extern const struct vfio_migration_ops lab_migration_ops;
int lab_mig_open(struct lab_device *dev);
void lab_mig_close(struct lab_device *dev);
int lab_mig_reset(struct lab_device *dev);
bool lab_mig_knows(struct lab_device *dev, u32 state);
void lab_mig_force(struct lab_device *dev, u32 state);
void lab_mig_reinit(struct lab_device *dev, u64 bytes);
const char *lab_state_name(u32 state);
int lab_state_of(const char *name);

/* stream.c */
int lab_stream_init(void);
void lab_stream_exit(void);
struct lab_stream *lab_stream_new(struct lab_device *dev, enum lab_phase phase);
struct file *lab_stream_file(struct lab_stream *stream);
void lab_stream_put(struct lab_stream *stream);
void lab_stream_end(struct lab_stream *stream);
void lab_stream_run(struct lab_stream *stream, bool running);
void lab_stream_stop(struct lab_stream *stream);
int lab_stream_load(struct lab_stream *stream, u64 *seed, u64 *bytes);
u64 lab_stream_remaining(struct lab_stream *stream);
void lab_stream_reinit(struct lab_stream *stream, u64 bytes);

/* knobs.c */
extern const struct attribute_group *lab_groups[];
void lab_knobs_init(struct lab_shared *shared);

/* truth.c */
struct lab_shared *lab_shared_new(const char *name);
void lab_shared_put(struct lab_shared *shared);
void lab_wake(struct lab_shared *shared);
void lab_note(struct lab_shared *shared, enum lab_kind kind, u64 begin, u32 from, u32 to, s64 ret,
	      u64 a, u64 b);
int lab_truth_init(void);
void lab_truth_exit(void);
struct dentry *lab_truth_add(struct lab_shared *shared);

/* dmalog.c */
extern const struct vfio_log_ops lab_log_ops;
void lab_log_init(struct lab_log *log);
void lab_log_reset(struct lab_device *dev);

#endif
