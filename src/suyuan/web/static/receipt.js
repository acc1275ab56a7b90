// Verify a Suyuan receipt (c2sp.org/tlog-proof) in the browser: SHA-256 and Ed25519 by WebCrypto.
// The same steps as src/suyuan/tlog/standalone.py, and the same verdict on whatever bytes are given
// (tests/web/test_verifiers_agree.py). Nothing leaves the browser.
"use strict";

class NoProof extends Error {}  // it was read, and does not hold

const need = (holds, why) => { if (!holds) throw new NoProof(why); };
const sound = (holds, why) => { if (!holds) throw new SyntaxError(why); };
const SKEW = 300;  // seconds by which clocks may differ
const decoded = (data) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
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

function sm3(...parts) {  // GB/T 32905
  const data = joined(...parts), turn = (word, by) => word << by | (by % 32 && word >>> 32 - by % 32);
  const padded = joined(data, Uint8Array.of(128), new Uint8Array((119 - data.length % 64) % 64), big(data.length * 8, 8));
  const view = new DataView(padded.buffer);
  let state = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  for (let at = 0; at < padded.length; at += 64) {
    const w = Array.from({ length: 16 }, (_, j) => view.getInt32(at + 4 * j));
    for (let j = 16; j < 68; j++) {
      const x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15);
      w.push(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6]);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let j = 0; j < 64; j++) {
      const early = j < 16, one = turn(turn(a, 12) + e + turn(early ? 0x79cc4519 : 0x7a879d8a, j) | 0, 7);
      const two = one ^ turn(a, 12);
      const t1 = (early ? a ^ b ^ c : a & b | a & c | b & c) + d + two + (w[j] ^ w[j + 4]) | 0;
      const t2 = (early ? e ^ f ^ g : e & f | ~e & g) + h + one + w[j] | 0;
      [a, b, c, d, e, f, g, h] = [t1, a, turn(b, 9), c, t2 ^ turn(t2, 9) ^ turn(t2, 17), e, turn(f, 19), g];
    }
    state = [a, b, c, d, e, f, g, h].map((each, j) => each ^ state[j]);
  }
  return joined(...state.map((each) => big(each >>> 0, 4)));
}

const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const rest = (number) => (number % P + P) % P;

function power(base, exponent) {
  let found = 1n;
  for (; exponent; exponent >>= 1n, base = base * base % P) if (exponent & 1n) found = found * base % P;
  return found;
}

const D = rest(-121665n * power(121666n, P - 2n)), ROOT = power(2n, (P - 1n) / 4n);

function add(p, q) {  // RFC 8032 section 5.1.4
  const a = rest((p[1] - p[0]) * (q[1] - q[0])), b = rest((p[1] + p[0]) * (q[1] + q[0]));
  const c = rest(2n * p[3] * q[3] * D), d = rest(2n * p[2] * q[2]);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [rest(e * f), rest(g * h), rest(f * g), rest(e * h)];
}

