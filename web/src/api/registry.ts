// The registry of rooms (signalling/registry_api.py).
export const LEVELS = ["trung_uong", "tinh", "so_nganh", "xa"] as const;
export type Level = (typeof LEVELS)[number];

export interface Room {
  id: string;
  name: string;
  level: Level;
  organisation: string;
  place: string;
  room: string;
  line: string;
  technician: string;
  phone: string;
  equipment: string;
  note: string;
  main: boolean;
  active: boolean;
}

export interface CsvFault {
  line: number;
  column: string;
  number: number;
  value: string;
  vi: string;
  en: string;
}
