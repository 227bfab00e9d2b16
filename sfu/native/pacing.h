/* What pacing.c and fanout.c have of each other, beside what Python sees. */
#ifndef DIEMCAU_PACING_H
#define DIEMCAU_PACING_H
#include "fanout.h"

#define OVERHEAD_BYTES 44 /* IPv4, UDP and the SRTP tag, as in sfu/sender.py */
#define MAX_PACKET_BYTES 1600

void put16(uint8_t *at, uint32_t value);
int egress_take(struct egress *egress, struct egress_list *list, int size);

/* The moment of sending, in a packet of `size` bytes whose extensions lie at these offsets (0: not negotiated). */
void line_stamp(struct line *line, uint8_t *at, int size, int transport_cc, int abs_send_time, double now);
void line_sent(struct line *line, int size);

int line_must_hold(struct line *line, double now);

/* Where a packet of `size` bytes that must wait is to be written; 0: it is dropped. Then line_held. */
uint8_t *line_room(struct line *line, int size, int transport_cc, int abs_send_time);
void line_held(struct line *line, struct egress_list *list, int size);
#endif
