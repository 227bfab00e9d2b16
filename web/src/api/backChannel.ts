// GET and POST /sessions/{id}/back-channel (signalling/back_channel_api.py).
export interface TechnicalLine {
  id: number;
  at: string;
  by: string;
  text: string;
  endpoint_id: string | null;
  from_site: boolean;
}

export interface BackChannelView {
  scope: "ky_thuat";
  lines: TechnicalLine[];
}
