// Verify a Suyuan receipt (c2sp.org/tlog-proof) in the browser: SHA-256 and Ed25519 by WebCrypto.
// The same steps as src/suyuan/tlog/standalone.py. Nothing leaves the browser.
"use strict";

class NoProof extends Error {}  // it was read, and does not hold

const need = (holds, why) => { if (!holds) throw new NoProof(why); };
const sound = (holds, why) => { if (!holds) throw new SyntaxError(why); };
const bytes = (text) => new TextEncoder().encode(text);
const big = (number, size) =>  // big-endian
  Uint8Array.from({ length: size }, (_, at) => Number(BigInt(number) >> BigInt(8 * (size - 1 - at)) & 255n));
const same = (one, other) => one.length === other.length && one.every((each, at) => each === other[at]);

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  parts.reduce((at, each) => { whole.set(each, at); return at + each.length; }, 0);
  return whole;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function raw(text, length) {  // base64 in its one spelling
  const data = atob(text);
  sound(btoa(data) === text && (length === undefined || data.length === length), "base64");
  return Uint8Array.from(data, (each) => each.charCodeAt(0));
}

function number(text) {
  sound(/^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)), "number");
  return Number(text);
}

function split(text, mark) {
  const at = text.indexOf(mark);
  sound(at >= 0, "shape");
  return [text.slice(0, at), text.slice(at + mark.length)];
}

async function rootFrom(index, size, leaf, path) {  // RFC 9162 section 2.1.3.2
  need(index < size, "no such index");
  let [at, last, top] = [BigInt(index), BigInt(size) - 1n, leaf];
  const one = Uint8Array.of(1);
  for (const each of path) {
    need(last > 0n, "the proof is too long");
    if (at & 1n || at === last) {
      top = await sha256(one, each, top);
      while (at && !(at & 1n)) { at >>= 1n; last >>= 1n; }
    } else {
      top = await sha256(one, top, each);
    }
    at >>= 1n; last >>= 1n;
  }
  need(last === 0n, "the proof is too short");
  return top;
}

async function entryOf(extra) {  // the entry, once all that is shown is found in it
  const entry = raw(extra.entry, 65), hashes = extra.sha256.map((each) => raw(each, 32));
  sound(Number.isSafeInteger(extra.time) && extra.time >= 0, "time");
  const folded = await sha256(Uint8Array.of(3), big(hashes.length, 2), ...hashes);
  const sealed = await sha256(Uint8Array.of(2), big(extra.time, 8), folded);
  need(same(entry.slice(0, 33), joined(Uint8Array.of(1), sealed)), "not of this entry");
  for (const field of extra.fields) {
    const name = bytes(field.name), parts = [raw(field.salt, 16), big(name.length, 2), name];
    const hash = await sha256(Uint8Array.of(0), ...parts, raw(field.value));
    sound(Number.isInteger(field.index), "index");
    need(hashes[field.index] && same(hashes[field.index], hash), "a field is wrong");
  }
  return entry;
}

async function signatures(text, tail, vkey) {  // those of the key, which must be this log's
  const [name, rest] = split(vkey.trim(), "+"), [shown, encoded] = split(rest, "+");
  const typed = raw(encoded, 33), origin = text.split("\n")[0];
  const idOf = async (whose) => (await sha256(bytes(whose + "\n"), typed)).slice(0, 4);
  sound(typed[0] === 1 && shown === Array.from(await idOf(name), (each) => each.toString(16).padStart(2, "0")).join(""), "key");
  const shard = origin.startsWith(name + "/") && /^[1-9][0-9]{3}$/.test(origin.slice(name.length + 1));
  need(origin === name || shard, "the key is of another log");  // the log's key is its yearly shards' too
  const id = await idOf(origin);
  const [last, ...rows] = tail.split("\n").reverse();
  const lines = rows.map((line) => /^\u2014 (\S+) (\S+)$/.exec(line));
  sound(last === "" && lines.every(Boolean), "signatures");
  const mine = lines.filter((line) => line[1] === origin).map((line) => raw(line[2]))
    .filter((each) => same(each.slice(0, 4), id));
  need(mine.length > 0, "not signed by this key");
  return { key: typed.slice(1), mine: mine.map((each) => each.slice(4)) };
}

async function signed(text, found) {  // null: this browser cannot tell
  let key;
  try {
    key = await crypto.subtle.importKey("raw", found.key, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return null;
    throw new SyntaxError("key");
  }
  for (const each of found.mine) {
    need(await crypto.subtle.verify({ name: "Ed25519" }, key, each, bytes(text)), "signature");
  }
  return true;
}

async function verdict(receipt, vkey) {
  const [head, note] = split(receipt, "\n\n"), [title, extra, index, ...path] = head.split("\n");
  sound(title === "c2sp.org/tlog-proof@v1" && extra.startsWith("extra ") && index.startsWith("index "), "shape");
  const cut = note.lastIndexOf("\n\n");
  sound(cut > 0 && !/[\x00-\x09\x0b-\x1f]/.test(note), "note");
  const text = note.slice(0, cut + 1), [, size, root, ...more] = text.split("\n");
  sound(more.length > 0 && more.pop() === "" && more.every(Boolean), "checkpoint");
  const shown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw(extra.slice(6))));
  const leaf = await sha256(Uint8Array.of(0), await entryOf(shown));
  const hashes = path.map((each) => raw(each, 32));
  const reached = await rootFrom(number(index.slice(6)), number(size), leaf, hashes);
  need(same(reached, raw(root, 32)), "not in the log");
  return await signed(text, await signatures(text, note.slice(cut + 2), vkey)) ? "holds" : "unable";
}

async function said(receipt, vkey) {
  if (!globalThis.crypto || !crypto.subtle) return "insecure";
  try {
    return await verdict(receipt, vkey);
  } catch (error) {
    return error instanceof NoProof ? "fails" : "unread";  // whatever the bytes are, they prove nothing
  }
}

const form = document.getElementById("check");
const [file, key] = [form.querySelector("#file"), form.querySelector("#key")];
const served = key.defaultValue;

async function check() {
  const given = file.files[0] ? await file.files[0].text() : document.getElementById("receipt").textContent;
  const found = await said(given, key.value);
  for (const each of form.querySelectorAll("[data-said]")) {
    const name = each.dataset.said;
    each.hidden = name !== found && !(name === "trust" && key.value === served);
  }
  form.dataset.verdict = found;
}

form.addEventListener("submit", (event) => { event.preventDefault(); check(); });
form.hidden = false;
check();
