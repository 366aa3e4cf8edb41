import { get, post, put, queryString, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type DeviceRow = Schemas["DeviceRow"];
export type CommandBody = Schemas["CommandBody"];
export type CommandPreview = Schemas["CommandPreview"];
export type CommandOutcome = Schemas["CommandOutcome"];
export type CommandWrite = Schemas["CommandWrite"];
export type CommandOptions = Schemas["CommandOptions"];
export type DeviceLock = Schemas["DeviceLock"];
export type StandingOrder = Schemas["StandingOrder"];

const base = (campus: string): string => `/v1/campuses/${encodeURIComponent(campus)}`;
const lockOf = (campus: string, device: string): string => `${base(campus)}/devices/${encodeURIComponent(device)}/lock`;

export const listDevices = (campus: string): Promise<{ devices: DeviceRow[] }> => get(`${base(campus)}/devices`);
export const commandOptions = (campus: string): Promise<CommandOptions> => get(`${base(campus)}/commands/options`);
export const previewCommand = (campus: string, body: Partial<CommandBody>): Promise<CommandPreview> => post(`${base(campus)}/commands/preview`, body);
export const confirmCommand = (campus: string, preview: string): Promise<CommandOutcome> => post(`${base(campus)}/commands`, { preview });
export const commandLog = (campus: string): Promise<Schemas["CommandLog"]> => get(`${base(campus)}/commands${queryString({ limit: 200 })}`);
export const listLocks = (campus: string): Promise<{ locks: DeviceLock[] }> => get(`${base(campus)}/locks`);
export const lockDevice = (campus: string, device: string, reason: string): Promise<DeviceLock> => put(lockOf(campus, device), { reason });
export const unlockDevice = (campus: string, device: string): Promise<void> => remove(lockOf(campus, device));
export const listOrders = (campus: string): Promise<{ orders: StandingOrder[] }> => get(`${base(campus)}/standing-orders`);
export const cancelOrder = (campus: string, order: string): Promise<void> => remove(`${base(campus)}/standing-orders/${encodeURIComponent(order)}`);
