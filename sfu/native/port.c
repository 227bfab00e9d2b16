/* Room 1: a batch of datagrams in one call, with the kernel's arrival times, and each to the peer its address belongs to:
 * sfu/transport/port.py, sfu/transport/route.py, sfu/transport/transport.py.
 */
#define _GNU_SOURCE
#include "fanout.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 32
#define MAX_DATAGRAM 1500
#define MIN_SRTP_BYTES 22
#define FIRST_RTCP_TYPE 192
#define LAST_RTCP_TYPE 223
#define MAX_AGE_S 5.0 /* sfu/transport/stamps.py */
#define BUCKETS 512

struct known {
    struct known *next;
    struct inbound *inbound;
    int size;
    uint8_t name[NAME_ROOM];
};

struct slot {
    uint8_t data[MAX_DATAGRAM + 4];
    uint8_t name[NAME_ROOM];
    union {
        char room[64];
        struct cmsghdr align;
    } control;
};

struct port {
    int fd, count, position;
    double now, offset;
    struct egress_list *list;
    struct known *buckets[BUCKETS];
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    struct slot slots[BATCH];
    struct event event;
};

static double seconds(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

/* 0 if there is no memory. */
struct port *port_new(int fd, struct egress_list *list)
{
    struct port *port = calloc(1, sizeof *port);
    if (!port)
        return 0;
    port->fd = fd;
    port->list = list;
    for (int index = 0; index < BATCH; index++) {
        struct msghdr *head = &port->messages[index].msg_hdr;
        port->vectors[index].iov_base = port->slots[index].data;
        port->vectors[index].iov_len = MAX_DATAGRAM + 1;
        head->msg_iov = &port->vectors[index];
        head->msg_iovlen = 1;
        head->msg_name = port->slots[index].name;
        head->msg_control = port->slots[index].control.room;
    }
    return port;
}

struct event *port_event(struct port *port)
{
    return &port->event;
}

/* --- whose address it is --- */

static struct known **find(struct port *port, const uint8_t *name, int size)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (int index = 0; index < size; index++)
        hash = (hash ^ name[index]) * 16777619u;
    struct known **place = &port->buckets[hash % BUCKETS];
    while (*place && ((*place)->size != size || memcmp((*place)->name, name, (size_t)size)))
        place = &(*place)->next;
    return place;
}

/* 0, or -1 if there is no memory: then Python goes on serving that address. */
int port_claim(struct port *port, const uint8_t *name, int size, struct inbound *inbound)
{
    struct known **place = find(port, name, size);
    if (!*place) {
        *place = calloc(1, sizeof **place);
        if (!*place)
            return -1;
        memcpy((*place)->name, name, (size_t)size);
        (*place)->size = size;
    }
    (*place)->inbound = inbound;
    return 0;
}

void port_release(struct port *port, const uint8_t *name, int size)
{
    struct known **place = find(port, name, size);
    struct known *found = *place;
    if (found) {
        *place = found->next;
        free(found);
    }
}

void port_free(struct port *port)
{
    for (int index = 0; index < BUCKETS; index++)
        while (port->buckets[index]) {
            struct known *found = port->buckets[index];
            port->buckets[index] = found->next;
            free(found);
        }
    free(port);
}

/* --- what comes --- */

static double arrival_of(const struct port *port, struct msghdr *head)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(head);
    if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_len < CMSG_LEN(sizeof(struct timespec)))
        return port->now;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
    double arrival = (double)stamp.tv_sec + 1e-9 * (double)stamp.tv_nsec + port->offset;
    return arrival <= port->now && port->now - arrival <= MAX_AGE_S ? arrival : port->now;
}

static uint32_t read32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static struct source *source_of(const struct inbound *inbound, uint32_t ssrc)
{
    for (int index = 0; index < inbound->source_count; index++)
        if (inbound->sources[index]->ssrc == ssrc)
            return inbound->sources[index];
    return 0;
}

static int is_reporter(const struct inbound *inbound, uint32_t ssrc)
{
    for (int index = 0; index < inbound->reporter_count; index++)
        if (inbound->reporters[index] == ssrc)
            return 1;
    return 0;
}

/* Undo SRTP and serve. Streams that Python has not learnt yet are its own. */
static int serve(struct port *port, struct inbound *inbound, uint8_t *data, int size)
{
    struct event *event = &port->event;
    int rtcp = data[1] >= FIRST_RTCP_TYPE && data[1] <= LAST_RTCP_TYPE;
    struct source *source = rtcp ? 0 : source_of(inbound, read32(data + 8));
    if (rtcp ? !is_reporter(inbound, read32(data + 4)) : !source)
        return RAW;
    int length = size;
    event->inbound = inbound->handle;
    event->code = (rtcp ? inbound->unprotect_rtcp : inbound->unprotect)(inbound->srtp, data, &length);
    if (event->code)
        return REFUSED;
    inbound->received_packets++;
    inbound->received_bytes += (uint64_t)size;
    event->size = length;
    if (rtcp)
        return inbound_feedback(inbound, data, length, event->arrival_s, &event->feedback);
    event->ssrc = source->ssrc;
    return inbound_rtp(inbound, source, data, length, event->arrival_s, seconds(CLOCK_MONOTONIC), port->list, event);
}

static int take(struct port *port, int index)
{
    struct event *event = &port->event;
    struct slot *slot = &port->slots[index];
    struct msghdr *head = &port->messages[index].msg_hdr;
    int size = (int)port->messages[index].msg_len;
    event->data = slot->data;
    event->size = size;
    event->arrival_s = arrival_of(port, head);
    event->name_size = (int)head->msg_namelen;
    memcpy(event->name, slot->name, head->msg_namelen);
    if (size < MIN_SRTP_BYTES || size > MAX_DATAGRAM || (slot->data[0] & 0xC0) != 0x80)
        return RAW;
    struct known *known = *find(port, slot->name, (int)head->msg_namelen);
    return known && known->inbound->srtp ? serve(port, known->inbound, slot->data, size) : RAW;
}

/* Go on with the batch: what Python has to do next, DONE at its end, when everything filled has been sent. */
int port_next(struct port *port)
{
    while (port->position < port->count) {
        int kind = take(port, port->position++);
        if (kind != DONE)
            return kind;
    }
    egress_flush_all(port->list);
    return DONE;
}

/* Read a batch, and begin with it. */
int port_read(struct port *port)
{
    for (int index = 0; index < BATCH; index++) {
        struct msghdr *head = &port->messages[index].msg_hdr;
        head->msg_namelen = NAME_ROOM;
        head->msg_controllen = sizeof port->slots[index].control.room;
    }
    int count = recvmmsg(port->fd, port->messages, BATCH, MSG_DONTWAIT, 0);
    port->count = count > 0 ? count : 0; /* nothing there, or an earlier send's ICMP error: the loop calls again */
    port->position = 0;
    port->now = seconds(CLOCK_MONOTONIC);
    port->offset = port->now - seconds(CLOCK_REALTIME);
    return port_next(port);
}