function strong(key) {  // whether it is a point of prime order in its one spelling, as src/suyuan/tlog/weak.py
  const whole = key.reduceRight((sum, each) => sum << 8n | BigInt(each), 0n);
  const y = whole & 2n ** 255n - 1n, square = rest((y * y - 1n) * power(rest(D * y * y + 1n), P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (x * x % P !== square) x = x * ROOT % P;
  if (y >= P || x === 0n || x * x % P !== square) return false;
  if ((x & 1n) !== whole >> 255n) x = P - x;
  let [found, p] = [[0n, 1n, 1n, 0n], [x, y, 1n, x * y % P]];
  for (let n = L; n; n >>= 1n, p = add(p, p)) if (n & 1n) found = add(found, p);
  return found[0] === 0n && found[1] === found[2];
}

function loose(text) {  // base64, of which a signature line of a stranger may have another spelling
  sound(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, "base64");
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

function raw(text, length) {  // base64 in its one spelling
  const data = loose(text);
  sound(btoa(atob(text)) === text, "base64");
  sound(length === undefined || data.length === length, "length");
  return data;
}

function number(text) {  // a decimal below 2^63 in its one spelling
  sound(/^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) < 2n ** 63n, "number");
  return BigInt(text);
}

function split(text, mark) {
  const at = text.indexOf(mark);
  sound(at >= 0, "shape");
  return [text.slice(0, at), text.slice(at + mark.length)];
}

async function rootFrom(index, size, leaf, path) {  // RFC 9162 section 2.1.3.2
  need(index < size, "no such index");
  let [at, last, top] = [index, size - 1n, leaf];
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

function respelt(extra) {  // what is shown, as the one spelling has it
  const fields = extra.fields.map(({ name, value, salt, index }) => ({ name, value, salt, index }));
  return JSON.stringify({ entry: extra.entry, time: extra.time, sha256: extra.sha256, sm3: extra.sm3, fields });
}

function ordered(extra) {  // whether every list is one, and each field stands once, in order
  const lists = [extra.sha256, extra.sm3, extra.fields], counts = [extra.time, ...extra.fields.map((each) => each.index)];
  sound(lists.every(Array.isArray) && counts.every((each) => Number.isSafeInteger(each) && each >= 0), "extra");
  const hex = (text) => Array.from(bytes(text), (each) => each.toString(16).padStart(2, "0")).join("");
  return lists[0].length === lists[1].length && lists[0].length > 0 && lists[0].length <= 1000
    && extra.fields.every(({ name, index }, at) => typeof name === "string" && decoded(bytes(name)) === name && name
      && bytes(name).length < 65536 && index < lists[0].length
      && (at === 0 || hex(extra.fields[at - 1].name) < hex(name) && extra.fields[at - 1].index < index));
}

async function entryOf(told) {  // the entry and its time in seconds, once all that is shown is found in it
  const text = decoded(told), extra = JSON.parse(text);
  sound(ordered(extra) && respelt(extra) === text, "not in its form");
  const entry = raw(extra.entry, 65);
  need(entry[0] === 1, "another form");
  for (const [digest, list, at] of [[sha256, extra.sha256, 1], [sm3, extra.sm3, 33]]) {
    const hashes = list.map((each) => raw(each, 32));
    const folded = await digest(Uint8Array.of(3), big(hashes.length, 2), ...hashes);
    const sealed = await digest(Uint8Array.of(2), big(extra.time, 8), folded);
    need(same(entry.slice(at, at + 32), sealed), "not of this entry");
    for (const field of extra.fields) {
      const name = bytes(field.name), parts = [raw(field.salt, 16), big(name.length, 2), name];
      need(same(hashes[field.index], await digest(Uint8Array.of(0), ...parts, raw(field.value))), "a field is wrong");
    }
  }
  return [entry, Math.floor(extra.time / 1e6)];
}

const SIGNED = /^(([^\x00-\x1f]+)\n([0-9]+)\n(\S+)\n(?:[^\x00-\x1f]+\n)*)\n((?:\u2014 [^\x00- +\p{White_Space}]+ [^=\s]{7,}=*\n){1,100})$/u;

function noteOf(data) {  // a checkpoint's text, its parts, and the lines of those who signed it
  sound(data.length <= 1e6, "size");
  const found = SIGNED.exec(decoded(data));
  sound(found, "checkpoint");
  const [, text, origin, size, root, tail] = found;
  const rows = tail.slice(0, -1).split("\n").map((line) => line.split(" "));
  const lines = rows.map(([, name, encoded]) => ({ name, encoded, id: loose(encoded).slice(0, 4) }));
  return { text, origin, size: number(size), root: raw(root, 32), lines };
}

async function keysOf(text, origin) {  // the log's, then those of witnesses: name, id and point
  const keys = [];
  for (const vkey of text.split(/[ \t\r\n]+/).filter(Boolean)) {
    const [name, rest] = split(vkey, "+"), [shown, encoded] = split(rest, "+");
    const typed = raw(encoded, 33), key = typed.slice(1), isLog = keys.length === 0;
    const idOf = async (whose) => (await sha256(bytes(whose + "\n"), typed)).slice(0, 4);
    const id = await idOf(name), hex = Array.from(id, (each) => each.toString(16).padStart(2, "0")).join("");
    sound(name && shown === hex && typed[0] === (isLog ? 1 : 4), "key");
    sound(strong(key) && !keys.some((each) => same(each.key, key)), "key");
    const shard = origin.startsWith(name + "/") && /^[1-9][0-9]{3}$/.test(origin.slice(name.length + 1));
    need(!isLog || origin === name || shard, "the key is of another log");
    keys.push(isLog ? { name: origin, id: await idOf(origin), key, isLog } : { name, id, key, isLog });
  }
  sound(keys.length > 0, "key");
  return keys;
}

async function verifies(key, signature, message) {  // null: this browser cannot tell
  let known;
  try {
    known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return null;
    throw new SyntaxError("key");
  }
  return crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
}

async function signed(note, given, then, now) {  // null: this browser cannot tell
  for (const { name, id, key, isLog } of given) {
    const mine = note.lines.filter((line) => line.name === name && same(line.id, id)).map((line) => raw(line.encoded));
    need(mine.length > 0, "not signed by this key");
    for (const [at, each] of mine.entries()) {
      const time = isLog ? 0n : each.slice(4, 12).reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
      sound(time < 2n ** 63n, "time");
      if (!isLog && at === 0) {  // of a witness that signed twice the first line counts
        need(BigInt(then - SKEW) <= time && time <= BigInt(now + SKEW), "a time is false, or a clock is wrong");
      }
      const head = isLog ? "" : `cosignature/v1\ntime ${time}\n`;
      const holds = await verifies(key, each.slice(isLog ? 4 : 12), bytes(head + note.text));
      if (holds === null) return null;
      need(holds, "signature");
    }
  }
  return true;
}

const HEAD = /^c2sp\.org\/tlog-proof@v1\nextra (\S+)\nindex (\S+)((?:\n\S+)*)$/;

function parted(data) {  // what stands before the first empty line, and the bytes behind it
  const at = data.findIndex((each, place) => each === 10 && data[place + 1] === 10);
  sound(at > 0 && data.length <= 4e6, "shape");
  return [HEAD.exec(decoded(data.slice(0, at))), data.slice(at + 2)];
}

async function verdict(receipt, vkeys, now) {
  const [found, rest] = parted(receipt);
  sound(found, "no receipt");
  const [entry, then] = await entryOf(raw(found[1])), note = noteOf(rest);
  need(then <= now + SKEW, "a time is false, or a clock is wrong");
  const hashes = found[3].split("\n").slice(1).map((each) => raw(each, 32));
  const leaf = await sha256(Uint8Array.of(0), entry);
  need(same(await rootFrom(number(found[2]), note.size, leaf, hashes), note.root), "not in the log");
  return await signed(note, await keysOf(vkeys, note.origin), then, now) ? "holds" : "unable";
}

async function said(receipt, vkeys, now) {
  if (!globalThis.crypto || !crypto.subtle) return "insecure";
  try {
    return await verdict(receipt, vkeys, now);
  } catch (error) {
    return error instanceof NoProof ? "fails" : "unread";  // whatever the bytes are, they prove nothing
  }
}

const form = document.getElementById("check");
const [file, key] = [form.querySelector("#file"), form.querySelector("#key")];
const served = key.defaultValue;

async function check() {
  const [chosen] = file.files, own = document.getElementById("receipt");
  const given = chosen ? new Uint8Array(await chosen.arrayBuffer()) : bytes(own.textContent);
  const found = await said(given, key.value, Math.floor(Date.now() / 1000));
  for (const each of form.querySelectorAll("[data-said]")) {
    const name = each.dataset.said;
    each.hidden = name !== found && !(name === "trust" && key.value === served);
  }
  form.dataset.verdict = found;
}

form.addEventListener("submit", (event) => { event.preventDefault(); check(); });
form.hidden = false;
check();
