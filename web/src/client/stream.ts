/** Server-sent events: one function, closed by the function it returns. */

export interface StreamHandlers<T> {
  onEvent(data: T, name: string): void;
  /** The connection broke; the browser tries again by itself unless the server refused. */
  onBroken?(refused: boolean): void;
}

export function openStream<T>(url: string, events: readonly string[], handlers: StreamHandlers<T>): () => void {
  const source = new EventSource(url, { withCredentials: true });
  const receive = (event: MessageEvent<string>): void => handlers.onEvent(JSON.parse(event.data) as T, event.type);
  for (const name of [...events, "message"]) source.addEventListener(name, receive as EventListener);
  source.onerror = () => handlers.onBroken?.(source.readyState === EventSource.CLOSED);
  return () => source.close();
}
