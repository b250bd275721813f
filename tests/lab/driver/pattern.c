// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bytes of a stream: each depends on the device's seed and on its place
 * alone, so that a destination can check what it never saw before.
 */
#include <linux/unaligned.h>

#include "stream.h"

static u64 lab_pattern_word(u64 seed, u64 index)
{
	u64 word = (index ^ seed) * 0x9e3779b97f4a7c15ULL;

	return word ^ (word >> 29);
}

u8 lab_pattern_byte(u64 seed, u64 pos)
{
	return lab_pattern_word(seed, pos >> 3) >> (8 * (pos & 7));
}

void lab_pattern_fill(u8 *to, u64 seed, u64 pos, size_t count)
{
	for (; count && (pos & 7); count--)
		*to++ = lab_pattern_byte(seed, pos++);
	for (; count >= 8; count -= 8, pos += 8, to += 8)
		put_unaligned_le64(lab_pattern_word(seed, pos >> 3), to);
	for (; count; count--)
		*to++ = lab_pattern_byte(seed, pos++);
}

/* Index of the first byte that differs, or count. */
size_t lab_pattern_check(const u8 *from, u64 seed, u64 pos, size_t count)
{
	size_t i = 0;

	for (; i < count && ((pos + i) & 7); i++)
		if (from[i] != lab_pattern_byte(seed, pos + i))
			return i;
	for (; count - i >= 8; i += 8)
		if (get_unaligned_le64(from + i) != lab_pattern_word(seed, (pos + i) >> 3))
			break;
	for (; i < count; i++)
		if (from[i] != lab_pattern_byte(seed, pos + i))
			return i;
	return count;
}

u64 lab_header_check(const u8 *head)
{
	u64 sum = HEADER_MAGIC;
	int i;

	for (i = 0; i < LAB_HEADER_BYTES - 8; i += 8)
		sum = lab_pattern_word(sum, get_unaligned_le64(head + i));
	return sum;
}
