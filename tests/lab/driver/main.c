// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module, its mdev types, and the PCI side of a device: enough of a
 * function (config space, one BAR, INTx, MSI) that a virtual machine takes it.
 */
#include <linux/eventfd.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/version.h>

#include "miglab.h"

#define LAB_INSTANCES 16
#define LAB_BAR_BYTES 4096
#define LAB_OFFSET_SHIFT 40
#define LAB_MSI_CAP 0x40

atomic_t lab_devices = ATOMIC_INIT(0), lab_files = ATOMIC_INIT(0), lab_shareds = ATOMIC_INIT(0);

static const struct class lab_class = { .name = LAB_NAME };
static struct device *lab_parent_dev;
static struct mdev_parent lab_parent;

#define LAB_TYPE(number)                                                                       \
	{                                                                                      \
		.type = { .sysfs_name = #number, .pretty_name = "migration flags " #number },   \
		.flags = number                                                                \
	}

static struct lab_type lab_types[] = { LAB_TYPE(1), LAB_TYPE(3), LAB_TYPE(5), LAB_TYPE(7) };
static struct mdev_type *lab_type_list[ARRAY_SIZE(lab_types)];

/* ------------------------------------------------------------ config space and BAR */

static void config_init(struct lab_device *dev)
{
	u8 *config = dev->config, *writable = dev->writable;

	put_unaligned_le16(0x4d53, config + PCI_VENDOR_ID);
	put_unaligned_le16(0x4c00 | to_lab_type(to_mdev_device(dev->vdev.dev)->type)->flags, config + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, config + PCI_STATUS);
	put_unaligned_le16(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE, writable + PCI_COMMAND);
	config[PCI_REVISION_ID] = 1;
	config[PCI_CLASS_DEVICE + 1] = 0xff;
	put_unaligned_le32(~(u32)(LAB_BAR_BYTES - 1), writable + PCI_BASE_ADDRESS_0);
	writable[PCI_CACHE_LINE_SIZE] = 0xff;
	writable[PCI_LATENCY_TIMER] = 0xff;
	writable[PCI_INTERRUPT_LINE] = 0xff;
	config[PCI_INTERRUPT_PIN] = 1;
	config[PCI_CAPABILITY_LIST] = LAB_MSI_CAP;
	config[LAB_MSI_CAP] = PCI_CAP_ID_MSI;
	put_unaligned_le16(PCI_MSI_FLAGS_64BIT, config + LAB_MSI_CAP + PCI_MSI_FLAGS);
	writable[LAB_MSI_CAP + PCI_MSI_FLAGS] = PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE;
	memset(writable + LAB_MSI_CAP + PCI_MSI_ADDRESS_LO, 0xff, 10);
	writable[LAB_MSI_CAP + PCI_MSI_ADDRESS_LO] = 0xfc;
}

static u64 region_size(u32 index)
{
	if (index == VFIO_PCI_CONFIG_REGION_INDEX)
		return sizeof_field(struct lab_device, config);
	return index == VFIO_PCI_BAR0_REGION_INDEX ? LAB_BAR_BYTES : 0;
}

/* Where an access begins, and how much of it there is; 0 behind the end. */
static size_t region_part(struct lab_device *dev, loff_t pos, size_t count, u8 **at, u32 *index)
{
	u64 offset = pos & ((1ULL << LAB_OFFSET_SHIFT) - 1), size;

	if (pos < 0)
		return 0;
	*index = pos >> LAB_OFFSET_SHIFT;
	size = region_size(*index);
	if (offset >= size)
		return 0;
	*at = (*index == VFIO_PCI_CONFIG_REGION_INDEX ? dev->config : dev->bar) + offset;
	return min_t(u64, count, size - offset);
}

static ssize_t lab_read(struct vfio_device *vdev, char __user *buf, size_t count, loff_t *ppos)
{
	struct lab_device *dev = to_lab_device(vdev);
	u8 *at = NULL;
	u32 index;
	ssize_t ret;

	mutex_lock(&dev->io_lock);
	ret = region_part(dev, *ppos, count, &at, &index);
	if (!ret)
		ret = count ? -EINVAL : 0;
	else if (copy_to_user(buf, at, ret))
		ret = -EFAULT;
	else
		*ppos += ret;
	mutex_unlock(&dev->io_lock);
	return ret;
}

/* Any write to the BAR's first register rings: MSI where it has a listener, else INTx. */
static void ring_bell(struct lab_device *dev)
{
	struct eventfd_ctx *trigger = dev->trigger[VFIO_PCI_MSI_IRQ_INDEX] ?: dev->trigger[VFIO_PCI_INTX_IRQ_INDEX];

	if (trigger)
		eventfd_signal(trigger);
}

static ssize_t lab_write(struct vfio_device *vdev, const char __user *buf, size_t count, loff_t *ppos)
{
	struct lab_device *dev = to_lab_device(vdev);
	u8 bytes[64], *at = NULL;
	u32 index;
	ssize_t ret;
	int i;

	mutex_lock(&dev->io_lock);
	ret = region_part(dev, *ppos, min(count, sizeof(bytes)), &at, &index);
	if (!ret) {
		ret = count ? -EINVAL : 0;
		goto out;
	}
	if (copy_from_user(bytes, buf, ret)) {
		ret = -EFAULT;
		goto out;
	}
	for (i = 0; i < ret; i++) {
		u8 mask = index == VFIO_PCI_CONFIG_REGION_INDEX ? dev->writable[at + i - dev->config] : 0xff;

		at[i] = (at[i] & ~mask) | (bytes[i] & mask);
	}
	if (at == dev->bar)
		ring_bell(dev);
	*ppos += ret;
out:
	mutex_unlock(&dev->io_lock);
	return ret;
}

/* ------------------------------------------------------------ ioctls */

static int fill_region_info(struct vfio_region_info *info)
{
	if (info->index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	info->cap_offset = 0;
	info->offset = (u64)info->index << LAB_OFFSET_SHIFT;
	info->size = region_size(info->index);
	info->flags = info->size ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0;
	return 0;
}

static u32 lab_irq_count(u32 index)
{
	return index == VFIO_PCI_INTX_IRQ_INDEX || index == VFIO_PCI_MSI_IRQ_INDEX || index == VFIO_PCI_REQ_IRQ_INDEX;
}

static void drop_trigger(struct lab_device *dev, u32 index)
{
	if (dev->trigger[index])
		eventfd_ctx_put(dev->trigger[index]);
	dev->trigger[index] = NULL;
}

static int set_irqs(struct lab_device *dev, const struct vfio_irq_set *set, const void *data)
{
	u32 what = set->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK, kind = set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
	struct eventfd_ctx *trigger = NULL;

	/* Nothing is ever masked: what is asked for is the case, as far as anyone can see. */
	if (what != VFIO_IRQ_SET_ACTION_TRIGGER)
		return kind == VFIO_IRQ_SET_DATA_EVENTFD ? -ENOTTY : 0;
	if (kind == VFIO_IRQ_SET_DATA_EVENTFD && set->count == 1) {
		s32 fd = *(const s32 *)data;

		if (fd >= 0) {
			trigger = eventfd_ctx_fdget(fd);
			if (IS_ERR(trigger))
				return PTR_ERR(trigger);
		}
	} else if (kind == VFIO_IRQ_SET_DATA_NONE && set->count == 1) {
		if (dev->trigger[set->index])
			eventfd_signal(dev->trigger[set->index]);
		return 0;
	} else if (kind != VFIO_IRQ_SET_DATA_NONE || set->count) {
		return -EINVAL;
	}
	drop_trigger(dev, set->index);
	dev->trigger[set->index] = trigger;
	return 0;
}

static long ioctl_set_irqs(struct lab_device *dev, void __user *arg)
{
	const size_t least = offsetofend(struct vfio_irq_set, count);
	struct vfio_irq_set set;
	size_t data_size = 0;
	void *data = NULL;
	long ret;

	if (copy_from_user(&set, arg, least))
		return -EFAULT;
	if (set.argsz < least || set.index >= VFIO_PCI_NUM_IRQS || set.start)
		return -EINVAL;
	ret = vfio_set_irqs_validate_and_prepare(&set, lab_irq_count(set.index), VFIO_PCI_NUM_IRQS, &data_size);
	if (ret)
		return ret;
	if (data_size) {
		data = memdup_user(arg + least, data_size);
		if (IS_ERR(data))
			return PTR_ERR(data);
	}
	mutex_lock(&dev->io_lock);
	ret = set_irqs(dev, &set, data);
	mutex_unlock(&dev->io_lock);
	kfree(data);
	return ret;
}

static long lab_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long number)
{
	struct lab_device *dev = to_lab_device(vdev);
	void __user *arg = (void __user *)number;
	size_t least;

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO: {
		struct vfio_device_info info;

		least = offsetofend(struct vfio_device_info, num_irqs);
		if (copy_from_user(&info, arg, least))
			return -EFAULT;
		if (info.argsz < least)
			return -EINVAL;
		info.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
		info.num_regions = VFIO_PCI_NUM_REGIONS;
		info.num_irqs = VFIO_PCI_NUM_IRQS;
		return copy_to_user(arg, &info, least) ? -EFAULT : 0;
	}
	case VFIO_DEVICE_GET_REGION_INFO: {
		struct vfio_region_info info;
		int ret;

		least = offsetofend(struct vfio_region_info, offset);
		if (copy_from_user(&info, arg, least))
			return -EFAULT;
		if (info.argsz < least)
			return -EINVAL;
		ret = fill_region_info(&info);
		if (ret)
			return ret;
		return copy_to_user(arg, &info, least) ? -EFAULT : 0;
	}
	case VFIO_DEVICE_GET_IRQ_INFO: {
		struct vfio_irq_info info;

		least = offsetofend(struct vfio_irq_info, count);
		if (copy_from_user(&info, arg, least))
			return -EFAULT;
		if (info.argsz < least || info.index >= VFIO_PCI_NUM_IRQS)
			return -EINVAL;
		info.count = lab_irq_count(info.index);
		info.flags = info.count ? VFIO_IRQ_INFO_EVENTFD : 0;
		if (info.index == VFIO_PCI_INTX_IRQ_INDEX)
			info.flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
		else if (info.count)
			info.flags |= VFIO_IRQ_INFO_NORESIZE;
		return copy_to_user(arg, &info, least) ? -EFAULT : 0;
	}
	case VFIO_DEVICE_SET_IRQS:
		return ioctl_set_irqs(dev, arg);
	case VFIO_DEVICE_RESET:
		return lab_mig_reset(dev);
	}
	return -ENOTTY;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
static int lab_region_info(struct vfio_device *vdev, struct vfio_region_info *info, struct vfio_info_cap *caps)
{
	return fill_region_info(info);
}
#endif

/* ------------------------------------------------------------ life */

static int lab_open(struct vfio_device *vdev)
{
	return lab_mig_open(to_lab_device(vdev));
}

static void lab_close(struct vfio_device *vdev)
{
	struct lab_device *dev = to_lab_device(vdev);
	u32 i;

	lab_mig_close(dev);
	mutex_lock(&dev->io_lock);
	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++)
		drop_trigger(dev, i);
	mutex_unlock(&dev->io_lock);
}

