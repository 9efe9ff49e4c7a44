/**
 * What Fava asks of an extension's script, and what it hands over.
 *
 * Fava imports the script once, as a module, on whatever page it shows first. Links
 * then change the page without loading it anew: the module and its variables stay, the
 * elements of the page do not.
 *
 *     /** @satisfies {import("./fava").Extension} *\/
 *     export default { onExtensionPageLoad({ api }) {} };
 */

/** The default export of the script; each function is there or not. */
export interface Extension {
  /** Called once, before the others; they wait for its promise. */
  init?(context: Context): void | Promise<void>;
  /** Called whenever Fava shows a page, whichever it is. */
  onPageLoad?(context: Context): void;
  /** Called after it when that page is this extension's own. */
  onExtensionPageLoad?(context: Context): void;
}

/** What each of the functions is given. */
export interface Context {
  readonly api: Api;
}

/**
 * Requests to the endpoints of the extension, below its page.
 *
 * The filters of the page do not go along: parameters say all.
 *
 * An answer comes back whatever its status: an error of the endpoint is read as if all
 * were well. Only `request` with "raw" tells them apart. A promise is rejected when no
 * answer comes, or when what should be JSON is not.
 */
export interface Api {
  /** Ask, and read the answer as JSON. */
  get(endpoint: string, parameters: Record<string, string>): Promise<unknown>;
  /** Send a body, a form or anything that JSON can say; read the answer as JSON. */
  put(endpoint: string, body?: unknown): Promise<unknown>;
  /** As `put`, with another method. */
  post(endpoint: string, body?: unknown): Promise<unknown>;
  /** As `put`, with another method and no body. */
  delete(endpoint: string): Promise<unknown>;
  /**
   * Send whatever is needed, and have the answer as JSON, as text, or as it came.
   */
  request(
    endpoint: string,
    method: Method,
    parameters: Parameters | undefined,
    body: unknown,
    output: "raw",
  ): Promise<Response>;
  request(
    endpoint: string,
    method: Method,
    parameters: Parameters | undefined,
    body: unknown,
    output: "string",
  ): Promise<string>;
  request(
    endpoint: string,
    method: Method,
    parameters?: Parameters,
    body?: unknown,
    output?: "json",
  ): Promise<unknown>;
}

type Method = "GET" | "PUT" | "POST" | "DELETE";
type Parameters = Record<string, string | number>;
