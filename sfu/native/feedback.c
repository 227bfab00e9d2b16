/* Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01) from the network, matched to what was
 * sent: sfu/rtp/transport_feedback.py, bandwidth/sent_packets.py and bandwidth/feedback.py in one pass. The bytes are
 * not trusted: every read is within `size`, every index within its array; tests feed it and the Python twins the same.
 */
#include "fanout.h"
#include <string.h>

#define MAX_STATUSES 2000
#define VECTOR_ROOM 14 /* the last chunk may say more than there are packets */
#define TICK_S 0.00025
#define REFERENCE_TICKS 256
#define OLDEST_S 5.0
#define GROUP_S 0.005

static int read16(const uint8_t *at)
{
    return at[0] << 8 | at[1];
}

/* Where the deltas begin; 0 if the chunks are cut short or say nothing. */
static int read_statuses(const uint8_t *body, int size, int count, uint8_t *statuses)
{
    int position = 16;
    for (int known = 0; known < count;) {
        if (position + 2 > size)
            return 0;
        int chunk = read16(body + position);
        position += 2;
        if (!(chunk & 0x8000)) {
            int run = chunk & 0x1FFF;
            if (!run)
                return 0;
            if (run > count - known)
                run = count - known;
            memset(statuses + known, chunk >> 13 & 3, (size_t)run);
            known += run;
        } else if (chunk & 0x4000) {
            for (int shift = 12; shift >= 0; shift -= 2)
                statuses[known++] = (uint8_t)(chunk >> shift & 3);
        } else {
            for (int shift = 13; shift >= 0; shift--)
                statuses[known++] = (uint8_t)(chunk >> shift & 1);
        }
    }
    return position;
}

static int deltas_fit(const uint8_t *statuses, int count, int room)
{
    for (int index = 0; index < count; index++) {
        if (statuses[index] == 3)
            return 0;
        room -= statuses[index];
    }
    return room >= 0;
}

static void count_arrival(struct line *line, int at, double received, struct feedback *out)
{
    double sent = line->sent_at[at];
    struct sent_group *group = out->groups ? &out->group[out->groups - 1] : 0;
    out->bytes += (int32_t)line->sent_size[at];
    if (out->latest_received < 0 || received > out->latest_received)
        out->latest_received = received;
    if (line->sent_probe[at] && out->probes < MAX_PROBES) {
        out->probe_received[out->probes] = received;
        out->probe_size[out->probes++] = line->sent_size[at];
    }
    if ((!group || sent - group->first_sent > GROUP_S) && out->groups < MAX_GROUPS) {
        group = &out->group[out->groups++];
        group->first_sent = group->last_sent = sent;
        group->last_received = received;
    } else {
        if (sent > group->last_sent)
            group->last_sent = sent;
        if (received > group->last_received)
            group->last_received = received;
    }
}

/* 0, or -1 if the body is malformed: then nothing has changed. `latest_received` is -1 if nothing arrived. */
int line_feedback_untrusted(struct line *line, const uint8_t *body, int size, double now, struct feedback *out)
{
    uint8_t statuses[MAX_STATUSES + VECTOR_ROOM];
    out->reported = out->lost = out->bytes = out->groups = out->probes = 0;
    out->newest_sent = out->latest_received = -1;
    if (size < 16)
        return -1;
    int base = read16(body + 8), count = read16(body + 10);
    int32_t reference = body[12] << 16 | body[13] << 8 | body[14];
    if (reference & 0x800000)
        reference -= 0x1000000;
    if (count > MAX_STATUSES)
        return -1;
    int position = read_statuses(body, size, count, statuses);
    if (!position || !deltas_fit(statuses, count, size - position))
        return -1;
    int64_t ticks = (int64_t)reference * REFERENCE_TICKS;
    for (int index = 0; index < count; index++) {
        int number = (base + index) & 0xFFFF, at = number % SENT_CAPACITY;
        if (statuses[index] == 1)
            ticks += body[position];
        else if (statuses[index] == 2)
            ticks += (int16_t)read16(body + position);
        position += statuses[index];
        if (line->sent_number[at] != number || now - line->sent_at[at] > OLDEST_S)
            continue;
        out->reported++;
        if (line->sent_at[at] > out->newest_sent)
            out->newest_sent = line->sent_at[at];
        if (!statuses[index]) {
            out->lost++;
            continue;
        }
        line->sent_number[at] = -1;
        count_arrival(line, at, (double)ticks * TICK_S, out);
    }
    return 0;
}