/* Somebody wants the device back. */
static void lab_request(struct vfio_device *vdev, unsigned int count)
{
	struct lab_device *dev = to_lab_device(vdev);

	mutex_lock(&dev->io_lock);
	if (dev->trigger[VFIO_PCI_REQ_IRQ_INDEX])
		eventfd_signal(dev->trigger[VFIO_PCI_REQ_IRQ_INDEX]);
	mutex_unlock(&dev->io_lock);
}

static int lab_init(struct vfio_device *vdev)
{
	struct lab_device *dev = to_lab_device(vdev);

	dev->bar = kzalloc(LAB_BAR_BYTES, GFP_KERNEL);
	if (!dev->bar)
		return -ENOMEM;
	dev->shared = lab_shared_new(dev_name(vdev->dev));
	if (!dev->shared) {
		kfree(dev->bar);
		return -ENOMEM;
	}
	mutex_init(&dev->state_lock);
	mutex_init(&dev->io_lock);
	spin_lock_init(&dev->reset_lock);
	lab_log_init(&dev->log);
	dev->state = VFIO_DEVICE_STATE_RUNNING;
	vdev->migration_flags = to_lab_type(to_mdev_device(vdev->dev)->type)->flags;
	vdev->mig_ops = &lab_migration_ops;
	vdev->log_ops = &lab_log_ops;
	config_init(dev);
	atomic_inc(&lab_devices);
	return 0;
}

