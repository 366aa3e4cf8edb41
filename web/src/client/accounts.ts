import { get, patch, post, remove } from "./http";
import type { About, Me, Role, ShownToken, Token, User } from "./model";

export const getSession = (): Promise<Me> => get("/v1/session");
export const signIn = (username: string, password: string): Promise<Me> => post("/v1/session", { username, password });
export const signOut = (): Promise<void> => remove("/v1/session");
export const changePassword = (old: string, fresh: string): Promise<unknown> =>
  post("/v1/session/password", { old, new: fresh });

const userPath = (username: string): string => `/v1/users/${encodeURIComponent(username)}`;
export const listUsers = (): Promise<User[]> => get("/v1/users");
export const addUser = (username: string, password: string, role: Role): Promise<User> =>
  post("/v1/users", { username, password, role });
export const editUser = (username: string, change: { role?: Role; password?: string; disabled?: boolean }): Promise<User> =>
  patch(userPath(username), change);
export const removeUser = (username: string): Promise<void> => remove(userPath(username));

export const listTokens = (): Promise<Token[]> => get("/v1/tokens");
export const addToken = (label: string): Promise<ShownToken> => post("/v1/tokens", { label });
export const removeToken = (id: string): Promise<void> => remove(`/v1/tokens/${encodeURIComponent(id)}`);

export const getAbout = (): Promise<About> => get("/v1/about");
