import { afterEach, expect, test, vi } from "vitest";
import { answered, api, askAhead } from "../src/api/client";
import { ALONE, FRAMED, pageAt, parametersOf } from "../src/routes";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Answers with the status and what was asked; the paths asked. */
function server(status = 200): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify({ path, number: asked.length }), { status });
  });
  return asked;
}

const at = (pathname: string, search = "") => pageAt({ pathname, search }, "vi");

test("an address has its page and what that asks first", () => {
  expect(at("/sessions/a1/papers")?.ahead).toEqual(["/me", "/sessions/a1", "/sessions/a1/papers"]);
  expect(at("/sessions/new")?.page.path).toBe("/sessions/new");
  expect(at("/sessions/new/")?.page.path).toBe("/sessions/new");
  expect(at("/help/tong-quan")).toMatchObject({
    framed: false,
    ahead: ["/help?lang=vi", "/help/chapters/tong-quan?lang=vi"],
  });
  expect(at("/search", "?q=a")?.ahead).toEqual(["/me"]);
  expect(at("/nowhere")).toBeNull();
  expect(parametersOf("/sessions/:id", "/sessions")).toBeNull();
});

test("every page is named once", () => {
  const paths = [...ALONE, ...FRAMED].map((page) => page.path);
  expect(new Set(paths).size).toBe(paths.length);
});

test("an answer asked ahead is given once, to the first who asks", async () => {
  const asked = server();
  await askAhead("/me");
  expect(answered("/other")).toBeNull();
  expect(answered("/me")).toEqual({ path: "/api/v1/me", number: 1 });
  expect(answered("/me")).toBeNull();
  expect(await api("GET", "/me")).toEqual({ path: "/api/v1/me", number: 2 });
  expect(asked).toHaveLength(2);
});

test("who asks while an answer is under way waits for it", async () => {
  const asked = server();
  void askAhead("/me");
  expect(await api("GET", "/me")).toEqual({ path: "/api/v1/me", number: 1 });
  expect(asked).toHaveLength(1);
});

test("a refusal asked ahead is nobody's: it is asked again", async () => {
  const asked = server(403);
  await askAhead("/me");
  expect(answered("/me")).toBeNull();
  await expect(api("GET", "/me")).rejects.toThrow();
  expect(asked).toHaveLength(2);
});

test("an order, or some seconds, make an answer old", async () => {
  vi.useFakeTimers();
  server();
  await askAhead("/me");
  await api("POST", "/login", {});
  expect(answered("/me")).toBeNull();
  await askAhead("/me");
  vi.advanceTimersByTime(6000);
  expect(answered("/me")).toBeNull();
});
