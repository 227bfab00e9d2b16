/* Room 5's pace: the token bucket, the transport-wide numbers, and the deque of video that waits (sfu/sender.py). */
#include "pacing.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 32768

/* Before each packet that waits. `size` is that of the packet. */
struct held_head {
    int32_t size;
    uint16_t transport_cc, abs_send_time;
};

/* --- bandwidth/pacer.py, bandwidth/sent_packets.py --- */

double line_available(struct line *line, double now)
{
    if (now > line->at) {
        double refilled = line->available + (now - line->at) * line->rate;
        line->available = refilled < line->burst ? refilled : line->burst;
        line->at = now;
    }
    return line->available;
}

int line_record(struct line *line, uint32_t size, double now, int probe)
{
    uint16_t number = line->next_number++;
    int at = number % SENT_CAPACITY;
    line->sent_number[at] = number;
    line->sent_size[at] = size;
    line->sent_at[at] = now;
    line->sent_probe[at] = (uint8_t)probe;
    return number;
}

void line_stamp(struct line *line, uint8_t *at, int size, int transport_cc, int abs_send_time, double now)
{
    if (abs_send_time) { /* 24 bits, 6.18 fixed point */
        uint32_t moment = (uint32_t)((uint64_t)(now * 262144.0) & 0xFFFFFF);
        at[abs_send_time] = (uint8_t)(moment >> 16);
        put16(at + abs_send_time + 1, moment);
    }
    if (transport_cc)
        put16(at + transport_cc, (uint32_t)line_record(line, (uint32_t)size + OVERHEAD_BYTES, now, 0));
}

void line_sent(struct line *line, int size)
{
    line->sent_packets++;
    line->sent_bytes += (uint64_t)size + OVERHEAD_BYTES;
}

/* --- the deque --- */

static uint32_t ssrc_of(const uint8_t *packet)
{
    return (uint32_t)packet[8] << 24 | (uint32_t)packet[9] << 16 | (uint32_t)packet[10] << 8 | packet[11];
}

static struct held_head head_at(const struct line *line, int at)
{
    struct held_head head;
    memcpy(&head, line->held + at, sizeof head);
    return head;
}

/* Entries keep no padding: their heads are copied, not read in place. */
uint8_t *line_room(struct line *line, int size, int transport_cc, int abs_send_time)
{
    struct held_head head = {size, (uint16_t)transport_cc, (uint16_t)abs_send_time};
    int need = (int)sizeof head + size;
    if (size > MAX_PACKET_BYTES) {
        line->dropped_packets++;
        return 0;
    }
    if (line->held_end + need > line->held_room) {
        int used = line->held_end - line->held_start;
        if (line->held_start >= used + need) { /* the free part at the head is enough for all */
            memcpy(line->held, line->held + line->held_start, (size_t)used);
        } else {
            int room = line->held_room ? line->held_room : FIRST_ROOM;
            while (room < 2 * (used + need))
                room *= 2;
            uint8_t *larger = malloc((size_t)room);
            if (!larger) {
                line->dropped_packets++;
                return 0;
            }
            if (used)
                memcpy(larger, line->held + line->held_start, (size_t)used);
            free(line->held);
            line->held = larger;
            line->held_room = room;
        }
        line->held_start = 0;
        line->held_end = used;
    }
    memcpy(line->held + line->held_end, &head, sizeof head);
    return line->held + line->held_end + sizeof head;
}

static void note_dropped(struct line *line, struct egress_list *list, uint32_t ssrc)
{
    int at = 0;
    while (at < line->dropped_count && line->dropped_ssrcs[at] != ssrc)
        at++;
    if (at == line->dropped_count && at < MAX_DROPPED)
        line->dropped_ssrcs[line->dropped_count++] = ssrc;
    if (!line->dropping) {
        line->dropping = 1;
        line->next_dropping = list->dropping;
        list->dropping = line;
    }
}

/* Drop what waits of one picture (`all`: of every one), and keep the order of the rest. */
static void drop_held(struct line *line, struct egress_list *list, uint32_t ssrc, int all)
{
    int to = line->held_start;
    for (int at = line->held_start; at < line->held_end;) {
        int size = (int)sizeof(struct held_head) + head_at(line, at).size;
        uint32_t whose = ssrc_of(line->held + at + sizeof(struct held_head));
        if (all || whose == ssrc) {
            line->held_bytes -= size - (int)sizeof(struct held_head);
            line->dropped_packets++;
            note_dropped(line, list, whose);
        } else {
            memmove(line->held + to, line->held + at, (size_t)size);
            to += size;
        }
        at += size;
    }
    line->held_end = to;
}

