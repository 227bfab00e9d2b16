/* Rooms 2 and 3 for packets that need no decision: what is done once for every packet that comes in.
 *
 * A packet is served here only if it is the one after the last of its stream, of the codec as before, and neither padding
 * nor the beginning of a key frame; everything else goes to Python untouched, which keeps the same state in the same
 * memory. Bytes from the network are not trusted: every read is within `size`.
 */
#include "fanout.h"
#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 12
#define ONE_BYTE_PROFILE 0xBEDE
#define CAPTURE_TIME_SIZE 8
#define KEEP_S 3.0          /* sfu/history.py */
#define JUMP_S 10           /* sfu/receive_statistics.py */
#define VP8_DESCRIPTOR 6    /* with 15-bit PictureID, TL0PICIDX and TID: what browsers send */
#define RTPFB 205
#define FMT_TRANSPORT_CC 15

static uint32_t read16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t read32(const uint8_t *at)
{
    return read16(at) << 16 | read16(at + 2);
}

/* --- sfu/history.py --- */

static void forget(struct kept *kept)
{
    free(kept->data);
    kept->data = 0;
    kept->present = 0;
}

/* `data` 0: the packet is kept elsewhere, and only known to be there. */
void history_put(struct history *history, int64_t sequence, double arrival_s, const uint8_t *data, int size,
                 const struct packet *packet)
{
    struct kept *kept = &history->ring[sequence & history->mask];
    forget(kept);
    kept->sequence = sequence;
    kept->arrival_s = arrival_s;
    kept->present = 1;
    if (data) {
        kept->data = malloc((size_t)size);
        if (kept->data)
            memcpy(kept->data, data, (size_t)size);
        else
            kept->present = 0;
        kept->size = size;
        kept->audio_level = packet->audio_level;
        kept->has_clock = packet->has_clock;
        memcpy(kept->clock, packet->clock, sizeof kept->clock);
    }
    int64_t oldest = history->oldest;
    if (oldest < 0)
        oldest = sequence;
    else if (oldest < sequence - history->mask)
        oldest = sequence - history->mask;
    for (; oldest < sequence; oldest++) {
        struct kept *old = &history->ring[oldest & history->mask];
        if (old->present && old->arrival_s >= arrival_s - KEEP_S)
            break;
        forget(old);
    }
    history->oldest = oldest;
}

struct kept *history_get(const struct history *history, int64_t sequence)
{
    struct kept *kept = &history->ring[sequence & history->mask];
    return kept->present && kept->sequence == sequence ? kept : 0;
}

void history_clear(struct history *history)
{
    for (int64_t at = 0; at <= history->mask; at++)
        forget(&history->ring[at]);
    history->oldest = -1;
}

/* --- sfu/receive_statistics.py --- */

void source_count(struct source *source, int64_t sequence, uint32_t timestamp, int size, double arrival_s)
{
    source->received++;
    source->bytes += (uint64_t)size;
    if (source->base < 0)
        source->base = sequence;
    if (sequence <= source->counted_highest)
        return;
    source->counted_highest = sequence;
    double transit = arrival_s * source->clock_rate - timestamp;
    if (source->has_transit) {
        double difference = transit > source->transit ? transit - source->transit : source->transit - transit;
        if (difference < JUMP_S * source->clock_rate)
            source->jitter += (difference - source->jitter) / 16;
    }
    source->has_transit = 1;
    source->transit = transit;
}

/* --- sfu/rtp/packet.py, sfu/ingress.py, sfu/codecs/vp8.py --- */


/* The one-byte form (RFC 8285 §4.2), elements that every packet carries. */
static void read_extensions(const struct inbound *inbound, const uint8_t *data, int position, int end,
                            struct packet *packet, int *arrival)
{
    while (position < end) {
        int head = data[position], identifier = head >> 4, size = (head & 0x0F) + 1;
        if (!head) {
            position++;
            continue;
        }
        if (identifier == 15 || position + 1 + size > end)
            return;
        if (identifier == inbound->transport_cc && size >= 2) {
            *arrival = (int)read16(data + position + 1);
        } else if (identifier == inbound->audio_level) {
            packet->audio_level = data[position + 1];
        } else if (identifier == inbound->capture_time && size >= CAPTURE_TIME_SIZE) {
            packet->has_clock = 1;
            memcpy(packet->clock, data + position + 1, CAPTURE_TIME_SIZE);
        }
        position += 1 + size;
    }
}

/* 1 if the header is a plain one; then offsets and what the extensions say are in `packet`. */
static int read_header(const struct inbound *inbound, const uint8_t *data, int size, struct packet *packet,
                       int *arrival)
{
    if (size < HEADER_SIZE || (data[0] & 0xE0) != 0x80) /* version 2, without padding */
        return 0;
    int offset = HEADER_SIZE + 4 * (data[0] & 0x0F);
    packet->audio_level = -1;
    packet->has_clock = 0;
    *arrival = -1;
    if (data[0] & 0x10) {
        if (offset + 4 > size || read16(data + offset) != ONE_BYTE_PROFILE)
            return 0;
        int end = offset + 4 + 4 * (int)read16(data + offset + 2);
        if (end > size)
            return 0;
        read_extensions(inbound, data, offset + 4, end, packet, arrival);
        offset = end;
    }
    if (offset >= size)
        return 0;
    packet->marker = data[1] >> 7;
    packet->timestamp = read32(data + 4);
    packet->payload_offset = offset;
    packet->payload_size = size - offset;
    packet->picture_id = packet->tl0 = packet->temporal = -1;
    packet->spatial = 0;
    packet->frame_end = 0;
    return 1;
}

