/* What Python and C share: read by the compiler and, without its lines that begin with '#', by cffi. */
#ifndef DIEMCAU_FANOUT_H
#define DIEMCAU_FANOUT_H
#include <stdint.h>
#define MAP_SEGMENTS 128
#define HEAD_ROOM 64
#define SENT_CAPACITY 4096
#define DROP_REASONS 4
#define MAX_GROUPS 512
#define MAX_PROBES 256
#define MAX_SOURCES 32
#define MAX_REPORTERS 8
#define MAX_ARRIVALS 512
#define MAX_LEVELS 32
#define RATE_LAYERS 16
#define MAX_DROPPED 32
#define NAME_ROOM 28

typedef int (*protect_function)(void *context, void *packet, int *length);
typedef int (*unprotect_function)(void *context, void *packet, int *length);

/* sfu/continuous_map.py: numbers that stay continuous while some are left out. */
struct continuous_map {
    int64_t first, offset, highest_in, highest_out;
    int32_t older_count, older_next;
    int64_t older_first[MAP_SEGMENTS], older_offset[MAP_SEGMENTS];
};

/* A header with its extension block, in the subscriber's ids. Offsets from its start; 0: not negotiated. */
struct head {
    uint8_t bytes[HEAD_ROOM];
    uint8_t size, transport_cc, abs_send_time, audio_level, capture_time;
};

/* A path: socket, address, keys, and the batch that is filled for it. */
struct egress {
    protect_function protect;
    void *srtp;
    int fd, offload;
    uint8_t address[128];
    uint32_t address_size;
    uint8_t *buffer;
    int32_t start, end, segment, count, limit;
    uint64_t sent_packets, sent_bytes, drops[DROP_REASONS];
    struct egress *next;
    int listed;
};

/* Those with something in their batch; lines with video that waits for its pace; lines that dropped some. */
struct egress_list {
    struct egress *first;
    struct line *holding, *dropping;
};

/* Feedback that tells nothing new (no loss, no queue, no probe), summed up until the next timer. */
struct quiet {
    int32_t reported, bytes;
    double first_sent, last_sent, last_received, newest_sent, at;
};

/* A peer's line: pacing (bytes, bytes per second, seconds), and the transport-wide numbers with what they stand for. */
struct line {
    struct egress *egress;
    double rate, burst, available, at;
    int waiting;
    uint16_t next_number;
    int32_t *sent_number;
    uint32_t *sent_size;
    double *sent_at;
    uint8_t *sent_probe;
    uint64_t sent_packets, sent_bytes;
    /* Video that waits: sfu/sender.py. held_bytes: of packets, between held_start and held_end of a buffer of held_room. */
    uint8_t *held;
    int32_t held_start, held_end, held_room, held_bytes;
    double held_limit;
    struct line *next_holding, *next_dropping;
    uint8_t holding, dropping;
    uint64_t handle, dropped_packets;
    int32_t dropped_count;
    uint32_t dropped_ssrcs[MAX_DROPPED];
    double quiet_below; /* receiving minus sending time under which there is no queue; far below 0: look at everything */
    struct quiet quiet;
};

/* One SSRC as it goes out: half of a receive slot, and what of a publication is behind it. */
struct forward {
    struct line *line;
    struct continuous_map sequences;
    uint32_t ssrc, timestamp_offset, last_timestamp;
    double last_arrival_s;
    uint64_t packet_count, octet_count;
    uint8_t begun, payload_type, paced, rewrites;
    int8_t spatial, temporal;
    struct head plain, with_clock;
    struct continuous_map pictures;
    int64_t highest_picture;
    int16_t tl0_offset, last_tl0;
};

/* One packet of a publisher. -1: the packet does not say. */
struct packet {
    int64_t sequence;
    double arrival_s, now;
    uint32_t timestamp;
    int32_t payload_offset, payload_size, picture_id;
    int16_t tl0, temporal, spatial, audio_level;
    uint8_t marker, frame_end, has_clock, clock[8];
};

/* bandwidth/feedback.py: what a transport-wide feedback says, in groups of packets sent within 5 ms. */
struct sent_group {
    double first_sent, last_sent, last_received;
};
struct feedback {
    int32_t reported, lost, bytes, groups, probes;
    double newest_sent, latest_received;
    struct sent_group group[MAX_GROUPS];
    double probe_received[MAX_PROBES];
    uint32_t probe_size[MAX_PROBES];
};

