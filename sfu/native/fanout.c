/* Room 4's arithmetic and room 5's sending for packets that go on at once: what is done for every forwarded packet.
 *
 * The Python modules named below say what each part does and serve where this library is not built; tests hold the two
 * equal. One thread at a time.
 */
#define _GNU_SOURCE
#include "pacing.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define SOL_UDP 17
#define UDP_SEGMENT 103
#define MAX_SEGMENTS 64
#define MAX_BATCH_BYTES 65000
#define TAG_ROOM 32
#define LAST_START (MAX_BATCH_BYTES - MAX_PACKET_BYTES - TAG_ROOM)
#define PICTURE_BITS 15
#define PICTURE_MASK ((1 << PICTURE_BITS) - 1)

enum { WOULD_BLOCK, SEND_FAILED, TOO_LARGE, NOT_PROTECTED };

/* --- sfu/continuous_map.py --- */

void map_init(struct continuous_map *map, int64_t first_out)
{
    memset(map, 0, sizeof *map);
    map->highest_in = -1;
    map->highest_out = first_out - 1;
}

void map_begin(struct continuous_map *map, int64_t first_in)
{
    map->older_count = map->older_next = 0;
    map->first = first_in;
    map->offset = map->highest_out + 1 - first_in;
    map->highest_in = first_in - 1;
}

int map_forward(struct continuous_map *map, int64_t number, int64_t *out)
{
    if (number >= map->first) {
        *out = number + map->offset;
        if (number > map->highest_in) {
            map->highest_in = number;
            map->highest_out = *out;
        }
        return 1;
    }
    for (int back = 1; back <= map->older_count; back++) {
        int at = (map->older_next - back + MAP_SEGMENTS) % MAP_SEGMENTS;
        if (number >= map->older_first[at]) {
            *out = number + map->older_offset[at];
            return 1;
        }
    }
    return 0;
}

int map_leave_out(struct continuous_map *map, int64_t number)
{
    if (number <= map->highest_in)
        return 0;
    if (number != map->first) {
        map->older_first[map->older_next] = map->first;
        map->older_offset[map->older_next] = map->offset;
        map->older_next = (map->older_next + 1) % MAP_SEGMENTS;
        if (map->older_count < MAP_SEGMENTS)
            map->older_count++;
    }
    map->first = number + 1;
    map->offset--;
    map->highest_in = number;
    map->highest_out = number + map->offset;
    return 1;
}

int map_source(const struct continuous_map *map, int64_t out, int64_t *number)
{
    if (out > map->highest_out)
        return 0;
    *number = out - map->offset;
    if (*number >= map->first)
        return 1;
    for (int back = 1; back <= map->older_count; back++) {
        int at = (map->older_next - back + MAP_SEGMENTS) % MAP_SEGMENTS;
        *number = out - map->older_offset[at];
        if (*number >= map->older_first[at])
            return 1;
    }
    return 0;
}

/* --- sfu/transport/egress.py --- */

static void count_sent(struct egress *egress, int packets, int bytes)
{
    egress->sent_packets += (uint64_t)packets;
    egress->sent_bytes += (uint64_t)bytes;
}

static void send_singly(struct egress *egress)
{
    for (int offset = egress->start; offset < egress->end; offset += egress->segment) {
        int size = egress->end - offset < egress->segment ? egress->end - offset : egress->segment;
        if (sendto(egress->fd, egress->buffer + offset, (size_t)size, MSG_DONTWAIT,
                   (const struct sockaddr *)egress->address, egress->address_size) >= 0)
            count_sent(egress, 1, size);
        else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
            egress->drops[WOULD_BLOCK]++;
        else
            egress->drops[SEND_FAILED]++;
    }
}