static void lab_release(struct vfio_device *vdev)
{
	struct lab_device *dev = to_lab_device(vdev);

	lab_shared_put(dev->shared);
	kfree(dev->bar);
	atomic_dec(&lab_devices);
}

static const struct vfio_device_ops lab_ops = {
	.name = LAB_NAME,
	.init = lab_init,
	.release = lab_release,
	.open_device = lab_open,
	.close_device = lab_close,
	.read = lab_read,
	.write = lab_write,
	.ioctl = lab_ioctl,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	.get_region_info_caps = lab_region_info,
#endif
	.request = lab_request,
	.bind_iommufd = vfio_iommufd_emulated_bind,
	.unbind_iommufd = vfio_iommufd_emulated_unbind,
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
};

static int lab_probe(struct mdev_device *mdev)
{
	struct lab_device *dev = vfio_alloc_device(lab_device, vdev, &mdev->dev, &lab_ops);
	int ret;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	/* Before anyone can open it: the attributes come right after. */
	dev_set_drvdata(&mdev->dev, dev);
	ret = vfio_register_emulated_iommu_dev(&dev->vdev);
	if (ret) {
		vfio_put_device(&dev->vdev);
		return ret;
	}
	dev->debug = lab_truth_add(dev->shared);
	return 0;
}