/* sfu/history.py. `data` 0: Python keeps the packet. */
struct kept {
    int64_t sequence;
    double arrival_s;
    uint8_t *data;
    int32_t size, present;
    int16_t audio_level;
    uint8_t has_clock, clock[8];
};
struct history {
    int64_t oldest, mask;
    struct kept *ring;
};

/* One SSRC as it comes in: sfu/incoming.py. `active`: packets that need no decision are served here. */
struct source {
    uint32_t ssrc;
    uint8_t active, watched, video, vp8, payload_type, followed;
    int64_t highest;
    int64_t base, counted_highest;
    uint64_t received, bytes;
    double clock_rate, transit, jitter;
    int32_t has_transit;
    double last_arrival_s;
    uint64_t layer_bytes[RATE_LAYERS];
    int32_t level_count;
    uint8_t levels[MAX_LEVELS];
    double level_at[MAX_LEVELS];
    struct history history;
    struct forward **members;
    int32_t *deferred;
    int32_t count;
};

/* One peer, as its datagrams come in. Without `srtp` Python has them all. */
struct inbound {
    uint64_t handle;
    unprotect_function unprotect, unprotect_rtcp;
    void *srtp;
    struct line *line;
    uint8_t transport_cc, audio_level, capture_time; /* ids; 255: not negotiated */
    uint64_t received_packets, received_bytes;
    double last_rtp_s;
    int32_t source_count, reporter_count, arrival_count;
    struct source *sources[MAX_SOURCES];
    uint32_t reporters[MAX_REPORTERS]; /* SSRCs that RTCP came from */
    uint16_t arrival_number[MAX_ARRIVALS];
    double arrival_at[MAX_ARRIVALS];
};

/* What Python has to do for a datagram. RAW: everything; REFUSED: count a failure of libsrtp (`code`); RTP, RTCP: it is
 * decrypted; PASSED: it is served, but for `deferred` of the source's members and those who follow otherwise; FEEDBACK:
 * it is summed up. DONE: the batch is at its end. */
enum { DONE, RAW, REFUSED, RTP, RTCP, PASSED, FEEDBACK };
struct event {
    uint64_t inbound; /* handle */
    uint32_t ssrc;
    uint8_t *data;
    int32_t size, code, deferred, name_size;
    uint8_t name[NAME_ROOM];
    double arrival_s;
    struct packet packet;
    struct feedback feedback;
};

struct port *port_new(int fd, struct egress_list *list);
void port_free(struct port *port);
struct event *port_event(struct port *port);
int port_claim(struct port *port, const uint8_t *name, int size, struct inbound *inbound);
void port_release(struct port *port, const uint8_t *name, int size);
int port_read(struct port *port);
int port_next(struct port *port);

void source_count(struct source *source, int64_t sequence, uint32_t timestamp, int size, double arrival_s);
void history_put(struct history *history, int64_t sequence, double arrival_s, const uint8_t *data, int size,
                 const struct packet *packet);
struct kept *history_get(const struct history *history, int64_t sequence);
void history_clear(struct history *history);
int inbound_rtp(struct inbound *inbound, struct source *source, const uint8_t *data, int size, double arrival_s,
                double now, struct egress_list *list, struct event *event);
int inbound_feedback(struct inbound *inbound, const uint8_t *data, int size, double now, struct feedback *out);

void map_init(struct continuous_map *map, int64_t first_out);
void map_begin(struct continuous_map *map, int64_t first_in);
int map_forward(struct continuous_map *map, int64_t number, int64_t *out);
int map_leave_out(struct continuous_map *map, int64_t number);
int map_source(const struct continuous_map *map, int64_t out, int64_t *number);

double line_available(struct line *line, double now);
int line_record(struct line *line, uint32_t size, double now, int probe);

void line_enqueue(struct line *line, struct egress_list *list, uint8_t *prefix, int prefix_size,
                  const uint8_t *payload, int payload_size, int transport_cc, int abs_send_time, double now);
void lines_send_held(struct egress_list *list, double now);
void line_drop_held(struct line *line, struct egress_list *list);
uint64_t lines_next_dropped(struct egress_list *list);
void line_close(struct line *line, struct egress_list *list);

int line_feedback_untrusted(struct line *line, const uint8_t *body, int size, double now, struct feedback *out);

int egress_add(struct egress *egress, struct egress_list *list, const uint8_t *prefix, int prefix_size,
               const uint8_t *payload, int payload_size);
void egress_flush(struct egress *egress);
void egress_unlist(struct egress *egress, struct egress_list *list);
void egress_flush_all(struct egress_list *list);

int fan_out(struct forward **members, int count, const uint8_t *data, const struct packet *packet,
            struct egress_list *list, int32_t *deferred);
#endif