/* The picture that has most waiting: late, it is worth less than its next key frame. */
static uint32_t largest_held(const struct line *line)
{
    uint32_t ssrcs[MAX_DROPPED];
    int64_t bytes[MAX_DROPPED];
    int count = 0, largest = 0;
    for (int at = line->held_start; at < line->held_end;) {
        struct held_head head = head_at(line, at);
        uint32_t ssrc = ssrc_of(line->held + at + sizeof head);
        int found = 0;
        while (found < count && ssrcs[found] != ssrc)
            found++;
        if (found == count && count < MAX_DROPPED) {
            ssrcs[count] = ssrc;
            bytes[count++] = 0;
        }
        if (found < count)
            bytes[found] += head.size;
        at += (int)sizeof head + head.size;
    }
    for (int at = 1; at < count; at++)
        if (bytes[at] > bytes[largest])
            largest = at;
    return ssrcs[largest];
}

static void list_holding(struct line *line, struct egress_list *list)
{
    if (!line->holding) {
        line->holding = 1;
        line->next_holding = list->holding;
        list->holding = line;
    }
}

void line_held(struct line *line, struct egress_list *list, int size)
{
    line->held_end += (int)sizeof(struct held_head) + size;
    line->held_bytes += size;
    list_holding(line, list);
    if (line->held_bytes > line->held_limit)
        drop_held(line, list, largest_held(line), 0);
}

/* Whether video must wait: for its pace, or behind what waits. */
int line_must_hold(struct line *line, double now)
{
    return line->waiting || line->held_bytes || line_available(line, now) <= 0;
}

/* Video that Python made; `prefix` is its own to stamp. */
void line_enqueue(struct line *line, struct egress_list *list, uint8_t *prefix, int prefix_size,
                  const uint8_t *payload, int payload_size, int transport_cc, int abs_send_time, double now)
{
    int size = prefix_size + payload_size;
    if (line_must_hold(line, now)) {
        uint8_t *at = line_room(line, size, transport_cc, abs_send_time);
        if (at) {
            memcpy(at, prefix, (size_t)prefix_size);
            memcpy(at + prefix_size, payload, (size_t)payload_size);
            line_held(line, list, size);
        }
        return;
    }
    line_stamp(line, prefix, size, transport_cc, abs_send_time, now);
    line->available -= size + OVERHEAD_BYTES;
    if (egress_add(line->egress, list, prefix, prefix_size, payload, payload_size))
        line_sent(line, size);
}

void line_drop_held(struct line *line, struct egress_list *list)
{
    drop_held(line, list, 0, 1);
}

/* As much as the pace allows, unless repairs wait in Python: they go first. */
static void send_held(struct line *line, struct egress_list *list, double now)
{
    struct egress *egress = line->egress;
    if (!egress || line->waiting)
        return;
    while (line->held_bytes && line_available(line, now) > 0) {
        struct held_head head = head_at(line, line->held_start);
        uint8_t *packet = line->held + line->held_start + sizeof head;
        line_stamp(line, packet, head.size, head.transport_cc, head.abs_send_time, now);
        line->available -= head.size + OVERHEAD_BYTES;
        if (egress_add(egress, list, packet, head.size, packet, 0))
            line_sent(line, head.size);
        line->held_bytes -= head.size;
        line->held_start += (int)sizeof head + head.size;
    }
    if (!line->held_bytes)
        line->held_start = line->held_end = 0;
}

void lines_send_held(struct egress_list *list, double now)
{
    struct line **place = &list->holding;
    while (*place) {
        struct line *line = *place;
        send_held(line, list, now);
        if (line->held_bytes) {
            place = &line->next_holding;
        } else {
            *place = line->next_holding;
            line->next_holding = 0;
            line->holding = 0;
        }
    }
}

/* The handle of a line that dropped something since it was last named; 0 if there is none. */
uint64_t lines_next_dropped(struct egress_list *list)
{
    struct line *line = list->dropping;
    if (!line)
        return 0;
    list->dropping = line->next_dropping;
    line->next_dropping = 0;
    line->dropping = 0;
    return line->handle;
}

/* Before its memory is given back. */
void line_close(struct line *line, struct egress_list *list)
{
    struct line **place = &list->holding;
    while (*place && *place != line)
        place = &(*place)->next_holding;
    if (*place)
        *place = line->next_holding;
    place = &list->dropping;
    while (*place && *place != line)
        place = &(*place)->next_dropping;
    if (*place)
        *place = line->next_dropping;
    free(line->held);
    line->held = 0;
    line->held_start = line->held_end = line->held_room = line->held_bytes = 0;
}
