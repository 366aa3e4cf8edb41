import { get, post, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ReadingFile = Schemas["ReadingFile"];
export type FileColumn = Schemas["FileColumn"];
export type FileReport = Schemas["FileReport"];
export type FileReceipt = Schemas["FileReceipt"];
export type FileMapping = Schemas["MappingBody"];
export type ColumnRole = Schemas["ColumnRole"];
export type RowFault = Schemas["RowFault"];
export type PointTableReport = Schemas["PointTableReport"];

const campusPath = (campus: string, rest: string): string => `/v1/campuses/${encodeURIComponent(campus)}/${rest}`;
const filePath = (campus: string, id: string, rest = ""): string => campusPath(campus, `reading-files/${encodeURIComponent(id)}${rest}`);
function formOf(file: File, fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  form.append("file", file);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

export const bringFile = (campus: string, file: File): Promise<ReadingFile> => post(campusPath(campus, "reading-files"), formOf(file));
export const getFile = (campus: string, id: string): Promise<ReadingFile> => get(filePath(campus, id));
export const checkFile = (campus: string, id: string, mapping: FileMapping): Promise<ReadingFile> => post(filePath(campus, id, "/check"), mapping);
export const importFile = (campus: string, id: string, mapping: FileMapping, partial: boolean): Promise<ReadingFile> => post(filePath(campus, id, "/import"), { ...mapping, partial });
export const dropFile = (campus: string, id: string): Promise<void> => remove(filePath(campus, id));

export const bringPoints = (campus: string, file: File, check: boolean): Promise<PointTableReport> => post(campusPath(campus, "points/table"), formOf(file, { check: String(check) }));
export const pointTableUrl = (campus: string): string => campusPath(campus, "points/table");