static int send_segmented(struct egress *egress)
{
    union {
        char room[CMSG_SPACE(sizeof(uint16_t))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec data = {egress->buffer + egress->start, (size_t)(egress->end - egress->start)};
    struct msghdr message = {0};
    message.msg_name = egress->address;
    message.msg_namelen = egress->address_size;
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    uint16_t segment = (uint16_t)egress->segment;
    memcpy(CMSG_DATA(header), &segment, sizeof segment);
    return sendmsg(egress->fd, &message, MSG_DONTWAIT) >= 0 ? 0 : errno;
}

/* Send what lies between start and end, all of it segments of one size but for the last, which may be shorter. */
static void send_batch(struct egress *egress)
{
    int count = egress->count;
    egress->count = 0;
    if (count == 1 || !egress->offload) {
        send_singly(egress);
        return;
    }
    int error = send_segmented(egress);
    if (!error) {
        count_sent(egress, count, egress->end - egress->start);
    } else if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) {
        egress->drops[WOULD_BLOCK] += (uint64_t)count;
    } else if (error == EINVAL || error == EMSGSIZE) { /* too large for the path's MTU */
        egress->limit = egress->segment - 1;
        send_singly(egress);
    } else if (error == EIO || error == ENOPROTOOPT || error == EOPNOTSUPP) { /* the device cannot, whatever the size */
        egress->limit = 0;
        send_singly(egress);
    } else {
        egress->drops[SEND_FAILED] += (uint64_t)count;
    }
}

void egress_flush(struct egress *egress)
{
    if (egress->count)
        send_batch(egress);
    egress->start = egress->end = 0;
}

void egress_flush_all(struct egress_list *list)
{
    struct egress *egress = list->first;
    list->first = 0;
    while (egress) {
        struct egress *next = egress->next;
        egress->listed = 0;
        egress->next = 0;
        egress_flush(egress);
        egress = next;
    }
}

/* Before its memory is given back. */
void egress_unlist(struct egress *egress, struct egress_list *list)
{
    struct egress **place = &list->first;
    while (*place && *place != egress)
        place = &(*place)->next;
    if (*place)
        *place = egress->next;
    egress->next = 0;
    egress->listed = 0;
}

/* Encrypt the `size` bytes at `end` and take them into the batch. */
int egress_take(struct egress *egress, struct egress_list *list, int size)
{
    int end = egress->end;
    if (egress->protect(egress->srtp, egress->buffer + end, &size)) {
        egress->drops[NOT_PROTECTED]++;
        return 0;
    }
    if (!egress->count) {
        egress->segment = size;
    } else if (size > egress->segment) {
        send_batch(egress);
        egress->start = end;
        egress->segment = size;
    }
    egress->count++;
    egress->end = end + size;
    if (size < egress->segment || size > egress->limit) {
        egress_flush(egress);
    } else if (!egress->listed) {
        egress->listed = 1;
        egress->next = list->first;
        list->first = egress;
    }
    return 1;
}

static int make_room(struct egress *egress, int size)
{
    if (egress->count == MAX_SEGMENTS || egress->end > LAST_START)
        egress_flush(egress);
    if (size <= MAX_PACKET_BYTES)
        return 1;
    egress->drops[TOO_LARGE]++;
    return 0;
}

int egress_add(struct egress *egress, struct egress_list *list, const uint8_t *prefix, int prefix_size,
               const uint8_t *payload, int payload_size)
{
    if (!make_room(egress, prefix_size + payload_size))
        return 0;
    memcpy(egress->buffer + egress->end, prefix, (size_t)prefix_size);
    memcpy(egress->buffer + egress->end + prefix_size, payload, (size_t)payload_size);
    return egress_take(egress, list, prefix_size + payload_size);
}

/* --- sfu/outgoing_stream.py, sfu/vp8_rewriter.py --- */

void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static int write_head(const struct forward *forward, const struct packet *packet, uint8_t *at, int64_t sequence)
{
    const struct head *head = packet->has_clock ? &forward->with_clock : &forward->plain;
    int marker = packet->marker || (packet->frame_end && packet->spatial == forward->spatial);
    memcpy(at, head->bytes, head->size);
    at[1] = (uint8_t)(forward->payload_type | (marker ? 0x80 : 0));
    put16(at + 2, (uint32_t)sequence);
    put32(at + 4, packet->timestamp + forward->timestamp_offset);
    put32(at + 8, forward->ssrc);
    if (head->audio_level && packet->audio_level >= 0)
        at[head->audio_level] = (uint8_t)packet->audio_level;
    if (packet->has_clock && head->capture_time)
        memcpy(at + head->capture_time, packet->clock, sizeof packet->clock);
    return head->size;
}


static int64_t extend_picture(struct forward *forward, int picture_id)
{
    int64_t highest = forward->highest_picture;
    int64_t half = 1 << (PICTURE_BITS - 1);
    int64_t extended = highest + ((picture_id - highest + half) & PICTURE_MASK) - half;
    if (extended > highest)
        forward->highest_picture = extended;
    return extended;
}

static void rewrite_picture(struct forward *forward, const struct packet *packet, uint8_t *descriptor)
{
    int64_t picture;
    if (!map_forward(&forward->pictures, extend_picture(forward, packet->picture_id), &picture))
        picture = packet->picture_id;
    put16(descriptor + 2, 0x8000u | ((uint32_t)picture & PICTURE_MASK));
    if (packet->tl0 >= 0) {
        int tl0 = (packet->tl0 + forward->tl0_offset) & 0xFF;
        if (((tl0 - forward->last_tl0) & 0xFF) < 0x80)
            forward->last_tl0 = (int16_t)tl0;
        descriptor[4] = (uint8_t)tl0;
    }
}

/* --- sfu/subscription.py, sfu/audio_subscription.py, sfu/sender.py --- */

/* 1: left out as it should be; 0: too late for that, Python fills the number. */
static int leave_out(struct forward *forward, const struct packet *packet)
{
    if (packet->sequence <= forward->sequences.highest_in)
        return 0;
    if (forward->rewrites && packet->picture_id >= 0)
        map_leave_out(&forward->pictures, extend_picture(forward, packet->picture_id));
    return map_leave_out(&forward->sequences, packet->sequence);
}

/* The packet as it goes out, but for the moment of sending; its size. */
static int write_packet(struct forward *forward, const uint8_t *data, const struct packet *packet, int64_t sequence,
                        uint8_t *at)
{
    int head_size = write_head(forward, packet, at, sequence);
    memcpy(at + head_size, data + packet->payload_offset, (size_t)packet->payload_size);
    if (forward->rewrites && packet->picture_id >= 0)
        rewrite_picture(forward, packet, at + head_size);
    return head_size + packet->payload_size;
}

static int send_on(struct forward *forward, const uint8_t *data, const struct packet *packet, struct egress_list *list)
{
    struct line *line = forward->line;
    struct egress *egress = line->egress;
    const struct head *head = packet->has_clock ? &forward->with_clock : &forward->plain;
    int size = head->size + packet->payload_size;
    int64_t sequence;
    if (!egress || !map_forward(&forward->sequences, packet->sequence, &sequence))
        return 0;
    if (forward->paced && line_must_hold(line, packet->now)) {
        uint8_t *at = line_room(line, size, head->transport_cc, head->abs_send_time);
        if (at) {
            write_packet(forward, data, packet, sequence, at);
            line_held(line, list, size);
        }
    } else if (make_room(egress, size)) {
        uint8_t *at = egress->buffer + egress->end;
        write_packet(forward, data, packet, sequence, at);
        line_stamp(line, at, size, head->transport_cc, head->abs_send_time, packet->now);
        line->available -= size + OVERHEAD_BYTES;
        if (egress_take(egress, list, size))
            line_sent(line, size);
    }
    if (sequence == forward->sequences.highest_out) {
        forward->last_timestamp = packet->timestamp + forward->timestamp_offset;
        forward->last_arrival_s = packet->arrival_s;
        forward->begun = 1;
    }
    forward->packet_count++;
    forward->octet_count += (uint64_t)packet->payload_size;
    return 1;
}

int fan_out(struct forward **members, int count, const uint8_t *data, const struct packet *packet,
            struct egress_list *list, int32_t *deferred)
{
    int left = 0;
    for (int index = 0; index < count; index++) {
        struct forward *forward = members[index];
        int above = packet->spatial > forward->spatial || packet->temporal > forward->temporal;
        if (!(above ? leave_out(forward, packet) : send_on(forward, data, packet, list)))
            deferred[left++] = index;
    }
    return left;
}