/* 1 if the descriptor is the common one and no key frame begins here. */
static int read_vp8(const uint8_t *payload, int size, struct packet *packet)
{
    if (size < VP8_DESCRIPTOR + 1 || !(payload[0] & 0x80) || (payload[1] & 0xE0) != 0xE0 || !(payload[2] & 0x80))
        return 0;
    int frame_start = (payload[0] & 0x17) == 0x10;
    if (frame_start && !(payload[VP8_DESCRIPTOR] & 0x01))
        return 0;
    packet->picture_id = (int32_t)(read16(payload + 2) & 0x7FFF);
    packet->tl0 = payload[4];
    packet->temporal = payload[5] >> 6;
    packet->frame_end = packet->marker;
    return 1;
}

static void note(struct inbound *inbound, struct source *source, const struct packet *packet, int arrival)
{
    if (arrival >= 0) {
        inbound->arrival_number[inbound->arrival_count] = (uint16_t)arrival;
        inbound->arrival_at[inbound->arrival_count++] = packet->arrival_s;
    }
    if (!source->video && packet->audio_level >= 0) {
        source->levels[source->level_count] = (uint8_t)packet->audio_level;
        source->level_at[source->level_count++] = packet->arrival_s;
    }
    inbound->last_rtp_s = source->last_arrival_s = packet->arrival_s;
}

/* A decrypted packet: RTP if Python has to look at it, PASSED if others than the deferred are left to it, DONE if not. */
int inbound_rtp(struct inbound *inbound, struct source *source, const uint8_t *data, int size, double arrival_s,
                double now, struct egress_list *list, struct event *event)
{
    struct packet *packet = &event->packet;
    int arrival;
    if (!source->active || source->highest < 0 || inbound->arrival_count == MAX_ARRIVALS ||
        source->level_count == MAX_LEVELS || !read_header(inbound, data, size, packet, &arrival) ||
        (data[1] & 0x7F) != source->payload_type || read16(data + 2) != ((source->highest + 1) & 0xFFFF))
        return RTP;
    if (source->watched && source->vp8 && !read_vp8(data + packet->payload_offset, packet->payload_size, packet))
        return RTP;
    packet->sequence = ++source->highest;
    packet->arrival_s = arrival_s;
    packet->now = now;
    note(inbound, source, packet, arrival);
    source_count(source, packet->sequence, packet->timestamp, size, arrival_s);
    source->layer_bytes[packet->temporal > 0 ? packet->temporal : 0] += (uint64_t)size;
    if (!source->watched)
        return DONE;
    history_put(&source->history, packet->sequence, arrival_s, data, size, packet);
    event->deferred = source->count ? fan_out(source->members, source->count, data, packet, list, source->deferred) : 0;
    return event->deferred || source->followed ? PASSED : DONE;
}

/* --- sfu/rtp/rtcp_parse.py, bandwidth/trendline.py --- */

static int is_quiet(const struct line *line, const struct feedback *found)
{
    if (found->lost || found->probes || !found->groups)
        return 0;
    for (int index = 0; index < found->groups; index++)
        if (found->group[index].last_received - found->group[index].last_sent >= line->quiet_below)
            return 0;
    return 1;
}

static void add_quiet(struct quiet *quiet, const struct feedback *found, double now)
{
    const struct sent_group *first = &found->group[0], *last = &found->group[found->groups - 1];
    if (!quiet->reported) {
        memset(quiet, 0, sizeof *quiet);
        quiet->first_sent = first->first_sent;
        quiet->newest_sent = found->newest_sent;
        quiet->last_received = found->latest_received;
    }
    quiet->reported += found->reported;
    quiet->bytes += found->bytes;
    quiet->last_sent = last->last_sent;
    if (found->latest_received > quiet->last_received)
        quiet->last_received = found->latest_received;
    if (found->newest_sent > quiet->newest_sent)
        quiet->newest_sent = found->newest_sent;
    quiet->at = now;
}

/* A decrypted RTCP packet: DONE if it is quiet feedback, FEEDBACK if `out` says something, RTCP if Python must read it. */
int inbound_feedback(struct inbound *inbound, const uint8_t *data, int size, double now, struct feedback *out)
{
    struct line *line = inbound->line;
    if (!line || size < 8 || data[0] != (0x80 | FMT_TRANSPORT_CC) || data[1] != RTPFB ||
        4 + 4 * (int)read16(data + 2) != size)
        return RTCP;
    if (line_feedback_untrusted(line, data + 4, size - 4, now, out))
        return RTCP;
    if (!is_quiet(line, out))
        return FEEDBACK;
    add_quiet(&line->quiet, out, now);
    return DONE;
}