static void lab_remove(struct mdev_device *mdev)
{
	struct lab_device *dev = dev_get_drvdata(&mdev->dev);

	/* Waits until the last user has closed it. */
	vfio_unregister_group_dev(&dev->vdev);
	debugfs_remove_recursive(dev->debug);
	vfio_put_device(&dev->vdev);
}

static ssize_t lab_description(struct mdev_type *type, char *buf)
{
	return sysfs_emit(buf, "migratable on demand, flags 0x%x\n", to_lab_type(type)->flags);
}

static struct mdev_driver lab_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.max_instances = LAB_INSTANCES,
	.probe = lab_probe,
	.remove = lab_remove,
	.show_description = lab_description,
	.driver = {
		.name = LAB_NAME,
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
		.dev_groups = lab_groups,
	},
};

static int __init miglab_init(void)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(lab_types); i++)
		lab_type_list[i] = &lab_types[i].type;
	ret = class_register(&lab_class);
	if (ret)
		return ret;
	ret = lab_truth_init();
	if (ret)
		goto no_truth;
	ret = lab_stream_init();
	if (ret)
		goto no_streams;
	ret = mdev_register_driver(&lab_driver);
	if (ret)
		goto no_driver;
	lab_parent_dev = device_create(&lab_class, NULL, MKDEV(0, 0), NULL, LAB_NAME);
	if (IS_ERR(lab_parent_dev)) {
		ret = PTR_ERR(lab_parent_dev);
		goto no_device;
	}
	ret = mdev_register_parent(&lab_parent, lab_parent_dev, &lab_driver, lab_type_list, ARRAY_SIZE(lab_type_list));
	if (ret)
		goto no_parent;
	return 0;
no_parent:
	device_unregister(lab_parent_dev);
no_device:
	mdev_unregister_driver(&lab_driver);
no_driver:
	lab_stream_exit();
no_streams:
	lab_truth_exit();
no_truth:
	class_unregister(&lab_class);
	return ret;
}

static void __exit miglab_exit(void)
{
	mdev_unregister_parent(&lab_parent);
	device_unregister(lab_parent_dev);
	mdev_unregister_driver(&lab_driver);
	lab_stream_exit();
	lab_truth_exit();
	class_unregister(&lab_class);
}

module_init(miglab_init);
module_exit(miglab_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A migratable VFIO device that misbehaves on demand");
MODULE_AUTHOR("The Migscope authors");
